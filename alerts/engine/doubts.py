"""Rules that load but hardly do what their author wants, as far as that can be proved.

Invariant: nothing is said on suspicion. A selection that never holds has two lines that shut
each other out; a condition that never holds is false for every outcome of its selections; a
swallowed rule is one whose every match is another's match too, by lines that can be compared.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from alerts.engine.compiled import Rule
from alerts.engine.condition import Condition, named
from alerts.engine.detection import Clause
from alerts.engine.fieldtest import FieldTest
from alerts.engine.findings import Findings
from alerts.engine.lists import Lists
from alerts.engine.swallowing import MAX_SELECTIONS, check_swallowed, outcomes

_SINGLE = frozenset({"issuer", "measure", "status", "source.tier"})


def check_doubts(
    rules: Mapping[str, Rule], lists: Lists, findings: Findings, counted: Collection[str] = ()
) -> None:
    """Note everything that is legal but provably pointless; ``counted`` are bases of correlations."""
    for rule in rules.values():
        _check_impossible(rule, findings)
    if findings.errors:
        return  # a rule that could not be read may be the one that uses the list
    check_swallowed([rule for rule in rules.values() if rule.head.status.evaluated], findings, counted)
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
    if not any(condition.holds(held.__contains__) for held in outcomes(names, dead)):
        message = f"the condition of rule `{rule.head.id}` can never hold"
        remedy = "no outcome of its selections makes it true: read it again"
        findings.warning("never-matches", rule.place, message, remedy)


def _needs_proof(condition: Condition, names: Sequence[str], dead: set[str]) -> bool:
    """Whether all selections together do not already satisfy the condition."""
    return not condition.holds(lambda name: name in names and name not in dead)


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
