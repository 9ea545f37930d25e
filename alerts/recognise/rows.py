"""Rows of weights: for each sign a whole number for every class, added up over many signs at once.

A row is kept as one integer with a lane of 32 bits a class, so that adding up the rows of a text
is one addition a sign instead of one a sign and class. Invariant: no sum leaves its lane (a
weight is below 2**20 in size, a text has fewer than 2**10 known signs).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence

_BITS = 32
_HALF = 1 << (_BITS - 1)
_LANE = (1 << _BITS) - 1


class Rows:
    """Weights by sign, packed."""

    __slots__ = ("_middle", "_packed", "_unpack", "width")

    def __init__(self, width: int, rows: Mapping[str, Sequence[int]]) -> None:
        self.width = width
        self._packed = {sign: pack(row) for sign, row in rows.items()}
        self._middle = pack([_HALF] * width)
        self._unpack = struct.Struct(f"<{width}I").unpack

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, sign: str) -> bool:
        return sign in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def row(self, sign: str) -> list[int]:
        """Return the row of a sign: nothing for any class if it has none."""
        return self.unpacked(self._packed.get(sign, 0))

    def weight(self, sign: str, place: int) -> int:
        """Return a sign's weight for one class, by the class's place: nothing if it has none."""
        lanes = self._packed.get(sign, 0) + self._middle
        return (lanes >> (place * _BITS) & _LANE) - _HALF

    def known(self, signs: Iterable[str]) -> list[int]:
        """List the packed rows of those signs that have one."""
        return [row for row in map(self._packed.get, signs) if row is not None]

    def scaled(self, signs: Mapping[str, float], parts: int) -> int:
        """Add up the packed rows of signs, each times its number, in ``parts`` of one."""
        packed = self._packed
        return sum(
            packed[sign] * round(number * parts)
            for sign, number in signs.items()
            if number and sign in packed
        )

    def unpacked(self, total: int) -> list[int]:
        """Take a sum of packed rows apart: one number a class."""
        lanes = (total + self._middle).to_bytes(self.width * _BITS // 8, "little")
        return [lane - _HALF for lane in self._unpack(lanes)]


def pack(row: Sequence[int]) -> int:
    """Write a row as one integer, the first class lowest."""
    packed = 0
    for weight in reversed(row):
        packed = (packed << _BITS) + weight
    return packed
