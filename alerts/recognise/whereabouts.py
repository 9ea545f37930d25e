"""Whereabouts: the places that a text is about, weighed, beside those that a sentence names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from alerts.recognise.aims import PARIAHS, TRIBUNAL
from alerts.recognise.parties import entity_place
from alerts.recognise.sentence import Sentence


@dataclass(frozen=True)
class Whereabouts:
    """Whom a text may be about. ``named``: the places that it names, by weight."""

    all_sentences: list[Sentence]
    named: dict[str, float]

    @cached_property
    def main(self) -> str | None:
        """The place that the text is about; where it names none, what it tells otherwise."""
        return self.likeliest(set())

    @cached_property
    def acting(self) -> set[str]:
        """The places whose government or body the first sentences name."""
        return acting_places(self.all_sentences)

    def likeliest(self, without: set[str]) -> str | None:
        """Return the heaviest place but some, else what firms and acronyms stand for, else whose press it is."""
        for weigh in (lambda _: self.named, unsure_places, homes_of_firms):
            others = {code: worth for code, worth in weigh(self.all_sentences).items() if code not in without}
            if others:
                return max(others, key=lambda code: others[code])
        home = home_of(self.all_sentences) if self.all_sentences else None
        return None if home in without else home


def whereabouts_of(all_sentences: list[Sentence]) -> Whereabouts:
    """Weigh the places of a text."""
    return Whereabouts(all_sentences, named_places(all_sentences))


def homes_of_firms(all_sentences: list[Sentence]) -> dict[str, float]:
    """Weigh where the companies that a text names belong."""
    homes: dict[str, float] = {}
    for sentence in all_sentences:
        for hit in sentence.hits:
            if hit.tag == "entity":
                homes.setdefault(entity_place(hit.value), 0.5)
    return homes


_NOWHERE = -9
"""Where a country ends that no body stands behind."""
_WORTH = {"adj": 0.8, "region": 0.7, "law": 1.4, "capital": 1.2, "voice": 1.2}
"""Of a word for a place by how it names it: who governs acts rather than who is spoken of."""


def named_places(all_sentences: Iterable[Sentence]) -> dict[str, float]:
    """Weigh the places that the text names: the title first, agencies before adjectives."""
    weights: dict[str, float] = {}
    for sentence in all_sentences:
        base = 2.0 if sentence.field == "title" else 1.0 if sentence.order < 6 else 0.4
        first = sentence.field == "title"
        owner = _NOWHERE
        for hit in sentence.hits:
            if hit.tag not in ("place", "agency") or hit.how in ("unsure", "paper"):
                continue
            theirs = hit.tag == "agency" and 0 <= hit.start - owner <= len(" s ")
            if hit.value == TRIBUNAL or theirs:
                continue
            owner = hit.end if hit.how in ("name", "adj") else _NOWHERE
            worth = base * (1.6 if hit.tag == "agency" else _WORTH.get(hit.how, 1.0))
            if first:
                worth, first = worth + 1.5, False
            before = sentence.page.scanned[max(0, hit.start - 4) : hit.start]
            if before.endswith((" to ", " in ")):
                worth *= 0.5
            weights[hit.value] = weights.get(hit.value, 0.0) + worth
    return weights


def acting_places(all_sentences: list[Sentence]) -> set[str]:
    """List the places whose government or body the first sentences name: whatever else, they act."""
    return {
        hit.value
        for sentence in all_sentences[:4]
        for hit in sentence.hits
        if hit.value not in PARIAHS | {TRIBUNAL}
        and (hit.tag == "agency" or (hit.tag == "place" and hit.how in ("capital", "voice", "law")))
    }


def unsure_places(all_sentences: list[Sentence]) -> dict[str, float]:
    """Weigh the countries of acronyms and papers: they count where the text names no country."""
    found: dict[str, float] = {}
    for sentence in all_sentences:
        for hit in sentence.hits:
            if hit.how in ("unsure", "paper") and hit.tag in ("agency", "place"):
                found[hit.value] = found.get(hit.value, 0.0) + 0.4
    return found


_HOMES = (
    ("\u0900", "\u097f", "IN"),
    ("\u3040", "\u30ff", "JP"),
    ("\uac00", "\ud7a3", "KR"),
    ("\u0400", "\u04ff", "RU"),
    ("\u4e00", "\u9fff", "CN"),
)
"""Scripts of one country: its press names no country where it speaks of its own government."""
_HOME_LANGS = {"id": "ID", "pt": "BR", "vi": "VN", "tr": "TR", "it": "IT", "de": "DE", "fr": "FR"}


def home_of(all_sentences: list[Sentence]) -> str | None:
    """Tell whose press writes in the text's script, if that is one country's."""
    text = all_sentences[0].page.scanned[:200]
    for first, last, code in _HOMES:
        if sum(first <= char <= last for char in text) > (
            0 if code == "JP" else 3
        ):  # kana are Japanese alone
            return code
    return _HOME_LANGS.get(all_sentences[0].lang)
