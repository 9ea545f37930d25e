"""Whether one line of a selection holds wherever another does, as far as that can be proved."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.engine.fieldtest import FieldTest
from alerts.engine.query import AllOf, AnyOf, AtLeast, InFirst, InTitle, Near, Plan, Without
from alerts.engine.query_terms import Terms

_LITERAL = ("|re", "|exact")
"""Modifiers under which blanks matter, so that equal words do not prove equal lines."""


def implies(one: FieldTest, other: FieldTest) -> bool:
    """Whether the other line holds wherever this one does."""
    if one.field is not other.field or one.negate is not other.negate:
        return False
    if one.negate:
        one, other = other, one
    if one.atoms is not None and other.atoms is not None:
        return one.atoms <= other.atoms
    if one.plan is not None and other.plan is not None:
        return plan_implies(one.plan, other.plan)
    if one.exists is not None or other.exists is not None:
        return one.exists is other.exists
    literal = one.key.endswith(_LITERAL) and " " in one.wanted
    return one.key == other.key and one.wanted == other.wanted and not literal


def plan_implies(one: Plan, other: Plan) -> bool:
    """Whether the other query holds wherever this one does."""
    if isinstance(one, AnyOf):
        return all(plan_implies(child, other) for child in one.children)
    if isinstance(other, AllOf):
        return all(plan_implies(one, child) for child in other.children)
    return (
        _found_within(one, other)
        or (isinstance(other, AnyOf) and any(plan_implies(one, child) for child in other.children))
        or any(plan_implies(part, other) for part in _parts(one))
    )


def _parts(plan: Plan) -> tuple[Plan, ...]:
    """Return what surely holds where the plan does."""
    if isinstance(plan, AllOf):
        return plan.children
    if isinstance(plan, Near):
        return (plan.left, plan.right)
    return (plan.child,) if isinstance(plan, AtLeast) else ()


def _found_within(one: Plan, other: Plan) -> bool:
    """Whether everything that this query finds, the other finds at the same place."""
    if one is other or one == other:
        return True
    if isinstance(one, Terms) and isinstance(other, Terms):
        return {term.parts for term in one.terms} <= {term.parts for term in other.terms}
    if isinstance(one, AnyOf):
        return all(_found_within(child, other) for child in one.children)
    if isinstance(other, AnyOf):
        return any(_found_within(one, child) for child in other.children)
    if not (isinstance(one, Near) and isinstance(other, Near)):
        return False
    closer = one.distance <= other.distance and (one.ordered or not other.ordered)
    return closer and _found_within(one.left, other.left) and _found_within(one.right, other.right)


def leaves(plan: Plan, *, negated: bool = True) -> Iterator[Terms]:
    """Every word, phrase and list that a query asks about; ``negated``: those under NOT too."""
    if isinstance(plan, Terms):
        yield plan
    elif isinstance(plan, (AnyOf, AllOf)):
        for child in plan.children:
            yield from leaves(child, negated=negated)
    elif isinstance(plan, Near):
        yield from leaves(plan.left, negated=negated)
        yield from leaves(plan.right, negated=negated)
    elif isinstance(plan, (AtLeast, InTitle, InFirst)) or (negated and isinstance(plan, Without)):
        yield from leaves(plan.child, negated=negated)
