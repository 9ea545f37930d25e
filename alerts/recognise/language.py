"""The language of a text in Latin letters, by its commonest small words."""

from __future__ import annotations

from functools import cache

from alerts.recognise.lexicon import LATIN_LANGS
from alerts.recognise.tables import table


@cache
def _speakers() -> dict[str, tuple[str, ...]]:
    """The languages of each small word."""
    found: dict[str, tuple[str, ...]] = {}
    for lang, words in table("languages")["small_words"].items():
        for word in str(words).split():
            found[word] = (*found.get(word, ()), lang)
    return found


ANY = "any"
"""Too few small words to tell: the terms of every language are used."""


def latin_language(lang: str | None, sample: str) -> str:
    """Return the language whose Latin-letter terms to use: as told if known, else by vote.

    ``sample`` is the beginning of the text as scanned. A told language is believed only where the words do not speak
    clearly for another (feeds often say ``en`` of everything).
    """
    counts = dict.fromkeys(("en", *LATIN_LANGS), 0)
    speakers = _speakers()
    for word in speakers.keys() & sample.split():
        for each in speakers[word]:
            counts[each] += 1
    told = (lang or "").split("-")[0].lower()
    if told in LATIN_LANGS and counts.get(told, 0) * 2 >= counts["en"]:
        return told
    best = max(counts, key=lambda each: (counts[each], each == "en"))
    if counts[best] >= 2 and counts[best] > counts["en"] * 1.3:
        return best
    return "en" if counts["en"] >= 2 or counts["en"] > counts[best] or not counts[best] else ANY
