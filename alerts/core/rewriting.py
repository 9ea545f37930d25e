"""Rewriting: a text changed character by character, at the speed of a few string operations.

``str.translate`` looks up every character that is not ASCII, which takes longer than all else
that is done to a Chinese text. Most characters stay as they are. So the ones that do not are
found by one regular expression, and each kind of them is replaced in the whole text; ASCII
goes through a table of bytes. The outcome is that of ``translate``, always.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from alerts.core.offsets import Offsets

UNCHANGED = (
    *(("а", "и"), ("к", "я")),  # Cyrillic without the letters that carry a mark
    *(("\u0621", "\u064a"), ("\u0904", "\u0939"), ("\u093e", "\u094d")),  # Arabic, Devanagari
    *(("ぁ", "ゖ"), ("ァ", "ヺ"), ("ー", "ー"), ("\u4e00", "\u9fff"), ("가", "힣")),  # kana, Han, Hangul
)
"""Letters and vowel signs that folding leaves alone: the first and the last of each range."""

_ASCII = bytes(range(128))
_MOST_KINDS = 128
"""Above so many kinds of characters one pass through the table is quicker than a pass for each."""


class _Learned(dict[int, str]):
    """A ``translate`` table that learns each character on first sight."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        self._rule = rule
        self.unstable: set[str] = set()

    def __missing__(self, code: int) -> str:
        char = chr(code)
        made = self[code] = self._rule(char)
        if any(self._rule(each) != each for each in made):
            self.unstable.add(char)
        return made


class Rewriting:
    """A rule for characters, applied to texts.

    The rule leaves :data:`UNCHANGED` alone, but for the characters that are ``changed``. An
    ASCII character must become one ASCII character. What a character becomes should stay as it
    is; where it does not (eight in Unicode), replacing one kind after the other would be
    something else than all at once, and the slow way is taken.
    """

    def __init__(self, rule: Callable[[str], str], changed: Iterable[str] = ()) -> None:
        self.table = _Learned(rule)
        made = [self.table[code] for code in range(128)]
        self._bytes = "".join(made).encode("ascii") + bytes(range(128, 256))
        self._moved = re.compile(f"[^\\x00-\\x7f{_unchanged_without(changed)}]")

    def __call__(self, text: str) -> tuple[str, frozenset[str]]:
        """Rewrite a text; beside it the kinds of characters in it that changed its length."""
        if text.isascii():
            return self._with_ascii(text), frozenset()
        beyond = text.encode(errors="surrogatepass").translate(None, _ASCII).decode(errors="surrogatepass")
        kinds = set(self._moved.findall(beyond))
        made = {kind: self.table[ord(kind)] for kind in kinds}
        uneven = frozenset(kind for kind, becomes in made.items() if len(becomes) != 1)
        if len(kinds) > _MOST_KINDS or not kinds.isdisjoint(self.table.unstable):
            return text.translate(self.table), uneven
        for kind, becomes in made.items():
            text = text.replace(kind, becomes)
        return self._with_ascii(text), uneven

    def _with_ascii(self, text: str) -> str:
        """Rewrite the ASCII characters of a text: in UTF-8 each is a byte of its own."""
        encoded = text.encode(errors="surrogatepass")
        return encoded.translate(self._bytes).decode(errors="surrogatepass")

    def offsets(self, original: str, made: str, uneven: frozenset[str]) -> Offsets:
        """Return the way back from a rewritten text."""
        return Offsets(self._steps(original, uneven), len(made), len(original))

    def _steps(self, original: str, uneven: frozenset[str]) -> Iterator[tuple[int, int]]:
        shift = 0
        for at in sorted(at for kind in uneven for at in _places(original, kind)):
            size = len(self.table[ord(original[at])])
            if size == 0:
                yield at + shift, at + 1
            for more in range(1, size):
                yield at + shift + more, at
            shift += size - 1


def _places(text: str, char: str) -> Iterator[int]:
    at = text.find(char)
    while at >= 0:
        yield at
        at = text.find(char, at + 1)


def _unchanged_without(changed: Iterable[str]) -> str:
    """Write :data:`UNCHANGED` for a character class, with gaps where the changed ones are."""
    pieces = []
    without = sorted(changed)
    for first, last in UNCHANGED:
        begin = first
        for char in (char for char in without if first <= char <= last):
            if begin < char:
                pieces.append(f"{begin}-{chr(ord(char) - 1)}")
            begin = chr(ord(char) + 1)
        if begin <= last:
            pieces.append(f"{begin}-{last}")
    return "".join(pieces)
