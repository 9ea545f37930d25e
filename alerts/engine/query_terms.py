"""The leaves of a compiled query: words, terms of consecutive words, lists of terms.

They are looked up in the positions of a text's words (:class:`alerts.engine.tokens.TextView`); what
they find is kept in the view under the leaf's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alerts.engine.tokens import Span, TextView

MAX_SPANS = 4096
"""Spans kept of one plan on one text: a text that repeats a word for ever costs no more."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term: any of some words, every word that begins so, or a mask."""

    words: frozenset[str] = frozenset()
    prefix: str | None = None
    mask: str | None = None

    def fits(self, word: str) -> bool:
        """Whether a word of the text is meant."""
        if self.prefix is not None:
            return word.startswith(self.prefix)
        if self.mask is not None:
            return len(word) == len(self.mask) and all(
                m in ("?", w) for m, w in zip(self.mask, word, strict=True)
            )
        return word in self.words

    def places(self, view: TextView) -> Iterable[int]:
        """Where it stands in a text."""
        if self.prefix is not None:
            found = view.starting_with(self.prefix)
        elif self.mask is not None:
            found = [word for word in view.starting_with(self.mask.split("?", 1)[0]) if self.fits(word)]
        elif len(self.words) == 1:
            return view.at(next(iter(self.words)))
        else:
            found = [word for word in self.words if word in view.vocabulary]
        return (place for word in found for place in view.at(word))

    @property
    def weight(self) -> int:
        """How rare it probably is: long words are."""
        return max((len(word) for word in self.words), default=len(self.prefix or self.mask or "") - 1)


@dataclass(frozen=True, slots=True)
class Term:
    """Consecutive words. ``anchor`` is the rarest, where the search begins."""

    parts: tuple[Word, ...]
    source: str

    @property
    def anchor(self) -> int:
        """Index of the part to look up first."""
        return max(range(len(self.parts)), key=lambda index: self.parts[index].weight)

    def around(self, places: Iterable[int], words: Sequence[str], anchor: int) -> Iterable[Span]:
        """Return where the words stand so that the anchor stands at one of some places."""
        size = len(self.parts)
        if size == 1:
            return ((place, place + 1) for place in places)
        return (
            (place - anchor, place - anchor + size) for place in places if self._stands(words, place - anchor)
        )

    def _stands(self, words: Sequence[str], start: int) -> bool:
        if start < 0 or start + len(self.parts) > len(words):
            return False
        for at, part in enumerate(self.parts, start):
            if words[at] not in part.words and not part.fits(words[at]):
                return False
        return True


class Terms:
    """Any of some terms: a single word, a phrase, a whole list."""

    __slots__ = ("_anchored", "_exact", "_open", "longest", "name", "terms")

    def __init__(self, terms: Iterable[Term], name: str) -> None:
        self.terms = tuple(terms)
        self.name = name
        self.longest = max((len(term.parts) for term in self.terms), default=0)
        self._exact: dict[str, list[tuple[Term, int]]] = {}
        self._open: list[tuple[Term, int]] = []
        for term in self.terms:
            at = term.anchor
            for word in term.parts[at].words:
                self._exact.setdefault(word, []).append((term, at))
            if not term.parts[at].words:
                self._open.append((term, at))
        self._anchored = frozenset(self._exact)

    def spans(self, view: TextView) -> list[Span]:
        """Every finding, ordered."""
        known = view.spans.get(id(self))
        if known is None:
            known = view.spans[id(self)] = self._find(view)
        return known

    def _find(self, view: TextView) -> list[Span]:
        return bounded({span for _, spans in self.each(view) for span in spans})

    def each(self, view: TextView) -> Iterator[tuple[Term, Iterable[Span]]]:
        """Yield the terms that may stand in the text, each with its places.

        Of a list of a thousand terms only those are tried whose rarest word is there.
        """
        for word in self._anchored & view.vocabulary:
            for term, at in self._exact[word]:
                yield term, term.around(view.at(word), view.words, at)
        for term, at in self._open:
            yield term, term.around(term.parts[at].places(view), view.words, at)

    def holds(self, view: TextView) -> bool:
        """Whether one of the terms stands in the text."""
        return bool(self.spans(view))

    def mark(self, view: TextView, found: set[Span]) -> None:
        """All findings."""
        found.update(self.spans(view))

    words = spans


def bounded(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, each once, as many as are kept."""
    return sorted(set(spans))[:MAX_SPANS]
