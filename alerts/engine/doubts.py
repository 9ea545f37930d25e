"""Rules that load but hardly do what their author wants, as far as that can be proved.

Invariant: nothing is said on suspicion. A selection that never holds has two lines that shut
each other out; a condition that never holds is false for every outcome of its selections; a
swallowed rule is one whose every match is another's match too, by lines that can be compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from alerts.engine.compiled import Rule
from alerts.engine.condition import Condition, named
from alerts.engine.detection import Clause, Selection
from alerts.engine.fieldtest import FieldTest
from alerts.engine.findings import Findings
from alerts.engine.implication import implies, leaves
from alerts.engine.lists import Lists

MAX_SELECTIONS = 10
"""Conditions over more selections (of both rules together) are not tried out."""

MAX_TERMS = 60
"""Longer lists are compared by name alone."""

MAX_PAIRS = 100_000
"""Pairs of rules looked at: more rules than that need a backtest, not a proof."""

_SINGLE = frozenset({"issuer", "measure", "status", "source.tier"})
_RANK = {name: rank for rank, name in enumerate(("info", "low", "medium", "high", "critical"))}


def check_doubts(rules: Mapping[str, Rule], lists: Lists, findings: Findings) -> None:
    """Note everything that is legal but provably pointless."""
    for rule in rules.values():
        _check_impossible(rule, findings)
    if findings.errors:
        return  # a rule that could not be read may be the one that uses the list
    _check_swallowed([rule for rule in rules.values() if rule.head.status.evaluated], findings)
    for name, place in lists.places.items():
        if name not in lists.asked:
            remedy = f"use it as `${name}`, or remove it"
            findings.warning("unused-list", place, f"nothing names list `{name}`", remedy)


def _check_impossible(rule: Rule, findings: Findings) -> None:
    dead = set()
    for name, selection in rule.detection.selections.items():
        shut = [pair for clause in selection.clauses if (pair := _shut_out(clause))]
        for one, other in shut:
            message = f"`{one.key}` and `{other.key}` can never hold together"
            findings.warning("never-matches", other.place, message, "remove one of the two, or split them")
        if shut and len(shut) == len(selection.clauses):
            dead.add(name)
    condition = rule.detection.condition
    names = sorted(set(named(condition)))
    if len(names) > MAX_SELECTIONS or not _needs_proof(condition, names, dead):
        return
    if not any(condition.holds(held.__contains__) for held in _outcomes(names, dead)):
        message = f"the condition of rule `{rule.head.id}` can never hold"
        remedy = "no outcome of its selections makes it true: read it again"
        findings.warning("never-matches", rule.place, message, remedy)


def _needs_proof(condition: Condition, names: Sequence[str], dead: set[str]) -> bool:
    """Whether all selections together do not already satisfy the condition."""
    return not condition.holds(lambda name: name in names and name not in dead)


def _outcomes(names: Sequence[str], dead: Iterable[str] = ()) -> Iterator[set[str]]:
    free = [name for name in names if name not in dead]
    for chosen in product((False, True), repeat=len(free)):
        yield {name for name, held in zip(free, chosen, strict=True) if held}


def _shut_out(clause: Clause) -> tuple[FieldTest, FieldTest] | None:
    tests = sorted((*clause.event_tests, *clause.measure_tests), key=lambda test: test.place)
    for index, one in enumerate(tests):
        for other in tests[index + 1 :]:
            if one.field.name == other.field.name and _exclude(one, other):
                return one, other
    return None


def _exclude(one: FieldTest, other: FieldTest) -> bool:
    """Whether two lines on one field can never hold of the same event and measure."""
    if one.exists is not None or other.exists is not None:
        absent, rest = (one, other) if one.exists is not None else (other, one)
        wants_absence = absent.exists is absent.negate
        # A target of everyone counts as absent for `exists`, and is a value all the same.
        return wants_absence and rest.exists is None and not rest.negate and one.field.name != "target"
    if one.negate is not other.negate:
        no, yes = (one, other) if one.negate else (other, one)
        if no.atoms is not None and yes.atoms is not None:
            return yes.atoms <= no.atoms
        same = no.wanted == yes.wanted and no.key.replace("|not", "") == yes.key
        return same and not (yes.key.endswith("|re") and " " in yes.wanted)
    both = one.atoms, other.atoms
    if one.field.name not in _SINGLE or one.negate or both[0] is None or both[1] is None:
        return False
    return both[0].isdisjoint(both[1])


def _check_swallowed(rules: Sequence[Rule], findings: Findings) -> None:
    index: dict[object, list[int]] = defaultdict(list)
    for number, rule in enumerate(rules):
        for mark in _marks(rule, narrow=True):
            index[mark].append(number)
    pairs = (
        (number, other)
        for number, rule in enumerate(rules)
        for other in sorted({other for mark in _marks(rule, narrow=False) for other in index[mark]})
        if other != number
    )
    told: set[int] = set()
    for number, other in islice(pairs, MAX_PAIRS):
        small, large = rules[number], rules[other]
        if number in told or other in told or not _swallows(large, small):
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


def _marks(rule: Rule, *, narrow: bool) -> set[object]:
    """Return what two rules must share for one to swallow the other.

    ``narrow`` gives, for each clause, the values of its most telling line; otherwise every value
    of every line.
    """
    found: set[object] = set()
    for selection in rule.detection.selections.values():
        for clause in selection.clauses:
            each = [_values(test) for test in (*clause.event_tests, *clause.measure_tests)]
            sets = [values for values in each if values]
            if sets:
                found |= min(sets, key=len) if narrow else set().union(*sets)
    return found


def _values(test: FieldTest) -> set[object]:
    if test.negate:
        return {(test.field.name, "not")}
    if test.atoms is not None:
        return {(test.field.name, atom) for atom in test.atoms}
    if test.plan is not None:
        words: set[object] = set()
        for leaf in leaves(test.plan):
            words |= {term.parts for term in leaf.terms} if len(leaf.terms) <= MAX_TERMS else {leaf.name}
        return words
    return {(test.key, test.wanted)}


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
    for held in _outcomes(names[0]):
        if not small.detection.condition.holds(held.__contains__):
            continue
        for other in _outcomes(names[1]):
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
