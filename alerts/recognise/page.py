"""A page: one field of a text in the form that is scanned, with the way back to the original.

The scanned form is folded (see :mod:`alerts.core.text`), markup is blank, every character
that is neither letter, digit nor mark is a space, runs of blanks that wrap a line are one,
Han characters are simplified, and one space stands before and after, so that a word boundary
is a space. Invariant: ``original[slice(*page.span(a, b))]`` is what the scanned ``a:b`` says.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

from alerts.core.measure import EvidenceField
from alerts.core.text import Folded, fold
from alerts.recognise.han import simplified

_MARKUP = re.compile(r"<(?:[a-zA-Z/!?][^<>]*)(?:>|$)")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_BLANKS = re.compile(r" {2,}")


_SIGNS = (
    ("\u2019", "'"),
    ("\u2018", "'"),
    ("\u201c", '"'),
    ("\u201d", '"'),
    ("\u2013", " "),
    ("\u2014", " "),
    ("\u00a0", " "),
    ("\u2022", " "),
    ("\u20ac", " "),
    ("\u00a3", " "),
    ("\u00d7", " "),
    ("\u00b7", " "),
)


class _ScanTable(dict[int, str]):
    """A translate table that learns each character on first sight."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kept = unicodedata.category(char)[0] in "LNM" or char == "%"
        scanned = self[code] = simplified(char) if kept else " "
        return scanned


_TABLE = _ScanTable()


@dataclass(frozen=True, slots=True)
class Page:
    """One field as scanned. ``plain`` is the original with markup blanked, same length."""

    field: EvidenceField
    original: str
    plain: str
    folded: Folded
    scanned: str
    squeezed: tuple[int, ...] | None

    def at(self, position: int) -> int:
        """Offset in the original of a scanned position."""
        inner = min(max(position - 1, 0), len(self.scanned) - 2)
        if self.squeezed is not None:
            inner = self.squeezed[inner]
        origins = self.folded.origins
        if origins is None:
            return min(inner, len(self.original))
        return origins[inner] if inner < len(origins) else len(self.original)

    def scanned_at(self, offset: int) -> int:
        """Find the scanned position of an offset in the original (the inverse of :meth:`at`)."""
        origins = self.folded.origins
        inner = offset if origins is None else bisect_left(origins, offset)
        if self.squeezed is not None:
            inner = bisect_left(self.squeezed, inner)
        return inner + 1

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


def _squeeze(text: str) -> tuple[str, tuple[int, ...] | None]:
    if "  " not in text:
        return text, None
    pieces: list[str] = []
    origins: list[int] = []
    last = 0
    for match in _BLANKS.finditer(text):
        pieces.append(text[last : match.start() + 1])
        origins.extend(range(last, match.start() + 1))
        last = match.end()
    pieces.append(text[last:])
    origins.extend(range(last, len(text)))
    return "".join(pieces), tuple(origins)


def _mostly_ascii(text: str) -> str:
    """Replace the commonest typographic signs one for one: an ASCII text folds many times faster."""
    if not text.isascii():
        for sign, plain in _SIGNS:
            text = text.replace(sign, plain)
    return text


def open_page(field: EvidenceField, original: str) -> Page:
    """Prepare one field for scanning; linear in its length."""
    plain = without_markup(original)
    folded = fold(_mostly_ascii(plain))
    text, squeezed = _squeeze(folded.text)
    return Page(field, original, plain, folded, f" {text.translate(_TABLE)} ", squeezed)
