"""YAML text to a tree of nodes that know their place.

Invariant: reading never raises and never takes long; whatever is wrong with the text
becomes a finding. Scalars are resolved by the YAML 1.2 core schema, so that Norway's ``NO``
stays a word, and dates stay text. Nodes are shared where the text uses aliases, and their
expanded size is bounded, so that a few lines cannot grow to millions of nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from alerts.core.errors import Place
from alerts.engine.findings import Findings, shown

MAX_CHARS = 2_000_000
MAX_NODES = 200_000
MAX_DEPTH = 40

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
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value")
)


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A value. ``raw`` is its text, so that ``hs: 0805`` keeps its zero."""

    value: str | int | float | bool | None
    raw: str
    place: Place
    source: str = field(repr=False)
    span: tuple[int, int] = (0, 0)
    style: str | None = None

    def at(self, offset: int) -> Place:
        """Where the character at ``offset`` of the value stands in the file."""
        return _place_inside(self, offset)


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """A sequence of nodes."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """A mapping by key; ``keys`` says where each key stands."""

    entries: dict[str, Node]
    keys: dict[str, Place]
    place: Place

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


def read_document(file: str, text: str, findings: Findings) -> Mapping | None:
    """Read one file; None where it is empty or so broken that nothing can be said of it."""
    if len(text) > MAX_CHARS:
        findings.error(
            "yaml-limit",
            Place(file),
            f"the file has {len(text):,} characters",
            f"split it: {MAX_CHARS:,} is the most that is read",
        )
        return None
    root = _compose(file, text, findings)
    if root is None:
        return None
    node = _Converter(file, text, findings).convert(root)
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return None
    if not isinstance(node, Mapping):
        findings.error(
            "wrong-type",
            node.place,
            f"the file holds {kind_of(node)}, not a mapping",
            "start it with a key, e.g. `rules:`",
        )
        return None
    return node


def _compose(file: str, text: str, findings: Findings) -> YamlNode | None:
    try:
        return YAML(typ="safe", pure=True).compose(text)  # type: ignore[no-any-return]
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        what = " ".join(part for part in (error.context, error.problem) if part)
        findings.error("yaml-syntax", place, what or "this is not YAML", _syntax_remedy(str(error.problem)))
    except RecursionError:
        findings.error(
            "yaml-limit", Place(file), "the file is nested too deeply", f"{MAX_DEPTH} levels at most"
        )
    except YAMLError as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        findings.error("yaml-syntax", Place(file, line), f"not YAML: {getattr(error, 'reason', error)}")
    except Exception as error:  # the parser leaks assertion and index errors on hostile text
        findings.error("yaml-syntax", Place(file), f"not YAML ({type(error).__name__} in the parser)")
    return None


def _syntax_remedy(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "put quotes around a text that contains `: `, and check the indentation"
    if "\\t" in problem or "'\\t'" in problem:
        return "indent by spaces, not tabs"
    if "another document" in problem:
        return "one document a file: remove the `---`"
    if "undefined alias" in problem:
        return "put quotes around a text that begins with `*`"
    return "check brackets, quotes and indentation up to this place"


class _Converter:
    """Turns the parser's nodes into ours, once for each, however often aliases use them."""

    def __init__(self, file: str, text: str, findings: Findings) -> None:
        self.file = file
        self.text = text
        self.findings = findings
        self.done: dict[int, tuple[Node, int]] = {}
        self.open: set[int] = set()
        self.broken = False

    def convert(self, root: YamlNode) -> Node | None:
        node, size = self._node(root, 0)
        if size > MAX_NODES:
            self._limit(
                root, f"the file grows to {size:,} values", f"{MAX_NODES:,} at most; use fewer aliases"
            )
        return None if self.broken else node

    def _place(self, node: YamlNode) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def _limit(self, node: YamlNode, message: str, remedy: str) -> None:
        if not self.broken:
            self.findings.error("yaml-limit", self._place(node), message, remedy)
        self.broken = True

    def _nothing(self, node: YamlNode) -> tuple[Node, int]:
        return Scalar(None, "", self._place(node), self.text), 1

    def _node(self, node: YamlNode, depth: int) -> tuple[Node, int]:
        known = self.done.get(id(node))
        if known is not None:
            return known
        if id(node) in self.open:
            self._limit(node, "an alias contains itself", "remove the alias")
            return self._nothing(node)
        if depth > MAX_DEPTH:
            self._limit(node, "the file is nested too deeply", f"{MAX_DEPTH} levels at most")
            return self._nothing(node)
        self.open.add(id(node))
        result = self._build(node, depth)
        self.open.discard(id(node))
        self.done[id(node)] = result
        return result

    def _build(self, node: YamlNode, depth: int) -> tuple[Node, int]:
        if node.tag not in _PLAIN_TAGS:
            self.findings.error(
                "yaml-tag",
                self._place(node),
                f"tag {shown(node.tag)} is not read",
                "remove it, or put quotes around a text that begins with `!`",
            )
        if isinstance(node, MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, SequenceNode):
            built = [self._node(item, depth + 1) for item in node.value]
            return Listing(tuple(item for item, _ in built), self._place(node)), 1 + sum(n for _, n in built)
        return self._scalar(cast(ScalarNode, node)), 1

    def _scalar(self, node: ScalarNode) -> Scalar:
        value = _resolve(node.value) if node.style is None else node.value
        span = (node.start_mark.index, node.end_mark.index)
        return Scalar(value, node.value, self._place(node), self.text, span, node.style)

    def _mapping(self, node: MappingNode, depth: int) -> tuple[Node, int]:
        entries: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        size = 1
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, ScalarNode):
                self.findings.error(
                    "wrong-type", place, "a key must be a word", "put quotes around `{{ … }}`"
                )
                continue
            key = key_node.value
            value, weight = self._node(value_node, depth + 1)
            size += weight + 1
            if key in entries:
                self.findings.error(
                    "duplicate-key",
                    place,
                    f"key {shown(key)} stands here and in line {keys[key].line}",
                    "keep one of the two; several values of a field are a list",
                )
                continue
            entries[key], keys[key] = value, place
        return Mapping(entries, keys, self._place(node)), size


def _resolve(raw: str) -> str | int | float | bool | None:
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
    before = scalar.source[: start + found]
    line_start = before.rfind("\n") + 1
    return Place(scalar.place.file, before.count("\n") + 1, len(before) - line_start + 1)


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
