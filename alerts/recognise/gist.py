"""The gist: what the common words of a text say about it, beside the measures that its sentences state.

A naive Bayes count over the words of title and lead (seven letters of each; two signs of scripts
without spaces), title words apart: how much they sound like a report of a measure, and of
which kind. The counts are data (``gist.yaml``, counted by bench/train.py); the words in it are
those of the documents in own words. The gist alone decides nothing: it is one number among those that
:mod:`keep` and :mod:`relevance` weigh.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.page import Page
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table

NONE = "none"
"""The class of texts that report no measure."""
_STEM = 7
_LEAD = 600
"""Characters of the body that are read."""
_SMOOTHING = 0.3
_FARTHEST = 30.0
_MOST_KINDS = 6
"""Kinds that one word may speak for: the commonest words speak for all and so for none."""


def _stems(scanned: str) -> Iterator[str]:
    for word in scanned.split():
        if word[0].isdigit():
            continue
        if word[0] < "\u2e80":
            yield word[:_STEM]
        else:
            yield from (word[at : at + 2] for at in range(min(len(word) - 1, 60)))


def pages_of(all_sentences: Iterable[Sentence]) -> list[Page]:
    """List the pages that sentences stand on, each once."""
    return list({id(sentence.page): sentence.page for sentence in all_sentences}.values())


def words_of(pages: Iterable[Page]) -> set[str]:
    """Return the stems of title and lead; those of the title stand in it a second time, marked."""
    found: set[str] = set()
    for page in pages:
        stems = set(_stems(page.scanned[:_LEAD]))
        found |= stems
        if page.field == "title":
            found.update(f"^{stem}" for stem in stems)
    return found


@dataclass(slots=True)
class Counts:
    """How many documents of a class hold a word, and how many words each class has in all."""

    words: dict[str, Counter[str]] = field(default_factory=dict)
    totals: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)

    def add(self, words: Iterable[str], of: str, sign: int = 1) -> None:
        """Count one document (or, with sign -1, take it out again); unknown words are left out."""
        self.documents[of] += sign
        for word in words:
            counted = self.words.get(word)
            if counted is not None:
                counted[of] += sign
                self.totals[of] += sign


@dataclass(frozen=True, slots=True)
class Gist:
    """``relevant``: log odds that a measure is reported; ``kinds``: log probability of each, if one is."""

    relevant: float
    kinds: dict[str, float]

    @property
    def likeliest(self) -> MeasureKind | None:
        """The kind that the words speak for most, if they know any."""
        return MeasureKind(max(self.kinds, key=lambda kind: self.kinds[kind])) if self.kinds else None


@cache
def shipped() -> Counts:
    """Read the counts that ship with the package."""
    data = table("gist")
    counts = Counts()
    for word, told in data["words"].items():
        pairs = str(told).split()
        counts.words[str(word)] = Counter(
            {of: int(number) for of, number in zip(pairs[::2], pairs[1::2], strict=True)}
        )
    for section, into in (("totals", counts.totals), ("documents", counts.documents)):
        into.update({str(of): int(number) for of, number in data[section].items()})
    return counts


_Told = tuple[float, tuple[tuple[int, float], ...]]
"""What a word adds to the log odds of a measure, and to each kind (by its place) beside an absent word."""


class _Weighed:
    """Counts as logarithms: what a word adds is worked out when it is first met."""

    def __init__(self, counts: Counts) -> None:
        smooth = (len(counts.words) + 1) * _SMOOTHING
        self._counts = counts.words
        self._known: dict[str, _Told | None] = {}
        self._no = math.log(counts.totals[NONE] + smooth)
        self._yes = math.log(sum(counts.totals.values()) - counts.totals[NONE] + smooth)
        self.kinds = [of for of, number in counts.documents.items() if number > 0 and of != NONE]
        self.start = [math.log(counts.documents[of]) for of in self.kinds]
        self.absent = [math.log(_SMOOTHING) - math.log(counts.totals[of] + smooth) for of in self.kinds]

    def word(self, word: str) -> _Told | None:
        """Return what a word adds; None if it is not counted."""
        if word not in self._known:
            self._known[word] = self._weigh(word)
        return self._known[word]

    def _weigh(self, word: str) -> _Told | None:
        counted = self._counts.get(word)
        if counted is None:
            return None
        none = counted[NONE]
        yes = math.log(sum(counted.values()) - none + _SMOOTHING) - self._yes
        odds = yes - math.log(none + _SMOOTHING) + self._no
        rises = [
            (place, math.log(counted[of] / _SMOOTHING + 1.0))
            for place, of in enumerate(self.kinds)
            if counted[of] > 0
        ]
        return odds, tuple(sorted(rises, key=lambda rise: -rise[1])[:_MOST_KINDS])


_in_use: list[_Weighed] = []


def _weighed() -> _Weighed:
    if not _in_use:
        _in_use.append(_Weighed(shipped()))
    return _in_use[-1]


@contextmanager
def counting(counts: Counts | None) -> Iterator[None]:
    """Weigh by other counts for a while (training judges by counts that have not seen the judged)."""
    if counts is None:
        yield
        return
    _in_use.append(_Weighed(counts))
    try:
        yield
    finally:
        _in_use.pop()


def gist_of(words: set[str], counts: Counts | None = None) -> Gist:
    """Weigh the words of a text by the counts (those shipped, if none are given)."""
    weighed = _weighed() if counts is None else _Weighed(counts)
    relevant, known = 0.0, 0
    scores = list(weighed.start)
    for word in words:
        told = weighed.word(word)
        if told is not None:
            known += 1
            relevant += told[0]
            for place, rise in told[1]:
                scores[place] += rise
    scores = [score + known * absent for score, absent in zip(scores, weighed.absent, strict=True)]
    return Gist(max(-_FARTHEST, min(_FARTHEST, relevant)), _normal(weighed.kinds, scores))


def place_of(stem: str, page: Page) -> tuple[int, int] | None:
    """Find where a stem first stands on a page (one marked as the title's: on the title's page)."""
    if stem.startswith("^"):
        stem = stem[1:] if page.field == "title" else ""
    if not stem:
        return None
    spaced = stem[0] < "\u2e80"
    at = page.scanned.find(f" {stem}" if spaced else stem)
    return None if at < 0 else (at + spaced, at + spaced + len(stem))


def loudest(kind: MeasureKind, page: Page) -> tuple[int, int] | None:
    """Find the word of the page's beginning that says most for a kind."""
    weighed, best, found = _weighed(), 0.0, None
    for stem in sorted(set(_stems(page.scanned[:_LEAD]))):
        told = weighed.word(stem)
        rises = {weighed.kinds[place]: rise for place, rise in told[1]} if told else {}
        lead = rises.pop(kind.value, 0.0) - max(rises.values(), default=0.0)
        if lead > best:
            best, found = lead, stem
    if found is None:
        return None
    return place_of(found, page)


def _normal(kinds: list[str], scores: list[float]) -> dict[str, float]:
    if not scores:
        return {}
    top = max(scores)
    total = top + math.log(sum([math.exp(score - top) for score in scores]))
    return {of: score - total for of, score in zip(kinds, scores, strict=True)}
