"""Rules that another rule swallows: whatever they match, that one matches and tells just as well.

To compare every pair of a thousand rules would take long. A rule can only be swallowed by one
with which it shares a mark (a value or a word that both look for); each rule is entered under
its rarest marks only, so that the word China, which half the rules look for, pairs nobody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from alerts.engine.compiled import Rule
from alerts.engine.condition import named
from alerts.engine.detection import Clause, Selection
from alerts.engine.fieldtest import FieldTest
from alerts.engine.findings import Findings
from alerts.engine.implication import implies, leaves
from alerts.engine.query import AllOf, AnyOf, Near, Plan

Marks = frozenset[object]
MAX_SELECTIONS = 10
"""Conditions over more selections (of both rules together) are not tried out."""

MAX_TERMS = 60
"""Longer lists are compared by name alone."""

MAX_PAIRS = 100_000
"""Pairs of rules looked at: more rules than that need a backtest, not a proof."""

_RANK = {name: rank for rank, name in enumerate(("info", "low", "medium", "high", "critical"))}


def check_swallowed(rules: Sequence[Rule], findings: Findings, counted: Collection[str] = ()) -> None:
    """Note every rule that adds nothing to another; those that correlations count add that."""
    wide = [_marks(rule) for rule in rules]
    often = Counter(mark for marks in wide for mark in marks)
    index: dict[object, list[int]] = defaultdict(list)
    for number, rule in enumerate(rules):
        for mark in _rarest(rule, often):
            index[mark].append(number)
    pairs = (
        (number, other)
        for number, marks in enumerate(wide)
        for other in sorted({other for mark in marks for other in index.get(mark, ())})
        if other != number
    )
    told: set[int] = set()
    for number, other in islice(pairs, MAX_PAIRS):
        small, large = rules[number], rules[other]
        if small.head.id in counted or number in told or other in told or not _swallows(large, small):
            continue
        if number < other and _swallows(small, large):
            continue  # the two say the same: the later one is told of
        told.add(number)
        findings.warning(
            "swallowed-rule",
            small.place,
            f"rule `{large.head.id}` matches all that `{small.head.id}` matches",
            "remove one of the two, or set them apart by severity or labels",
        )


def _clauses(rule: Rule) -> Iterator[Clause]:
    """Those of selections that must hold: what only must not hold cannot make a rule match."""
    for name in set(named(rule.detection.condition, positive=True)):
        yield from rule.detection.selections[name].clauses


def _marks(rule: Rule) -> Marks:
    """Return every mark of a rule."""
    tests = (test for clause in _clauses(rule) for test in (*clause.event_tests, *clause.measure_tests))
    return frozenset(mark for test in tests for mark in _of_test(test, None))


def _rarest(rule: Rule, often: Mapping[object, int]) -> set[object]:
    """Return, for each clause, the marks of its most telling line."""
    found: set[object] = set()
    for clause in _clauses(rule):
        each = [_of_test(test, often) for test in (*clause.event_tests, *clause.measure_tests)]
        found |= _least((marks for marks in each if marks), often)
    return found


def _least(each: Iterable[Marks], often: Mapping[object, int]) -> Marks:
    return min(each, key=lambda marks: sum(often.get(mark, 0) for mark in marks), default=frozenset())


def _of_test(test: FieldTest, often: Mapping[object, int] | None) -> Marks:
    """Return a line's marks: a line that implies it has one of them, all of them without ``often``."""
    if test.negate:
        return frozenset({(test.field.name, "not")})
    if test.atoms is not None:
        return frozenset((test.field.name, atom) for atom in test.atoms)
    if test.plan is not None:
        return _of_plan(test.plan, often)
    return frozenset({(test.key, test.wanted)})


def _of_plan(plan: Plan, often: Mapping[object, int] | None) -> Marks:
    if often is not None and isinstance(plan, AllOf):
        return _least((_of_plan(child, often) for child in plan.children), often)
    if often is not None and isinstance(plan, Near):
        return _least((_of_plan(side, often) for side in (plan.left, plan.right)), often)
    if often is not None and isinstance(plan, AnyOf):
        return frozenset().union(*(_of_plan(child, often) for child in plan.children))
    found: set[object] = set()
    for leaf in leaves(plan):
        found |= {term.parts for term in leaf.terms} if len(leaf.terms) <= MAX_TERMS else {leaf.name}
    return frozenset(found)


def _swallows(large: Rule, small: Rule) -> bool:
    """Whether every match of ``small`` is one of ``large`` that is told of just as well."""
    a, b = small.head, large.head
    alike = a.status is b.status and a.labels == b.labels and _RANK[a.severity] <= _RANK[b.severity]
    names = _named(small), _named(large)
    if not alike or large.exemptions or len(names[0]) + len(names[1]) > MAX_SELECTIONS:
        return False
    forward = _links(small, names[0], large, names[1])
    if not forward:
        return False
    back = _links(large, names[1], small, names[0])
    for held in outcomes(names[0]):
        if not small.detection.condition.holds(held.__contains__):
            continue
        for other in outcomes(names[1]):
            consistent = all(y in other for x, y in forward if x in held) and all(
                x in held for y, x in back if y in other
            )
            if consistent and not large.detection.condition.holds(other.__contains__):
                return False
    return True


def _named(rule: Rule) -> list[str]:
    return sorted(set(named(rule.detection.condition)))


def _links(one: Rule, names: list[str], other: Rule, others: list[str]) -> list[tuple[str, str]]:
    a, b = one.detection.selections, other.detection.selections
    return [(x, y) for x in names for y in others if _selection_implies(a[x], b[y])]


def _selection_implies(one: Selection, other: Selection) -> bool:
    """Whether the other selection holds wherever this one does."""
    return all(any(_clause_implies(mine, theirs) for theirs in other.clauses) for mine in one.clauses)


def _clause_implies(mine: Clause, theirs: Clause) -> bool:
    tests = (*mine.event_tests, *mine.measure_tests)
    if theirs.measure_tests and not mine.measure_tests:
        return False
    return all(
        any(implies(test, wanted) for test in tests)
        for wanted in (*theirs.event_tests, *theirs.measure_tests)
    )


def outcomes(names: Sequence[str], dead: Iterable[str] = ()) -> Iterator[set[str]]:
    """Every way that selections may come out, as the set of those that hold; ``dead`` never do."""
    free = [name for name in names if name not in dead]
    for chosen in product((False, True), repeat=len(free)):
        yield {name for name, held in zip(free, chosen, strict=True) if held}
