"""The plain reference matcher: slow, obvious, and written without the engine's plans.

It reads the query's tree and the words of a text, and tries every position; there is no
index, no memo, no presearch. The engine must agree with it on everything.
"""

from __future__ import annotations

from collections.abc import Mapping

from alerts.core.text import fold
from alerts.engine.query_tree import (
    AtLeastNode,
    GroupNode,
    ListNode,
    NearNode,
    NotNode,
    Part,
    QueryNode,
    ScopeNode,
    TermNode,
)
from alerts.engine.terms import plural_forms
from alerts.engine.tokens import words_of

Pair = tuple[int, int]
Terms = Mapping[str, list[TermNode]]


def text_holds(node: QueryNode, title: str, body: str, lists: Terms) -> bool:
    """Whether a query holds of a text."""
    head, tail = words_of(fold(title).text), words_of(fold(body).text)
    return _holds(node, head, tail, lists)


def _holds(node: QueryNode, head: list[str], tail: list[str], lists: Terms) -> bool:
    if isinstance(node, NotNode):
        return not _holds(node.child, head, tail, lists)
    if isinstance(node, GroupNode):
        found = [_holds(child, head, tail, lists) for child in node.children]
        return all(found) if node.operator == "AND" else any(found)
    if isinstance(node, ScopeNode):
        if not node.first:
            return _holds(node.child, head, [], lists)
        return _holds(node.child, head[: node.first], tail[: max(node.first - len(head), 0)], lists)
    if isinstance(node, AtLeastNode):
        count = 0
        for words in (head, tail):
            end = 0
            for span in sorted(spans_in(node.child, words, lists), key=lambda span: (span[1], -span[0])):
                if span[0] >= end:
                    count, end = count + 1, span[1]
        return count >= node.count
    return bool(spans_in(node, head, lists) or spans_in(node, tail, lists))


def spans_in(node: QueryNode, words: list[str], lists: Terms) -> set[Pair]:
    """Every place where a located query stands among some words."""
    if isinstance(node, TermNode):
        return _term(node, words, listed=False)
    if isinstance(node, ListNode):
        return {span for term in lists[node.name] for span in _term(term, words, listed=True)}
    if isinstance(node, GroupNode):
        return {span for child in node.children for span in spans_in(child, words, lists)}
    assert isinstance(node, NearNode)
    found = set()
    right = spans_in(node.right, words, lists)
    for a in spans_in(node.left, words, lists):
        for b in right:
            after = 0 <= b[0] - a[1] <= node.distance
            before = 0 <= a[0] - b[1] <= node.distance
            if after or (before and not node.ordered):
                found.add((min(a[0], b[0]), max(a[1], b[1])))
    return found


def _term(term: TermNode, words: list[str], listed: bool) -> set[Pair]:
    size = len(term.parts)
    return {
        (start, start + size)
        for start in range(len(words) - size + 1)
        if all(
            _fits(part, words[start + at], listed and at == size - 1) for at, part in enumerate(term.parts)
        )
    }


def _fits(part: Part, word: str, listed: bool) -> bool:
    if part.kind == "prefix":
        return word.startswith(part.text)
    if part.kind == "mask":
        return len(word) == len(part.text) and all(
            a in ("?", b) for a, b in zip(part.text, word, strict=True)
        )
    return word in plural_forms(part.text) if listed else word == part.text
