"""A rule's detection: named selections and the condition that joins them.

Invariant: a clause that looks at measures holds only if ONE measure satisfies all its
measure lines; an article on China's licences and India's halt never mixes the two.
"""

from __future__ import annotations

from dataclasses import dataclass

from alerts.core.errors import Place
from alerts.core.measure import Measure
from alerts.engine import meant
from alerts.engine.condition import NAME, RESERVED, Condition, Negated, all_of, named, parse_condition
from alerts.engine.document import Listing, Mapping, Node, Scalar, kind_of
from alerts.engine.fieldread import FieldReader
from alerts.engine.fields import FIELDS
from alerts.engine.fieldtest import FieldTest
from alerts.engine.findings import Findings
from alerts.engine.view import EventView


@dataclass(frozen=True, slots=True)
class Held:
    """That a clause holds, and the measures that satisfy it (none: it asks for no measure)."""

    clause: Clause
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """Lines that must all hold: those of the event, and those of one measure."""

    event_tests: tuple[FieldTest, ...]
    measure_tests: tuple[FieldTest, ...]

    def held(self, view: EventView) -> Held | None:
        """Whether all lines hold, and of which measures."""
        fitting: tuple[Measure, ...] = ()
        if self.measure_tests:
            fitting = tuple(measure for measure in view.measures if self.satisfied(view, measure))
            if not fitting:
                return None
        for test in self.event_tests:
            if not test.holds(view, None):
                return None
        return Held(self, fitting)

    def satisfied(self, view: EventView, measure: Measure) -> bool:
        """Whether one measure satisfies every measure line."""
        return all(test.holds(view, measure) for test in self.measure_tests)


@dataclass(frozen=True, slots=True)
class Selection:
    """A named selection: any of its clauses."""

    name: str
    clauses: tuple[Clause, ...]
    place: Place

    def held(self, view: EventView) -> Held | None:
        """Return the first clause that holds; with several, the measures of all that hold."""
        if len(self.clauses) == 1:
            return self.clauses[0].held(view)
        first: Held | None = None
        for clause in self.clauses:
            held = clause.held(view)
            if held is None:
                continue
            if first is None:
                first = held
            else:
                more = tuple(measure for measure in held.measures if measure not in first.measures)
                first = Held(first.clause, first.measures + more)
        return first


@dataclass(frozen=True, slots=True)
class Detection:
    """The selections by name, and the condition."""

    selections: dict[str, Selection]
    condition: Condition
    source: str


def read_detection(
    node: Node | None, place: Place, reader: FieldReader, findings: Findings
) -> Detection | None:
    """Read ``detection:``; None where it has errors."""
    if node is None:
        findings.error(
            "missing-key",
            place,
            "`detection` is missing",
            "say what the rule looks for, or `correlation` what it counts",
        )
        return None
    if not isinstance(node, Mapping):
        findings.error(
            "wrong-type", node.place, f"`detection` is a mapping of selections, found {kind_of(node)}"
        )
        return None
    before = len(findings.problems)
    names = [name for name in node.entries if name != "condition"]
    if not names:
        findings.error(
            "empty-values",
            node.place,
            "the detection has no selection",
            "name one, e.g. `official: {issuer: CN}`",
        )
        return None
    selections = {name: _selection(name, node, reader, findings) for name in names}
    condition, source = _condition(node, names, findings)
    if condition is None or findings.errors_since(before):
        return None
    return Detection({name: sel for name, sel in selections.items() if sel is not None}, condition, source)


def _selection(name: str, detection: Mapping, reader: FieldReader, findings: Findings) -> Selection | None:
    node, place = detection.entries[name], detection.keys[name]
    if not NAME.fullmatch(name) or name.casefold() in RESERVED:
        findings.error(
            "bad-value",
            place,
            f"`{name[:60]}` cannot be the name of a selection",
            "letters, digits, _ and -; not a word of conditions; fields stand one level deeper",
        )
    items = node.items if isinstance(node, Listing) else (node,)
    if not items or (isinstance(node, Mapping) and not node.entries):
        findings.error("empty-values", place, f"selection `{name}` is empty", "write at least one field")
        return None
    clauses = [_clause(name, item, place, reader, findings) for item in items]
    return Selection(name, tuple(clause for clause in clauses if clause is not None), place)


def _clause(name: str, node: Node, place: Place, reader: FieldReader, findings: Findings) -> Clause | None:
    if not isinstance(node, Mapping):
        at = node.place if not isinstance(node, Scalar) or node.value is not None else place
        findings.error(
            "wrong-type",
            at,
            f"selection `{name}` is a mapping of fields or a list of mappings, found {kind_of(node)}",
            _fields_meant(name, node),
        )
        return None
    if not node.entries:
        findings.error(
            "empty-values",
            node.place,
            f"selection `{name}` has an empty alternative, which always holds",
            "remove it",
        )
    tests = [reader.read(key, node.keys[key], value) for key, value in node.entries.items()]
    fine = [test for test in tests if test is not None]
    return Clause(
        tuple(
            sorted(
                (t for t in fine if t.field.of == "event"),
                key=lambda t: t.plan is not None or t.find is not None,
            )
        ),
        tuple(test for test in fine if test.field.of == "measure"),
    )


def _fields_meant(name: str, node: Node) -> str:
    """Say where fields stand, by what stands in their place."""
    if name.split("|", maxsplit=1)[0] in (*FIELDS, *meant.FIELDS):
        return f"`{name}` is a field: it stands in a selection, one level deeper, e.g. `act: {{issuer: CN}}`"
    if isinstance(node, Scalar) and node.value is None:
        return "write its fields below it, indented further than its name"
    if isinstance(node, Scalar) and node.raw.split(":")[0] in FIELDS:
        return "a space follows the colon"
    return "for words anywhere in the text: `text|query: …`"


def _condition(detection: Mapping, names: list[str], findings: Findings) -> tuple[Condition | None, str]:
    node = detection.entries.get("condition")
    if node is None:
        return all_of(names), "all of them"
    place = detection.keys["condition"]
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        what = "nothing" if isinstance(node, Scalar) and node.value is None else kind_of(node)
        findings.error(
            "condition-syntax",
            place,
            f"`condition` is a text, found {what}",
            "e.g. `official or press`; or leave it out: all of them",
        )
        return None, ""
    condition, faults = parse_condition(node.raw, names)
    for fault in faults:
        findings.error(fault.code, node.at(fault.offset), fault.message, fault.remedy)
    if condition is not None:
        _check_use(condition, node, detection, names, findings)
    return condition, " ".join(node.raw.split())


def _check_use(
    condition: Condition, node: Scalar, detection: Mapping, names: list[str], findings: Findings
) -> None:
    used = set(named(condition))
    for name in names:
        if name not in used:
            findings.warning(
                "unused-selection",
                detection.keys[name],
                f"the condition never looks at `{name}`",
                "name it in the condition, or remove it",
            )
    if condition.holds(lambda name: False):
        remedy = f"say what must be there too: <selection> and {' '.join(node.raw.split())[:80]}"
        if not isinstance(condition, Negated):
            remedy = "every way to satisfy the condition needs a selection that must hold"
        findings.error(
            "always-negative",
            node.place,
            "the condition holds where no selection does, so nearly everything matches",
            remedy,
        )
