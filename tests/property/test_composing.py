"""Two YAML parsers, one answer: what libyaml accepts is read as ruamel.yaml reads it."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from alerts.engine.composing import UNLIKE, Builder, Refused, libyaml
from alerts.engine.document import Listing, Node, Origin, Scalar
from alerts.engine.findings import Findings

PIECES = [
    "rules:", "  - ", "- ", "id: r", "{", "}", "[", "]", "&a ", "*a", "? ", ": ", ":", ">", "|-\n  x\n", '"', "'", " #",
    "---", "...", "\n", "\n", "    ", "<<: *a", "null", "~", "0805", "0o17", "0x1f", "1_0", "12:30", "NO", "yes", "-",
    "2026-01-01", "\\", "\\x41", "\\/", "%YAML 1.1\n", ",", "é", "稀", "😀", "\x00", "\r\n", "\r", "@", "`", "a: b",
    "k: >\n  x\n\n  y\n", "'it''s'", '"a\\\n  b"', "\xa0", "key: {a: 1, b: [x, y]}\n", "other: word\n", "- a: 1\n  b: 2\n",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def outline(node: Node | None) -> Any:
    """Everything of a node; where an absent value stands is anybody's guess."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return node.value, type(node.value), node.raw, node.style, node.raw and node.place
    if isinstance(node, Listing):
        return node.place, [outline(item) for item in node.items]
    return node.place, [(key, node.keys[key], outline(value)) for key, value in node.entries.items()]


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("a: NO\nb: 0805\nc: 12:30\nd: 1_0\ne: 2026-01-01\nf: 0o17\ng: yes\n")
@example("a: &x {b: [1, 2.5, ~]}\nc: *x\n")
@example('a: "b\\/c\\u00e9"\nb: >\n  one\n  two\n\n  three\n')
@example("a: 1\na: 2\n")
def test_what_libyaml_accepts_is_read_as_ruamel_reads_it(text: str) -> None:
    assume(not any(char in text for char in UNLIKE) and ">\n..." not in text)
    origin, quick, slow = Origin("x.yaml", text), Findings(), Findings()
    try:
        node = Builder(origin, quick).build(libyaml(text))
    except (yaml.YAMLError, ValueError, Refused):
        return  # ruamel's to read
    other = Builder(origin, slow).build(YAML(typ="safe", pure=True).parse(text))
    assert outline(node) == outline(other)
    assert quick.problems == slow.problems
