"""YAML's events to nodes: one builder behind two parsers.

libyaml is fifty times quicker than a parser in Python, but speaks YAML 1.1; ruamel.yaml speaks
1.2 and words its complaints well. So libyaml reads first, scalars are resolved by the 1.2 core
schema here, and a text that libyaml refuses (or that has something on which the two disagree)
is ruamel's to read and to complain of (docs/decisions/0009-two-yaml-parsers.md).

Invariant: reading never raises, never recurses and never takes long; whatever is wrong with the
text becomes a finding, and the same one whichever parser reads. Nodes are shared where the text uses aliases, and their expanded size
is bounded, so that a few lines cannot grow to millions of nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from alerts.core.errors import Place
from alerts.engine.document import Keys, Listing, Mapping, Node, Origin, Scalar, kind_of, resolve
from alerts.engine.findings import Findings, shown

MAX_CHARS = 2_000_000
MAX_NODES = 200_000
MAX_DEPTH = 40
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value")
) | {None, "!"}
_UNLIKE = ("\t", "\ufeff", "\x85", "\u2028", "\u2029", "\n...", "\r...")
"""Where a text has one of these, the parsers may differ: on tabs, line ends, counts of characters, document ends."""
_NAME_ENDS = frozenset(" \r\n,[]{}") | {""}
"""What ends the name of an anchor in 1.2; in 1.1 a colon and some more signs do, too."""
_HEAD = re.compile(r"[|>][-+0-9]*[ \r\n]")
"""How a block scalar begins; libyaml takes a comment without a blank before it, too."""


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
    node = compose(file, text, findings)
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


def compose(file: str, text: str, findings: Findings) -> Node | None:
    """Read a text; None where it is empty or where findings say why it cannot be read."""
    origin, quick = Origin(file, text), Findings()
    try:
        node = _Builder(origin, quick).build(_libyaml(text))
    except (yaml.YAMLError, ValueError, _Refused):  # ValueError: half characters
        return carefully(origin, findings)
    findings.problems.extend(quick.problems)
    return node


class _Refused(Exception):
    """The text's events make no tree; the sentence for it is a finding, or ruamel's to find."""


def _libyaml(text: str) -> Iterator[Any]:
    """Yield libyaml's events, as far as ruamel.yaml's are the same."""
    loader = getattr(yaml, "CSafeLoader", None)
    if loader is None or any(sign in text for sign in _UNLIKE):
        raise _Refused  # without a loader PyYAML was built without libyaml
    parser = loader(text)
    try:
        while (event := parser.get_event()) is not None:
            if _unlike(event, text):
                raise _Refused
            yield event
    finally:
        parser.dispose()


def _unlike(event: Any, text: str) -> bool:
    """Whether ruamel.yaml may read this otherwise: tags, longer names, odd heads of block scalars."""
    if getattr(event, "tag", None) is not None:
        return True
    name, start = getattr(event, "anchor", None), event.start_mark.index
    if name is not None and text[(end := start + 1 + len(name)) : end + 1] not in _NAME_ENDS:
        return True
    if getattr(event, "style", None) not in ("|", ">"):
        return False
    return name is not None or not event.value.strip() or not _HEAD.match(text, start)


def carefully(origin: Origin, findings: Findings) -> Node | None:
    """Read by ruamel.yaml alone, with its sentences for what is wrong; slow."""
    slow = Findings()
    try:
        node = _Builder(origin, slow).build(YAML(typ="safe", pure=True).parse(origin.text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if "end of stream" in str(error.problem):  # where the quote was opened says more
            mark = error.context_mark or mark
        place = Place(origin.file, mark.line + 1, mark.column + 1) if mark else Place(origin.file)
        what = " ".join(part for part in (error.context, error.problem) if part)
        lines = origin.text.splitlines()
        there = lines[place.line - 1] if place.line <= len(lines) else ""
        findings.error(
            "yaml-syntax", place, what or "this is not YAML", syntax_remedy(str(error.problem), there)
        )
    except RecursionError:
        message = "the file is nested too deeply"
        findings.error("yaml-limit", Place(origin.file), message, f"{MAX_DEPTH} levels at most")
    except YAMLError as error:
        line = origin.text.count("\n", 0, getattr(error, "position", 0)) + 1
        message = f"not YAML: {getattr(error, 'reason', error)}"
        findings.error("yaml-syntax", Place(origin.file, line), message)
    except _Refused:
        findings.problems.extend(slow.problems)
    except Exception as error:  # the parser leaks assertion and index errors on hostile text
        message = f"not YAML ({type(error).__name__} in the parser)"
        findings.error("yaml-syntax", Place(origin.file), message)
    else:
        findings.problems.extend(slow.problems)
        return node
    return None


_PHRASE_FIRST = re.compile(r"""[\w|]:\s+(?:"[^"]*"|'[^']*')\s+[^\s#,}\]]""")


_REMEDIES = (
    (
        "mapping values are not allowed",
        "put quotes around a text that contains `: `, and check the indentation",
    ),
    ("\\t", "indent by spaces, not tabs"),
    ("another document", "one document a file: remove the `---` or `...`"),
    ("undefined alias", "put quotes around a text that begins with `*`"),
    ("unknown escape", "in double quotes a backslash is YAML's own: put the text in single quotes"),
    ("cannot start any token", "put quotes around a text that begins with such a character"),
    ("more indented follow up", "remove the blanks from the empty line above it"),
    ("end of stream", "the quote that is opened here is never closed"),
)


def syntax_remedy(problem: str, line: str = "") -> str:
    """Return what to do about a complaint of the parser, in the line where it gave up."""
    if _PHRASE_FIRST.search(line):
        return """a text that begins with a quote stands in quotes as a whole: '"rare earth" AND China'"""
    told = (remedy for part, remedy in _REMEDIES if part in problem)
    return next(told, "check brackets, quotes and indentation up to this place")


class _Frame:
    """A collection that is being read. Sizes count every value that aliases repeat."""

    __slots__ = ("anchor", "entries", "items", "key", "keys", "size", "start", "waiting")

    def __init__(self, start: int, anchor: str | None, *, mapping: bool) -> None:
        self.start = start
        self.anchor = anchor
        self.items: list[Node] = []
        self.entries: dict[str, Node] | None = {} if mapping else None
        self.keys: dict[str, int] = {}
        self.key: tuple[Node, int] | None = None
        self.waiting = mapping
        self.size = 1


class _Builder:
    """Turns events into nodes."""

    def __init__(self, origin: Origin, findings: Findings) -> None:
        self.origin = origin
        self.findings = findings
        self.anchors: dict[str, tuple[Node, int] | int] = {}
        self.stack: list[_Frame] = []
        self.root: tuple[Node, int] | None = None
        self.documents = 0
        self.raws: dict[str, str] = {}

    def build(self, events: Iterable[Any]) -> Node | None:
        """Return the root; None where there is none, or where findings say why."""
        for event in events:
            name = type(event).__name__
            if name == "ScalarEvent":
                self._scalar(event)
            elif name in ("MappingStartEvent", "SequenceStartEvent"):
                if not self._open(event, mapping=name == "MappingStartEvent"):
                    return None
            elif name in ("MappingEndEvent", "SequenceEndEvent"):
                self._close()
            elif name == "AliasEvent":
                if not self._alias(event):
                    return None
            elif name == "DocumentStartEvent":
                self._document(event)
        if self.root is None:
            return None
        node, size = self.root
        if size > MAX_NODES:
            message = f"the file grows to {size:,} values"
            self.findings.error(
                "yaml-limit", node.place, message, f"{MAX_NODES:,} at most; use fewer aliases"
            )
            return None
        return node

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            message = "expected a single document in the stream but found another document"
            self._refuse(event.start_mark.index, message)

    def _refuse(self, index: int, message: str) -> None:
        self.findings.error("yaml-syntax", self.origin.place(index), message, syntax_remedy(message))
        raise _Refused

    def _scalar(self, event: Any) -> None:
        raw, style = event.value, event.style or None
        raw = self.raws.setdefault(raw, raw)  # the same few words stand in every rule
        start = event.start_mark.index
        value = raw if style else resolve(raw)
        node = Scalar(value, raw, self.origin, start, event.end_mark.index, style)
        if event.tag not in _PLAIN_TAGS and not (self.stack and self.stack[-1].waiting):
            self._foreign(event.tag, start)
        if event.anchor is not None:
            self.anchors[event.anchor] = node, 1
        self._add(node, 1, start)

    def _foreign(self, tag: str, start: int) -> None:
        self.findings.error(
            "yaml-tag",
            self.origin.place(start),
            f"tag {shown(tag)} is not read",
            "remove it, or put quotes around a text that begins with `!`",
        )

    def _open(self, event: Any, *, mapping: bool) -> bool:
        start = event.start_mark.index
        if len(self.stack) > MAX_DEPTH:
            place = self.origin.place(start)
            message = "the file is nested too deeply"
            self.findings.error("yaml-limit", place, message, f"{MAX_DEPTH} levels at most")
            return False
        if event.tag not in _PLAIN_TAGS:
            self._foreign(event.tag, start)
        if event.anchor is not None:
            self.anchors[event.anchor] = start
        self.stack.append(_Frame(start, event.anchor, mapping=mapping))
        return True

    def _close(self) -> None:
        frame = self.stack.pop()
        node: Node
        if frame.entries is None:
            node = Listing(tuple(frame.items), self.origin, frame.start)
        else:
            node = Mapping(frame.entries, Keys(self.origin, frame.keys), self.origin, frame.start)
        if frame.anchor is not None and self.anchors.get(frame.anchor) == frame.start:
            self.anchors[frame.anchor] = node, frame.size
        self._add(node, frame.size, frame.start)

    def _alias(self, event: Any) -> bool:
        known = self.anchors.get(event.anchor)
        if known is None:
            self._refuse(event.start_mark.index, f"found undefined alias {event.anchor!r}")
        if not isinstance(known, tuple):
            place = self.origin.place(known or 0)
            self.findings.error("yaml-limit", place, "an alias contains itself", "remove the alias")
            return False
        self._add(known[0], known[1], known[0].start)
        return True

    def _add(self, node: Node, size: int, start: int) -> None:
        if not self.stack:
            self.root = node, size
            return
        frame = self.stack[-1]
        if frame.entries is None:
            frame.items.append(node)
            frame.size += size
        elif frame.waiting:
            frame.key, frame.waiting = (node, start), False
        else:
            frame.waiting = True
            self._entry(frame, frame.entries, node, size)

    def _entry(self, frame: _Frame, entries: dict[str, Node], value: Node, size: int) -> None:
        key_node, start = frame.key or (value, 0)
        if not isinstance(key_node, Scalar):
            place = self.origin.place(start)
            self.findings.error("wrong-type", place, "a key must be a word", "put quotes around `{{ … }}`")
            return
        frame.size += size + 1
        key = key_node.raw
        if key in entries:
            self.findings.error(
                "duplicate-key",
                self.origin.place(start),
                f"key {shown(key)} stands here and in line {self.origin.place(frame.keys[key]).line}",
                "keep one of the two; several values of a field are a list",
            )
            return
        entries[key] = value
        frame.keys[key] = start
