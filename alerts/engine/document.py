"""What a file holds: a tree of nodes that know their place.

Scalars are resolved by the YAML 1.2 core schema, so that Norway's ``NO`` stays a word, and
dates stay text. A node keeps an offset; line and column are worked out when asked for.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Mapping as _Mapping
from typing import Any

from alerts.core.errors import Place

_INT = re.compile(r"[-+]?[0-9]{1,15}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_MAYBE = frozenset(("", *"~nNtTfF-+.0123456789"))
"""How a plain scalar that is no text begins."""
_BREAK = re.compile(r"\r\n?|\n")


class Origin:
    """The file that nodes come from; it turns offsets into places."""

    __slots__ = ("_lines", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._lines: list[int] | None = None

    def place(self, index: int) -> Place:
        """Where the character at an offset stands."""
        if self._lines is None:
            self._lines = [0, *(found.end() for found in _BREAK.finditer(self.text))]
        line = bisect_right(self._lines, index)
        return Place(self.file, line, index - self._lines[line - 1] + 1)


class Keys(_Mapping[str, Place]):
    """Where each key of a mapping stands: offsets, made places when asked for."""

    __slots__ = ("_origin", "_starts")

    def __init__(self, origin: Origin, starts: dict[str, int]) -> None:
        self._origin = origin
        self._starts = starts

    def __getitem__(self, key: str) -> Place:
        return self._origin.place(self._starts[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._starts)

    def __len__(self) -> int:
        return len(self._starts)


class _Placed:
    """A node that stands somewhere."""

    __slots__ = ()
    origin: Origin
    start: int

    @property
    def place(self) -> Place:
        """Where the node begins."""
        return self.origin.place(self.start)


class Scalar(_Placed):
    """A value. ``raw`` is its text, so that ``hs: 0805`` keeps its zero."""

    __slots__ = ("end", "origin", "raw", "start", "style", "value")

    def __init__(
        self,
        value: str | int | float | bool | None,
        raw: str,
        origin: Origin,
        start: int,
        end: int,
        style: str | None,
    ) -> None:
        self.value = value
        self.raw = raw
        self.origin = origin
        self.start = start
        self.end = end
        self.style = style

    @property
    def source(self) -> str:
        """The text of the whole file."""
        return self.origin.text

    @property
    def span(self) -> tuple[int, int]:
        """Where the value stands in the source, its quotes included."""
        return self.start, self.end

    def at(self, offset: int) -> Place:
        """Where the character at ``offset`` of the value stands in the file."""
        return _place_inside(self, offset)


class _Spot(Origin):
    """An origin that is no YAML, e.g. a cell of a table: all that is known is where it begins."""

    __slots__ = ("_begin",)

    def __init__(self, begin: Place, text: str) -> None:
        super().__init__(begin.file, text)
        self._begin = begin

    def place(self, index: int) -> Place:
        """Where a character stands: the text is taken to be of one line."""
        return Place(self._begin.file, self._begin.line, self._begin.column + index)


def text_at(text: str, place: Place) -> Scalar:
    """Return a text that did not come from YAML, as a node."""
    return Scalar(text, text, _Spot(place, text), 0, len(text), None)


class Listing(_Placed):
    """A sequence of nodes."""

    __slots__ = ("items", "origin", "start")

    def __init__(self, items: tuple[Node, ...], origin: Origin, start: int) -> None:
        self.items = items
        self.origin = origin
        self.start = start


class Mapping(_Placed):
    """A mapping by key; ``keys`` says where each key stands."""

    __slots__ = ("entries", "keys", "origin", "start")

    def __init__(self, entries: dict[str, Node], keys: Keys, origin: Origin, start: int) -> None:
        self.entries = entries
        self.keys = keys
        self.origin = origin
        self.start = start

    def get(self, key: str) -> Node | None:
        """Return the node under a key, None where there is none (or only ``key:``)."""
        node = self.entries.get(key)
        return None if isinstance(node, Scalar) and node.value is None else node


Node = Scalar | Listing | Mapping


def plain(node: Node) -> Any:
    """Return the node as Python data."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.entries.items()}


def walk(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    """Every scalar below a node with the keys that lead to it."""
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, Listing):
        for item in node.items:
            yield from walk(item, path)
    else:
        for key, value in node.entries.items():
            yield from walk(value, (*path, key))


def kind_of(node: Node) -> str:
    """Return what a person calls this node."""
    if isinstance(node, Mapping):
        return "a mapping (key: value)"
    if isinstance(node, Listing):
        return "a list"
    names = {str: "text", int: "a number", float: "a number", bool: "true/false"}
    return names.get(type(node.value), "nothing")


def resolve(raw: str) -> str | int | float | bool | None:
    """Resolve a plain scalar by the YAML 1.2 core schema."""
    if raw[:1] not in _MAYBE:
        return raw
    if raw in _WORDS:
        return _WORDS[raw]
    if _INT.fullmatch(raw):
        return int(raw)
    return float(raw) if _FLOAT.fullmatch(raw) else raw


def _place_inside(scalar: Scalar, offset: int) -> Place:
    """Walk value and source side by side: the visible characters are the same, in one order.

    Exact for plain, quoted and block scalars alike; where an escape hides a character, the
    place is the one before it.
    """
    start, end = scalar.span
    source = scalar.source[start:end]
    at = 0
    if scalar.style in ("|", ">"):
        at = source.find("\n") + 1
    elif scalar.style in ("'", '"'):
        at = 1
    found = at
    for char in scalar.raw[: offset + 1]:
        if char.isspace():
            continue
        if scalar.style == '"':
            at = _skip_escapes(source, at, char)
        hit = source.find(char, at)
        if hit >= 0:
            found, at = hit, hit + 1
    return scalar.origin.place(start + found)


def _skip_escapes(source: str, at: int, char: str) -> int:
    while source[at : at + 1] in ("\\", " ", "\n", "\t"):
        if source[at] != "\\":
            at += 1
            continue
        code = source[at + 1 : at + 2]
        if code == char:
            return at + 1
        at += 2 + {"x": 2, "u": 4, "U": 8}.get(code, 0)
    return at
