"""Queries that can be read but never hold, as far as that can be proved.

Proofs use the tree alone: what must stand in the text for a part to hold (its facts), and how
many words it needs at least. What cannot be proved is not said.
"""

from __future__ import annotations

from collections.abc import Iterator

from alerts.engine.query_tree import (
    AtLeastNode,
    Fault,
    GroupNode,
    ListNode,
    NearNode,
    NotNode,
    QueryNode,
    ScopeNode,
    TermNode,
)

Fact = tuple[object, ...]
"""Something that stands in the text: a term's parts, a list's name, a pair; with its scope."""

MAX_PHRASE = 12
"""Longer phrases are not taken apart into the shorter ones that they contain."""


def query_doubts(node: QueryNode) -> list[Fault]:
    """Return what is legal but can never hold, and NEAR of a word with itself."""
    return [*_impossible(node), *_near_itself(node)]


def _impossible(node: QueryNode) -> Iterator[Fault]:
    """Every contradiction, and every scope with too little room."""
    if isinstance(node, GroupNode) and node.operator == "AND":
        yield from _contradictions(node)
    if isinstance(node, ScopeNode) and node.first:
        needed = _words(node.child)
        if needed > node.first:
            remedy = f"write first{needed}: or more, or ask for less"
            message = f"this needs {needed} words, and there are {node.first}"
            yield Fault(node.offset, "never-matches", message, remedy, warning=True)
            return
    for child in _children(node):
        yield from _impossible(child)


def _contradictions(group: GroupNode) -> Iterator[Fault]:
    given: set[Fact] = set()
    for child in group.children:
        given |= _facts(child)
    for child in group.children:
        if isinstance(child, NotNode) and _follows(child.child, given):
            message = "what NOT takes away here, the rest of this AND asks for"
            remedy = "remove one of the two: both can never hold"
            yield Fault(child.offset, "never-matches", message, remedy, warning=True)


def _children(node: QueryNode) -> tuple[QueryNode, ...]:
    if isinstance(node, GroupNode):
        return node.children
    if isinstance(node, NearNode):
        return (node.left, node.right)
    return (node.child,) if isinstance(node, (NotNode, AtLeastNode, ScopeNode)) else ()


def _facts(node: QueryNode, scope: int = -1) -> set[Fact]:
    """Return what must stand in the text if the node holds."""
    if isinstance(node, TermNode):
        size = len(node.parts)
        cuts = {(a, b) for a in range(size) for b in range(a + 1, size + 1)} if size <= MAX_PHRASE else set()
        return {(scope, *node.parts[a:b]) for a, b in cuts | {(0, size)}}
    if isinstance(node, NotNode):
        return set()
    if isinstance(node, GroupNode):
        each = [_facts(child, scope) for child in node.children]
        own = {_key(node, scope)} if node.operator == "OR" else set()
        return own | (set.union(*each) if node.operator == "AND" else set.intersection(*each))
    found = {_key(node, scope)}
    inner = node.first if isinstance(node, ScopeNode) else scope
    # A scope inside a scope is left alone: which words it then means is not worth a proof.
    if isinstance(node, ScopeNode) and scope != -1:
        return found
    for child in _children(node):
        found |= _facts(child, inner)
    return found


def _key(node: QueryNode, scope: int) -> Fact:
    return (scope, _same(node))


def _same(node: QueryNode) -> object:
    """Return a node without its offsets, so that equal nodes are equal."""
    if isinstance(node, TermNode):
        return node.parts
    if isinstance(node, ListNode):
        return ("$", node.name)
    inner = tuple(_same(child) for child in _children(node))
    if isinstance(node, GroupNode):
        return (node.operator, frozenset(inner))
    if isinstance(node, NearNode):
        return ("NEAR", node.distance, node.ordered, inner if node.ordered else frozenset(inner))
    extra = node.count if isinstance(node, AtLeastNode) else node.first if isinstance(node, ScopeNode) else 0
    return (type(node).__name__, extra, inner)


def _follows(node: QueryNode, given: set[Fact], scope: int = -1) -> bool:
    """Whether the node surely holds where the given facts stand."""
    if isinstance(node, TermNode):
        return (scope, *node.parts) in given
    if isinstance(node, GroupNode):
        holds = (_follows(child, given, scope) for child in node.children)
        return all(holds) if node.operator == "AND" else any(holds) or _key(node, scope) in given
    if isinstance(node, ScopeNode) and scope == -1 and _follows(node.child, given, node.first):
        return True
    return not isinstance(node, NotNode) and _key(node, scope) in given


def _words(node: QueryNode) -> int:
    """How many words a text needs at least for the node to hold."""
    if isinstance(node, TermNode):
        return len(node.parts)
    if isinstance(node, NearNode):
        return _words(node.left) + _words(node.right)
    if isinstance(node, AtLeastNode):
        return node.count * _words(node.child)
    if isinstance(node, GroupNode):
        each = [_words(child) for child in node.children]
        return max(each) if node.operator == "AND" else min(each)
    return 1 if isinstance(node, ListNode) else 0  # NOT needs none; of a scope within, who knows


def _near_itself(node: QueryNode) -> Iterator[Fault]:
    if isinstance(node, NearNode) and _same(node.left) == _same(node.right):
        message = "the same words stand on both sides, so it holds only where they stand twice"
        remedy = "write the other word; or atleast2(…) if twice is meant"
        yield Fault(node.offset, "near-itself", message, remedy, warning=True)
    for child in _children(node):
        yield from _near_itself(child)
