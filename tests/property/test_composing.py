"""Two YAML parsers, one answer: no text is read otherwise than ruamel.yaml alone would read it."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.engine.composing import carefully, compose
from alerts.engine.document import Listing, Node, Origin, Scalar
from alerts.engine.findings import Findings

PIECES = [
    "rules:", "  - ", "- ", "id: r", "{", "}", "[", "]", "&a ", "*a", "? ", ": ", ":", ">", "|-\n  x\n", '"', "'", " #",
    "---", "...", "\n", "\n", "    ", "<<: *a", "null", "~", "0805", "0o17", "0x1f", "1_0", "12:30", "NO", "yes", "-",
    "2026-01-01", "\\", "\\x41", "\\/", "%YAML 1.1\n", ",", "é", "稀", "😀", "\x00", "\r\n", "\r", "@", "`", "a: b",
    "k: >\n  x\n\n  y\n", "'it''s'", '"a\\\n  b"', "\xa0", "key: {a: 1, b: [x, y]}\n", "other: word\n", "- a: 1\n  b: 2\n",
    "k: |\n", " \n", "  x\n", "#", "\n...", "\t", "\ufeff", "\x85", "\u2028", "&a", "!!str ", "!", "key:\r\n  - x\r\n",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)

LESS_INDENTED = "more indented follow up line than first in a block scalar"
"""ruamel's mistake: an empty first line may have fewer blanks than the text below. libyaml reads it."""


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
@example("a: >\r\n  one\r\n  two\r\nb: 'c\r\n  d'\r\n")
@example(">\r\n...")  # ruamel takes the document's end for text
@example("|\r#")  # and a comment too
@example("a: 1\n...\n...\n")  # two ends of one document
@example("&a \r\n<<: *a%YAML 1.1\n")  # to libyaml the name ends before `%`
@example("a: &x 1\n*x: 2\n")  # and before `:`
@example("{&x: b}")
@example("a: |#no blank\n  b\n")
@example("- !!str &x a\n- *x\n")
@example("- !!!str a\n")
def test_a_text_is_read_as_ruamel_alone_would_read_it(text: str) -> None:
    ours, alone = Findings(), Findings()
    node, other = compose("x.yaml", text, ours), carefully(Origin("x.yaml", text), alone)
    if ours.problems and alone.problems:
        return  # refused either way; which of several faults is named may differ
    if [problem.message for problem in alone.problems] == [LESS_INDENTED]:
        return
    assert outline(node) == outline(other)
    assert ours.problems == alone.problems
