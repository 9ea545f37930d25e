"""Exceptions: matches that are taken back, with the reason why.

Invariant: an exception never hides what it does not name. A measure on lanthanum AND
dysprosium is not excepted by a row on lanthanum: every combination of a measure's values
must be covered by some row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from alerts.core.errors import Place, Problem
from alerts.core.measure import Measure
from alerts.engine.document import Listing, Mapping, Node, Scalar, kind_of
from alerts.engine.fieldread import FieldReader
from alerts.engine.fieldtest import FieldTest
from alerts.engine.findings import Findings, nearest
from alerts.engine.view import EventView

MAX_COMBINATIONS = 10_000
_KEYS = ("fields", "values", "reason")
_ATTRIBUTES = {
    "issuer": "issuer",
    "target": "targets",
    "commodity": "commodities",
    "hs": "hs",
    "entity": "entities",
}


@dataclass(frozen=True, slots=True)
class Exemption:
    """Rows of lines, all on the same fields; a row holds if all its lines do."""

    rows: tuple[tuple[FieldTest, ...], ...]
    reason: str
    place: Place

    def covers(self, view: EventView, measures: Sequence[Measure]) -> bool:
        """Whether everything that matched is excepted."""
        if all(test.field.of == "event" for test in self.rows[0]):
            return any(all(test.holds(view, None) for test in row) for row in self.rows)
        return bool(measures) and all(self._covered(view, measure) for measure in measures)

    def _covered(self, view: EventView, measure: Measure) -> bool:
        several = [
            name for test in self.rows[0] if (name := test.field.name) in _ATTRIBUTES and name != "issuer"
        ]
        choices = [
            [(name, value) for value in getattr(measure, _ATTRIBUTES[name])] or [(name, None)]
            for name in several
        ]
        for count, combination in enumerate(islice(product(*choices), MAX_COMBINATIONS + 1)):
            if count == MAX_COMBINATIONS or not self._row_holds(view, _single(measure, combination)):
                return False
        return True

    def _row_holds(self, view: EventView, measure: Measure) -> bool:
        return any(all(test.holds(view, measure) for test in row) for row in self.rows)


def _single(measure: Measure, combination: Sequence[tuple[str, Any]]) -> Measure:
    """Return the measure with one value a field."""
    update = {_ATTRIBUTES[name]: () if value is None else (value,) for name, value in combination}
    return measure.model_copy(update=update) if update else measure


def read_exemptions(node: Node | None, reader: FieldReader, findings: Findings) -> tuple[Exemption, ...]:
    """Read ``exceptions:``."""
    if node is None:
        return ()
    if not isinstance(node, Listing):
        findings.error("wrong-type", node.place, f"`exceptions` is a list, found {kind_of(node)}")
        return ()
    found = [_exemption(item, reader, findings) for item in node.items]
    return tuple(exemption for exemption in found if exemption is not None)


def _exemption(node: Node, reader: FieldReader, findings: Findings) -> Exemption | None:
    if not isinstance(node, Mapping):
        findings.error(
            "wrong-type",
            node.place,
            f"an exception is a mapping, found {kind_of(node)}",
            "write {fields: [issuer], values: [[CN]], reason: …}",
        )
        return None
    for key, place in node.keys.items():
        if key not in _KEYS:
            findings.error("unknown-key", place, f"unknown key `{key[:60]}`", nearest(key, _KEYS))
    for key in _KEYS:
        if node.get(key) is None:
            findings.error(
                "missing-key",
                node.place,
                f"`{key}` of an exception is missing",
                "say why, so that the next reader knows whether it still holds"
                if key == "reason"
                else "add it",
            )
    fields, values, reason = node.get("fields"), node.get("values"), node.get("reason")
    if fields is None or values is None or reason is None:
        return None
    if not isinstance(reason, Scalar):
        findings.error("wrong-type", reason.place, f"`reason` is a text, found {kind_of(reason)}")
        return None
    keys = _keys(fields, findings)
    rows = _rows(keys, values, reader, findings) if keys else []
    return Exemption(tuple(rows), reason.raw.strip(), node.place) if rows else None


def _keys(node: Node, findings: Findings) -> list[Scalar]:
    items = node.items if isinstance(node, Listing) else (node,)
    keys = [item for item in items if isinstance(item, Scalar) and isinstance(item.value, str)]
    if not keys or len(keys) < len(items):
        findings.error(
            "exception-shape", node.place, "`fields` is a list of field names", "e.g. [issuer, commodity]"
        )
        return []
    names = [key.raw for key in keys]
    if len(set(names)) < len(names):
        findings.error(
            "exception-shape",
            node.place,
            "`fields` names a field twice",
            "several values of a field are rows",
        )
        return []
    return keys


def _rows(
    keys: list[Scalar], node: Node, reader: FieldReader, findings: Findings
) -> list[tuple[FieldTest, ...]]:
    if not isinstance(node, Listing) or not node.items:
        findings.error(
            "exception-shape",
            node.place,
            "`values` is a list of rows",
            "e.g. [[CN, lanthanum], [CN, cerium]]",
        )
        return []
    rows = []
    told: set[Problem] = set()
    for row in node.items:
        cells = row.items if isinstance(row, Listing) else (row,)
        if len(cells) != len(keys):
            names = ", ".join(key.raw for key in keys)
            findings.error(
                "exception-shape",
                row.place,
                f"this row has {len(cells)} of {len(keys)} values: {names}",
                f"write one value for each field: [{', '.join(['…'] * len(keys))}]",
            )
            continue
        before = len(findings.problems)
        tests = [reader.read(key.raw, key.place, cell) for key, cell in zip(keys, cells, strict=True)]
        _once(findings, before, told)
        if all(test is not None for test in tests):
            rows.append(tuple(test for test in tests if test is not None))
    return rows


def _once(findings: Findings, since: int, told: set[Problem]) -> None:
    """Take back what was told of an earlier row: a wrong field is found again in every one."""
    findings.problems[since:] = [problem for problem in findings.problems[since:] if problem not in told]
    told.update(findings.problems[since:])
