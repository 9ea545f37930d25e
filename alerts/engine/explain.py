"""Why a rule holds or not: a tree with PASS/FAIL, actual values, words and distances.

Every verdict is asked of the compiled rule itself, never worked out anew, so that the
explanation cannot disagree with the match; a property test holds them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.core.event import Event
from alerts.core.measure import Evidence, Measure
from alerts.engine.compiled import Rule
from alerts.engine.condition import Both, Condition, CountOf, Either, Named, Negated
from alerts.engine.detection import Clause, Selection
from alerts.engine.fields import Kind
from alerts.engine.fieldtest import FieldTest
from alerts.engine.query import AllOf, AnyOf, AtLeast, InFirst, InTitle, Near, Plan, Without
from alerts.engine.query_terms import Terms
from alerts.engine.tokens import TextView
from alerts.engine.view import EventView

MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Explanation:
    """One line of the tree: what was asked, whether it holds, what was found."""

    label: str
    held: bool
    detail: str = ""
    evidence: tuple[Evidence, ...] = ()
    children: tuple[Explanation, ...] = ()

    def lines(self, indent: str = "") -> Iterator[str]:
        """Yield the tree as lines for a terminal."""
        detail = f"  — {self.detail}" if self.detail else ""
        yield f"{indent}{'PASS' if self.held else 'FAIL'} {self.label}{detail}"
        for item in self.evidence[:MAX_SHOWN]:
            yield f"{indent}     {item.field}[{item.start}:{item.end}] {item.text!r}"
        if len(self.evidence) > MAX_SHOWN:
            yield f"{indent}     … and {len(self.evidence) - MAX_SHOWN} more"
        for child in self.children:
            yield from child.lines(indent + "  ")

    def as_data(self) -> dict[str, Any]:
        """Return the tree as JSON data."""
        return {
            "label": self.label,
            "held": self.held,
            "detail": self.detail,
            "evidence": [item.model_dump() for item in self.evidence],
            "children": [child.as_data() for child in self.children],
        }


def explain(rule: Rule, event: Event, measures: Sequence[Measure], now: datetime) -> Explanation:
    """Explain a rule on an event; the root's ``held`` is whether the rule matches."""
    return explain_view(rule, EventView(event, measures, now))


def explain_view(rule: Rule, view: EventView) -> Explanation:
    """Explain a rule on an event that has been prepared."""
    match = rule.match(view)
    detail = "no measure was recognised" if not view.measures else ""
    if match is not None and match.excepted is not None:
        detail = f"taken back by an exception: {match.excepted}"
    elif match is not None and match.measure is not None:
        detail = f"on the measure: {_measure_words(match.measure)}"
    children = [_condition(rule.detection.condition, rule, view)]
    shown = [_selection(selection, view) for selection in rule.detection.selections.values()]
    return Explanation(f"rule {rule.head.id}", match is not None, detail, (), (*children, *shown))


def _condition(node: Condition, rule: Rule, view: EventView) -> Explanation:
    def lookup(name: str) -> bool:
        return rule.detection.selections[name].held(view) is not None

    return _condition_tree(node, lookup)


def _condition_tree(node: Condition, lookup: Callable[[str], bool]) -> Explanation:
    held = node.holds(lookup)
    if isinstance(node, Named):
        return Explanation(node.name, held)
    if isinstance(node, CountOf):
        holding = [name for name in node.names if lookup(name)]
        detail = f"{len(holding)} of {len(node.names)} hold, {node.count} needed"
        return Explanation(node.source, held, detail)
    if isinstance(node, Negated):
        return Explanation("not", held, "", (), (_condition_tree(node.child, lookup),))
    label = "and" if isinstance(node, Both) else "or"
    assert isinstance(node, (Both, Either))  # noqa: S101 - the union's last members
    return Explanation(label, held, "", (), tuple(_condition_tree(child, lookup) for child in node.children))


def _selection(selection: Selection, view: EventView) -> Explanation:
    held = selection.held(view) is not None
    if len(selection.clauses) == 1:
        children = _clause(selection.clauses[0], view)
    else:
        children = tuple(
            Explanation(f"alternative {number}", clause.held(view) is not None, "", (), _clause(clause, view))
            for number, clause in enumerate(selection.clauses, 1)
        )
    return Explanation(f"selection {selection.name}", held, "", (), children)


def _clause(clause: Clause, view: EventView) -> tuple[Explanation, ...]:
    found = [_event_line(test, view) for test in clause.event_tests]
    if clause.measure_tests:
        found.append(_measure_lines(clause, view))
    return tuple(found)


def _measure_lines(clause: Clause, view: EventView) -> Explanation:
    """Lay out every measure: one of them must satisfy all lines."""
    children = []
    for measure in view.measures:
        lines = tuple(
            Explanation(_asked(test), test.holds(view, measure), _found(test, view, measure))
            for test in clause.measure_tests
        )
        children.append(
            Explanation(f"measure {_measure_words(measure)}", clause.satisfied(view, measure), "", (), lines)
        )
    held = any(child.held for child in children)
    asked = "; ".join(_asked(test) for test in clause.measure_tests)
    detail = "" if view.measures else f"no measure was recognised; asked for {asked}"
    return Explanation("one measure satisfies every line", held, detail, (), tuple(children))


def _event_line(test: FieldTest, view: EventView) -> Explanation:
    held = test.holds(view, None)
    if test.plan is not None:
        words = view.text(test.field.name)
        return Explanation(_asked(test), held, "", tuple(test.evidence(view)), (plan_tree(test.plan, words),))
    if test.find is not None:
        return Explanation(_asked(test), held, _missed(test, held), tuple(test.evidence(view)))
    return Explanation(_asked(test), held, _found(test, view, None))


def _missed(test: FieldTest, held: bool) -> str:
    """Why a string or pattern was not found, where that is not what the words show."""
    if held or test.negate:
        return ""
    sensitive = "|re" in test.key and "(?i)" not in test.wanted
    return "not in the text; case matters, `(?i)` ignores it" if sensitive else "not in the text"


def _found(test: FieldTest, view: EventView, measure: Measure | None) -> str:
    """What is there; beside a time that moves, what now is."""
    values = _values(test.values(view, measure), test)
    moves = test.field.kind is Kind.DATE and ("|within" in test.key or "now" in test.wanted)
    return f"is {values}; now is {view.now:%Y-%m-%d %H:%M} UTC" if moves else f"is {values}"


def plan_tree(plan: Plan, view: TextView) -> Explanation:
    """Explain a query on a text: each part with its words, NEAR with the distances."""
    detail, inner = "", view
    found: tuple[Evidence, ...] = ()
    if isinstance(plan, Terms):
        detail, found = _findings(plan, view)
    elif isinstance(plan, Near):
        detail = _distance(plan, view)
    elif isinstance(plan, AtLeast):
        detail = f"{len(plan.occurrences(view))} occurrences, {plan.count} needed"
    elif isinstance(plan, InTitle):
        inner = view.title
    elif isinstance(plan, InFirst):
        inner = view.first(plan.count)
    children = tuple(plan_tree(child, inner) for child in _parts(plan))
    return Explanation(_label(plan), plan.holds(view), detail, found, children)


def _parts(plan: Plan) -> tuple[Plan, ...]:
    if isinstance(plan, Near):
        return (plan.left, plan.right)
    if isinstance(plan, (AllOf, AnyOf)):
        return plan.children
    return (plan.child,) if isinstance(plan, (AtLeast, InTitle, InFirst, Without)) else ()


def _findings(plan: Terms, view: TextView) -> tuple[str, tuple[Evidence, ...]]:
    spans = plan.spans(view)
    detail = f"{len(spans)} found" if spans else "not in the text"
    return detail, tuple(view.evidence(span) for span in spans[:MAX_SHOWN])


def _distance(plan: Near, view: TextView) -> str:
    nearest = plan.nearest(view)
    if nearest is None:
        both = plan.left.spans(view) and plan.right.spans(view)
        order = "in this order" if plan.ordered else "apart from each other"
        return f"both are there, but never {order}" if both else ""
    between, left, right = nearest
    words = f"{view.evidence(left).text!r} and {view.evidence(right).text!r}"
    name = "ONEAR" if plan.ordered else "NEAR"
    return f"{words} are {between} words apart, {name}/{plan.distance} allows {plan.distance}"


def _label(plan: Plan) -> str:
    if isinstance(plan, Terms):
        return plan.name
    if isinstance(plan, Near):
        return f"{'O' if plan.ordered else ''}NEAR/{plan.distance}"
    if isinstance(plan, AtLeast):
        return f"atleast{plan.count}"
    if isinstance(plan, InFirst):
        return f"in the first {plan.count} words"
    names = {AllOf: "AND", InTitle: "in the title", Without: "NOT"}
    return names.get(type(plan), "OR")


def _asked(test: FieldTest) -> str:
    return f"{test.key}: {test.wanted}"


def _values(values: Sequence[Any], test: FieldTest) -> str:
    if not values:
        return "not known"
    return ", ".join(str(value)[:80] for value in values[:8])


def _measure_words(measure: Measure) -> str:
    goods = "+".join(measure.commodities) or "no commodity"
    issuer, targets = measure.issuer or "unknown issuer", "+".join(measure.targets)
    return f"{issuer} {measure.kind.value} {goods} towards {targets}, {measure.status.value}"
