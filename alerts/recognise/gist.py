"""The gist: what a text's words say about it as a whole, beside the measures that its sentences state.

A softmax over the classes "no measure" and each kind of measure. Its signs are the stems of title and
lead (seven letters of each word; two signs of scripts without spaces), what the gazetteers found there
(a good, a place, a body: the same sign in every language) and the cues that stand in the first sentences; those of the
title and of the first sentence stand in it a second time, marked. The weights are data (``gist.json``, fitted by bench/train.py);
the stems in it are those of the documents in own words. The gist alone decides nothing: it is one
number among those that :mod:`keep` and :mod:`relevance` weigh.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from operator import add

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.cues import Cue
from alerts.recognise.page import Page
from alerts.recognise.rows import Rows
from alerts.recognise.sentence import Sentence

NONE = "none"
"""The class of texts that report no measure."""
_STEM = 7
_SHORTEST = 3
"""Letters of a word that counts: shorter ones tell of a writer's style only."""
_DENSE = 60
"""Signs of a run of Han or kana that count, in pairs."""
_LEAD = 600
"""Characters of the body that are read."""
_DENSE_LEAD = 180
"""Characters of Han, kana or Hangul: they say as much as three times as many letters."""
_SENTENCES = 6
"""Sentences of the body whose hits and cues count."""
_FARTHEST = 12.0
_TENTHS = 10.0


def _stems(scanned: str) -> Iterator[str]:
    for word in scanned.split():
        if word[0] >= "\u2e80":
            yield from map(add, word[:_DENSE], word[1 : _DENSE + 1])
        elif len(word) >= _SHORTEST and not word[0].isdigit():
            yield word[:_STEM]


def _lead(page: Page) -> str:
    beginning = page.scanned[:_DENSE_LEAD]
    dense = not beginning.isascii() and sum(char >= "\u2e80" for char in beginning[:60]) > 20
    return beginning if dense else page.scanned[:_LEAD]


def pages_of(all_sentences: Iterable[Sentence]) -> list[Page]:
    """List the pages that sentences stand on, each once."""
    return list({id(sentence.page): sentence.page for sentence in all_sentences}.values())


def stems_of(pages: Iterable[Page]) -> set[str]:
    """Return the stems of title and lead; those of the title and of the first sentence stand in it a second time, marked."""
    found: set[str] = set()
    for page in pages:
        stems = set(_stems(_lead(page)))
        found |= stems
        if page.field == "title":
            found.update(f"^{stem}" for stem in stems)
    return found


def signs_of(
    stems: Iterable[str], all_sentences: list[Sentence], cues: Iterable[tuple[Sentence, Cue]]
) -> set[str]:
    """Return all signs of a text: its stems, ``#tag:value`` of hits, ``=kind`` and ``=way`` of cues."""
    found = set(stems)
    for sentence in all_sentences:
        if sentence.field == "title":
            found.update(f"^#{hit.tag}:{hit.value}" for hit in sentence.hits)
        if sentence.field == "title" or sentence.order < _SENTENCES:
            found.update(f"#{hit.tag}:{hit.value}" for hit in sentence.hits)
        if sentence.field == "text" and not sentence.order:
            found.update(f"1#{hit.tag}:{hit.value}" for hit in sentence.hits)
    for sentence, cue in cues:
        if sentence.field == "title" or sentence.order < _SENTENCES:
            found.update(_of_cue(sentence, cue))
    return found


def _of_cue(sentence: Sentence, cue: Cue) -> Iterator[str]:
    """List the signs of a cue: its kind and way, and whether a good and an actor stand beside it."""
    mark = "^" if sentence.field == "title" else ""
    tags = {hit.tag for hit in sentence.hits}
    good = "good" if "commodity" in tags else "no good"
    yield f"{mark}={cue.kind.value}"
    yield f"{mark}={cue.way}"
    yield f"{mark}={cue.kind.value} {good}"
    yield f"{mark}={good}"
    yield f"{mark}={'who' if tags & {'place', 'agency'} else 'nobody'}"
    if cue.background:
        yield f"=past {cue.kind.value}"


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by sign, in tenths: first the square of how much the sign tells, then one for each class."""

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    rows: Rows

    def totals(self, signs: Iterable[str]) -> dict[str, float]:
        """Add up what the known signs of a text say for each class."""
        size, *sums = self.rows.unpacked(sum(self.rows.known(signs)))
        scale = 1.0 / (_TENTHS * math.sqrt(max(size, 1) / _TENTHS))
        return {
            of: start + total * scale for of, start, total in zip(self.classes, self.bias, sums, strict=True)
        }


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
def shipped() -> Model:
    """Read the weights that ship with the package."""
    data = json.loads(resources.files("alerts.recognise").joinpath("data", "gist.json").read_bytes())
    classes = tuple(data["classes"])
    return Model(classes, tuple(data["bias"]), Rows(len(classes) + 1, data["rows"]))


_in_use: list[Model] = []


@contextmanager
def weighing(model: Model | None) -> Iterator[None]:
    """Weigh by another model for a while (training judges by one that has not seen the judged)."""
    if model is None:
        yield
        return
    _in_use.append(model)
    try:
        yield
    finally:
        _in_use.pop()


def _model() -> Model:
    return _in_use[-1] if _in_use else shipped()


def gist_of(signs: Iterable[str], model: Model | None = None) -> Gist:
    """Weigh the signs of a text by a model (the one in use, if none is given)."""
    kinds = (model or _model()).totals(signs)
    none = kinds.pop(NONE)
    together = _log_sum(kinds.values())
    relevant = max(-_FARTHEST, min(_FARTHEST, together - none))
    return Gist(relevant, {of: score - together for of, score in kinds.items()})


def _log_sum(scores: Iterable[float]) -> float:
    known = list(scores)
    top = max(known)
    return top + math.log(sum(math.exp(score - top) for score in known))


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
    """Find the word of the page's beginning that says most for a kind, a common one before a rare one."""
    model, best, found = _model(), 0.0, None
    column = model.classes.index(kind.value) + 1
    for stem in sorted(set(_stems(_lead(page)))):
        says = model.rows.weight(stem, column) / math.sqrt(model.rows.weight(stem, 0) or 1)
        if says > best:
            best, found = says, stem
    if found is None:
        return None
    return place_of(found, page)
