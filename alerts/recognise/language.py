"""The language of a text in Latin letters, by its commonest small words."""

from __future__ import annotations

from alerts.recognise.lexicon import LATIN_LANGS

_SMALL_WORDS = {
    "en": "the of and to in is for on that with as by at from it its has are was will be says an",
    "de": "der die das und den von mit auf fur ist im dem nicht ein eine des sich aus werden auch bei zum wie",
    "fr": "le la les des et du en un une que dans pour sur par est au aux qui ses avec ce sont plus",
    "es": "el la los las del y en un una que para por con se su al es como mas sus lo",
    "id": "yang dan di dari untuk dengan pada tidak ini itu akan oleh dalam bahwa ke juga tak ekspor",
    "pt": "o os as do da dos das e em um uma que para por com se no na nos ao mais seu sua",
    "it": "il lo gli di del della dei e in un una che per con si non sono nel alla dal piu le",
    "vi": "cua va cac mot la duoc trong cho khong nay voi nhung tai",
    "tr": "ve bir bu icin ile de da olarak olan daha cin",
}
_VOTES = {lang: frozenset(words.split()) for lang, words in _SMALL_WORDS.items()}


def latin_language(lang: str | None, sample: str) -> str:
    """Return the language whose Latin-letter terms to use: as told if known, else by vote.

    ``sample`` is scanned text. A told language is believed only where the words do not speak
    clearly for another (feeds often say ``en`` of everything).
    """
    words = sample[:1500].split()
    counts = {each: sum(word in small for word in words) for each, small in _VOTES.items()}
    told = (lang or "").split("-")[0].lower()
    if told in LATIN_LANGS and counts.get(told, 0) * 2 >= counts["en"]:
        return told
    best = max(counts, key=lambda each: (counts[each], each == "en"))
    return best if counts[best] >= 2 and counts[best] > counts["en"] * 1.3 else "en"
