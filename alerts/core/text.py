"""Text as the recogniser and the rules see it: folded, with a way back to the original.

Folding: NFKC, case, Latin/Greek/Cyrillic accents, every dash, slash, underscore and
no-break space a plain space, typographic quotes plain. Scripts whose combining marks
carry meaning (Devanagari, kana, Hangul) keep them. :class:`Folded` keeps for each folded
character the offset it came from, so that evidence points into the text as published.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

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


class _FoldTable(dict[int, str]):
    """A ``str.translate`` table that learns each character on first sight."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_char(chr(code))
        return folded


_TABLE = _FoldTable()


class Folded:
    """Folded text; ``origins`` is None where every character kept its offset.

    Whoever only searches never asks for the origins, so they are worked out when asked for.
    """

    __slots__ = ("_even", "_origins", "original", "text")

    def __init__(self, original: str, text: str, *, even: bool) -> None:
        self.original = original
        self.text = text
        self._even = even
        self._origins: tuple[int, ...] | None = None

    @property
    def origins(self) -> tuple[int, ...] | None:
        """For each folded character the offset that it came from."""
        if self._origins is None and not self._even:
            origins: list[int] = []
            for offset, char in enumerate(self.original):
                origins.extend([offset] * len(_TABLE[ord(char)]))
            self._origins = tuple(origins)
        return self._origins

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the folded text to offsets in the original."""
        origins = self.origins
        if origins is None:
            return start, end
        if start >= end:
            at = origins[start] if start < len(origins) else len(self.original)
            return at, at
        return origins[start], origins[end - 1] + 1


_ASCII = bytes(range(128))
_MAX_REPLACED = 24
"""Above so many kinds of characters one pass through the table is quicker than a pass for each."""


def fold(text: str) -> Folded:
    """Fold a text; linear in its length."""
    if text.isascii():
        return Folded(text, text.translate(_TABLE), even=True)
    rare = set(text.encode(errors="surrogatepass").translate(None, _ASCII).decode(errors="surrogatepass"))
    even = all(len(_TABLE[ord(char)]) == 1 for char in rare)
    return Folded(text, _folded(text, rare), even=even)


def _folded(text: str, rare: set[str]) -> str:
    """Fold text that is not ASCII; ``rare`` are the characters that are not.

    ``translate`` is ten times quicker on ASCII. Most texts are ASCII but for quotation marks and
    a few accents: these are replaced first. What a character becomes must stay as it is, or
    one after the other would be something else than all at once (eight characters do not).
    """
    if len(rare) <= _MAX_REPLACED:
        became = "".join(_TABLE[ord(char)] for char in rare)
        if became.isascii() and became.translate(_TABLE) == became:
            for char in rare:
                text = text.replace(char, _TABLE[ord(char)])
    return text.translate(_TABLE)


@lru_cache(maxsize=65536)
def fold_term(term: str) -> str:
    """Fold a term of a list or a query: as a text, with runs of blanks made one."""
    return " ".join(term.translate(_TABLE).split())


def is_cjk(char: str) -> bool:
    """Tell whether a character is a token by itself: Han, kana (not Hangul: it has spaces)."""
    return (
        "\u4e00" <= char <= "\u9fff"
        or "\u3040" <= char <= "\u30ff"
        or "\u3400" <= char <= "\u4dbf"
        or "\uf900" <= char <= "\ufaff"
        or "\U00020000" <= char <= "\U0003134f"
    )
