"""What a query may not mean although it can be read: only negation, or NEAR without a place."""

from __future__ import annotations

from alerts.engine.query_tree import AtLeastNode, Fault, GroupNode, NearNode, NotNode, QueryNode, ScopeNode


def check_query(node: QueryNode, faults: list[Fault]) -> None:
    """Note what the tree as a whole does wrong."""
    if _negative(node):
        faults.append(
            Fault(
                _negative_at(node),
                "negative-query",
                "this only says what must not be there, so nearly every text matches",
                "say what must be there too: a AND NOT b; or use a selection and `not` in the condition",
            )
        )
    _check_near(node, faults)


def _negative(node: QueryNode) -> bool:
    if isinstance(node, NotNode):
        return True
    if isinstance(node, GroupNode):
        return (all if node.operator == "AND" else any)(_negative(child) for child in node.children)
    return isinstance(node, (ScopeNode, AtLeastNode)) and _negative(node.child)


def _negative_at(node: QueryNode) -> int:
    if isinstance(node, GroupNode):
        return next(_negative_at(child) for child in node.children if _negative(child))
    return _negative_at(node.child) if isinstance(node, (ScopeNode, AtLeastNode)) else node.offset


def _check_near(node: QueryNode, faults: list[Fault], inside: str = "") -> None:
    """Only what has a position may be counted or near: words, lists, OR and NEAR of them."""
    if inside and isinstance(node, NotNode):
        faults.append(
            Fault(node.offset, "not-inside-near", f"NOT inside {inside}", f"write (a {inside} b) AND NOT c")
        )
    elif inside and (
        isinstance(node, (AtLeastNode, ScopeNode)) or (isinstance(node, GroupNode) and node.operator == "AND")
    ):
        what = "AND" if isinstance(node, GroupNode) else "a scope or atleastN"
        faults.append(
            Fault(
                node.offset,
                "near-operand",
                f"{what} inside {inside} has no position",
                f"write it outside: (a {inside} b) AND (a {inside} c)",
            )
        )
    if isinstance(node, GroupNode):
        for child in node.children:
            _check_near(child, faults, inside)
    elif isinstance(node, NearNode):
        word = f"{'O' if node.ordered else ''}NEAR/{node.distance}"
        _check_near(node.left, faults, word)
        _check_near(node.right, faults, word)
    elif isinstance(node, (NotNode, ScopeNode)):
        _check_near(node.child, faults, inside)
    elif isinstance(node, AtLeastNode):
        _check_near(node.child, faults, "atleastN")
