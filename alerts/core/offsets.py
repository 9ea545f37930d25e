"""Offsets: where each character of a rewritten text came from.

A rewriting changes the length in few places (a ligature becomes two letters, a run of blanks one),
so the way back is kept as *steps*: from ``made[n]`` on, character ``i`` came from
``origins[n] + i - made[n]``. Both lists ascend. A look-up is a bisection, and a text that kept
its length at every place needs no steps at all.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence


class Offsets:
    """The steps of one rewriting of ``original`` characters into ``length``."""

    __slots__ = ("_made", "_origins", "length", "original")

    def __init__(self, steps: Iterable[tuple[int, int]], length: int, original: int) -> None:
        self._made: list[int] = [0]
        self._origins: list[int] = [0]
        for made, origin in steps:
            if made == self._made[-1]:
                self._origins[-1] = origin
            else:
                self._made.append(made)
                self._origins.append(origin)
        self.length = length
        self.original = original

    def origin(self, position: int) -> int:
        """Return the offset that a rewritten character came from; the end for what is behind it."""
        if position >= self.length:
            return self.original
        step = bisect_right(self._made, position) - 1
        return self._origins[step] + position - self._made[step]

    def positions(self, offsets: Sequence[int]) -> list[int]:
        """Find for ascending offsets the first rewritten character from there on."""
        made, origins = self._made, self._origins
        ends = [*made[1:], self.length]
        step, last = bisect_left(origins, offsets[0]) - 1 if offsets else 0, len(made) - 1
        found = []
        for offset in offsets:
            while step < last and origins[step + 1] < offset:
                step += 1
            position = made[step] + offset - origins[step] if step >= 0 else 0
            found.append(position if position < ends[step] else ends[step])
        return found
