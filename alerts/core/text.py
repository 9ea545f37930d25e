"""Text as the recogniser and the rules see it: folded, with a way back to the original.

Folding: NFKC, case, Latin/Greek/Cyrillic accents, every dash, slash, underscore and
no-break space a plain space, typographic quotes plain. Scripts whose combining marks
carry meaning (Devanagari, kana, Hangul) keep them. :class:`Folded` knows for each folded
character the offset it came from, so that evidence points into the text as published.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from alerts.core.offsets import Offsets
from alerts.core.rewriting import Rewriting

_SPACES = frozenset("\u00a0\u2007\u202f\u3000_/\\|")
_QUOTES = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": "'",
    "\u02bc": "'",
    "`": "'",
    "\u00b4": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u00ab": '"',
    "\u00bb": '"',
}
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


def _fold_char(char: str) -> str:
    if char in _INVISIBLE:
        return ""
    if char in _SPACES or unicodedata.category(char) in ("Pd", "Zs", "Cc"):
        return " "
    if char in _QUOTES:
        return _QUOTES[char]
    if "\u0300" <= char <= "\u036f":
        return ""
    folded = unicodedata.normalize("NFKC", char).casefold()
    if len(folded) == 1 and folded in _SPACES:
        return " "
    if folded < "\u0590" or "\u1e00" <= folded[:1] <= "\u1fff":
        parts = unicodedata.normalize("NFKD", folded)
        folded = "".join(part for part in parts if not "\u0300" <= part <= "\u036f")
    return folded.replace("\u2044", " ")


_FOLDING = Rewriting(_fold_char)


class Folded:
    """Folded text, with the way back to the original, worked out when first asked for."""

    __slots__ = ("_offsets", "_uneven", "original", "text")

    def __init__(self, original: str, text: str, uneven: frozenset[str]) -> None:
        self.original = original
        self.text = text
        self._uneven = uneven
        self._offsets: Offsets | None = None

    @property
    def even(self) -> bool:
        """Whether every character stands where it stood."""
        return not self._uneven

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the folded text to offsets in the original."""
        if not self._uneven:
            return start, end
        if self._offsets is None:
            self._offsets = _FOLDING.offsets(self.original, self.text, self._uneven)
        first = self._offsets.origin(start)
        return first, first if start >= end else self._offsets.origin(end - 1) + 1


def fold(text: str) -> Folded:
    """Fold a text; linear in its length."""
    return Folded(text, *_FOLDING(text))


def fold_char(char: str) -> str:
    """Fold one character."""
    return _FOLDING.table[ord(char)]


@lru_cache(maxsize=65536)
def fold_term(term: str) -> str:
    """Fold a term of a list or a query: as a text, with runs of blanks made one."""
    return " ".join(term.translate(_FOLDING.table).split())


def is_cjk(char: str) -> bool:
    """Tell whether a character is a token by itself: Han, kana (not Hangul: it has spaces)."""
    return (
        "\u4e00" <= char <= "\u9fff"
        or "\u3040" <= char <= "\u30ff"
        or "\u3400" <= char <= "\u4dbf"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U0003134f"
    )
