"""A page: one field of a text in the form that is scanned, with the way back to the original.

The scanned form is folded (see :mod:`alerts.core.text`), markup is blank, every character
that is neither letter, digit nor mark is a space, runs of blanks that wrap a line are one,
Han characters are simplified, and one space stands before and after, so that a word boundary
is a space. Invariant: ``original[slice(*page.span(a, b))]`` is what the scanned ``a:b`` says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from alerts.core.measure import EvidenceField
from alerts.core.offsets import Offsets
from alerts.core.rewriting import Rewriting
from alerts.core.text import fold_char
from alerts.recognise.han import simplified, with_simplified_form

_MARKUP = re.compile(r"<(?:[a-zA-Z/!?][^<>]*)(?:>|$)")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_BLANKS = re.compile(r" *")

_SIGNS = {"\u2022": " ", "\u20ac": " ", "\u00a3": " ", "\u00d7": " ", "\u00b7": " "}
"""Signs that stand for a blank: bullets, and what is beside a number."""

_MARK = "."
"""A sign of punctuation, while blanks are squeezed: it is a space, but no blank."""


def _scanned_char(char: str) -> str:
    return "".join(map(_kept, fold_char(_SIGNS.get(char, char))))


def _kept(folded: str) -> str:
    kept = folded in " %" or unicodedata.category(folded)[0] in "LNM"
    return simplified(folded) if kept else _MARK


@cache
def _scanning() -> Rewriting:
    return Rewriting(_scanned_char, with_simplified_form())


class Page:
    """One field as scanned. ``plain`` is the original with markup blanked, same length."""

    __slots__ = ("_offsets", "_squeezed", "_uneven", "_unsqueezed", "field", "original", "plain", "scanned")

    def __init__(self, field: EvidenceField, original: str) -> None:
        self.field = field
        self.original = original
        self.plain = without_markup(original)
        self._unsqueezed, self._uneven = _scanning()(self.plain)
        text, self._squeezed = _squeeze(self._unsqueezed)
        self.scanned = f" {text.replace(_MARK, ' ')} "
        self._offsets: Offsets | None = None

    def at(self, position: int) -> int:
        """Offset in the original of a scanned position."""
        inner = position - 1 if position > 0 else 0
        if self._squeezed is not None:
            inner = self._squeezed.origin(inner)
        if self._uneven:
            return self._uneven_offsets().origin(inner)
        return inner if inner < len(self.original) else len(self.original)

    def scanned_at(self, offsets: Sequence[int]) -> list[int]:
        """Find the scanned positions of ascending offsets in the original (the inverse of :meth:`at`)."""
        if self._uneven:
            offsets = self._uneven_offsets().positions(offsets)
        if self._squeezed is not None:
            offsets = self._squeezed.positions(offsets)
        return [offset + 1 for offset in offsets]

    def _uneven_offsets(self) -> Offsets:
        if self._offsets is None:
            self._offsets = _scanning().offsets(self.plain, self._unsqueezed, self._uneven)
        return self._offsets

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of a scanned span."""
        return self.at(start), self.at(end - 1) + 1

    def whole_words(self, start: int, end: int) -> tuple[int, int]:
        """Widen a scanned span to the end of the word that it stops in (spaced scripts)."""
        scanned = self.scanned
        if end > start and scanned[end - 1] < "\u0e00":
            limit = min(end + 20, len(scanned))
            while end < limit and scanned[end] != " " and scanned[end] < "\u0e00":
                end += 1
        return start, end


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def without_markup(text: str) -> str:
    """Blank tags and character references, keeping every offset (an ellipsis folds to three)."""
    if "<" in text:
        text = _MARKUP.sub(_blank, text)
    if "&" in text:
        text = _ENTITY.sub(_blank, text)
    return text.replace("…", ".")


def _squeeze(text: str) -> tuple[str, Offsets | None]:
    """Make runs of blanks one, the first of each."""
    at = text.find("  ")
    if at < 0:
        return text, None
    pieces: list[str] = []
    steps: list[tuple[int, int]] = []
    made = done = 0
    while at >= 0:
        pieces.append(text[done : at + 1])
        made += at + 1 - done
        done = _BLANKS.match(text, at).end()  # type: ignore[union-attr]  # blanks, or none: it always matches
        steps.append((made, done))
        at = text.find("  ", done)
    pieces.append(text[done:])
    squeezed = "".join(pieces)
    return squeezed, Offsets(steps, len(squeezed), len(text))


def open_page(field: EvidenceField, original: str) -> Page:
    """Prepare one field for scanning; linear in its length."""
    return Page(field, original)
