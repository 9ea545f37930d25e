"""The language of a text in Latin letters, by its commonest small words."""

from __future__ import annotations

from functools import cache

from alerts.recognise.lexicon import LATIN_LANGS
from alerts.recognise.tables import table


@cache
def _votes() -> dict[str, frozenset[str]]:
    return {lang: frozenset(str(words).split()) for lang, words in table("languages")["small_words"].items()}


@cache
def _small_words() -> frozenset[str]:
    return frozenset().union(*_votes().values())


ANY = "any"
"""Too few small words to tell: the terms of every language are used."""


def latin_language(lang: str | None, sample: str) -> str:
    """Return the language whose Latin-letter terms to use: as told if known, else by vote.

    ``sample`` is scanned text. A told language is believed only where the words do not speak
    clearly for another (feeds often say ``en`` of everything).
    """
    words = _small_words().intersection(sample[:1500].split())
    counts = {each: len(words & small) for each, small in _votes().items()}
    told = (lang or "").split("-")[0].lower()
    if told in LATIN_LANGS and counts.get(told, 0) * 2 >= counts["en"]:
        return told
    best = max(counts, key=lambda each: (counts[each], each == "en"))
    if counts[best] >= 2 and counts[best] > counts["en"] * 1.3:
        return best
    return "en" if counts["en"] >= 2 or counts["en"] > counts[best] or not counts[best] else ANY
