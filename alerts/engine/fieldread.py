"""Lines of a selection, read: the key's field and modifiers, then the values."""

from __future__ import annotations

from alerts.core.errors import Place
from alerts.engine import meant
from alerts.engine.document import Node, Scalar, kind_of
from alerts.engine.fieldcheck import Builder, Parts, compared, contains, equal, regex
from alerts.engine.fields import FIELDS, MODIFIERS, OPERATORS, Field, Kind
from alerts.engine.fieldtest import FieldTest
from alerts.engine.findings import Findings, nearest, shown
from alerts.engine.lists import Lists, add_faults
from alerts.engine.query import AnyOf, Plan
from alerts.engine.query_doubts import query_doubts
from alerts.engine.query_syntax import parse_query
from alerts.engine.terms import Planner, list_names
from alerts.engine.values import scalars


def _field_meant(name: str) -> str:
    before, colon, _ = name.partition(":")
    if colon and before in FIELDS:
        return "a space follows the colon"
    return nearest(name, FIELDS, words=meant.FIELDS)


_BUILDERS: dict[str, Builder] = {"re": regex, "contains": contains, "startswith": contains}


class FieldReader:
    """Reads lines of selections; shares plans and lists over the whole rule book."""

    def __init__(self, lists: Lists, findings: Findings) -> None:
        self.lists = lists
        self.findings = findings
        self.planner = Planner(lists.terms)

    def read(self, key: str, place: Place, node: Node) -> FieldTest | None:
        """Read one line; None where it has errors."""
        split = self._split(key, place)
        if split is None:
            return None
        field, operator, negate = split
        if operator == "exists":
            return self._exists(field, key, place, node, negate)
        values = scalars(node, key, self.findings)
        if values is None:
            return None
        if operator == "query":
            parts = self._query(values)
        elif operator == "in_list":
            parts = self._in_list(field, values)
        else:
            parts = _BUILDERS.get(operator, compared)(field, operator, values, self.findings)
        if parts is None:
            return None
        wanted = ", ".join(" ".join(value.raw.split()) for value in values)
        return FieldTest(field, key, wanted, place, negate, **parts)

    def _split(self, key: str, place: Place) -> tuple[Field, str, bool] | None:
        name, *modifiers = (part.strip() for part in key.split("|"))
        field = FIELDS.get(name)
        fine = True
        if field is None:
            self.findings.error("unknown-field", place, f"unknown field {shown(name)}", _field_meant(name))
            fine = False
        for modifier in modifiers:
            if modifier not in MODIFIERS:
                self._unknown_modifier(modifier, place)
                fine = False
        if not fine or field is None:
            return None
        operators = [modifier for modifier in modifiers if modifier != "not"]
        if len(operators) > 1 or len(modifiers) > len(operators) + 1:
            self.findings.error(
                "modifier-conflict",
                place,
                f"`{key}` has more than one comparison",
                "keep one; `not` may stand beside it; write the other as a line or selection of its own",
            )
            return None
        operator = operators[0] if operators else ""
        if not self._fits(field, operator, place):
            return None
        return field, operator, "not" in modifiers

    def _unknown_modifier(self, modifier: str, place: Place) -> None:
        foreign = {
            "all": "write two selections and join them by `and`",
            "endswith": "use `re` with `$`, or `query`",
            "i": "write (?i) at the beginning of the pattern",
            "near": 'use `query`: "a NEAR/8 b"',
        }
        remedy = foreign.get(modifier) or nearest(modifier, MODIFIERS, words=meant.MODIFIERS)
        self.findings.error("unknown-modifier", place, f"unknown modifier {shown(modifier)}", remedy)

    def _fits(self, field: Field, operator: str, place: Place) -> bool:
        if operator and operator not in OPERATORS[field.kind]:
            self.findings.error(
                "modifier-not-for-field",
                place,
                f"`{operator}` means nothing on `{field.name}`",
                f"here: {', '.join((*OPERATORS[field.kind], 'not'))}",
            )
            return False
        if field.kind is Kind.TEXT and not operator:
            self.findings.error(
                "text-needs-modifier",
                place,
                f"`{field.name}` is running text: compared how?",
                f"write `{field.name}|query: …` for words, `{field.name}|contains: …` for a string,"
                f" `{field.name}|exact: …` for the whole",
            )
            return False
        return True

    def _exists(self, field: Field, key: str, place: Place, node: Node, negate: bool) -> FieldTest | None:
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return FieldTest(field, key, str(node.value).lower(), place, negate, exists=node.value)
        found = shown(node.raw) if isinstance(node, Scalar) else kind_of(node)
        self.findings.error("wrong-type", node.place, f"`{key}` takes true or false, found {found}")
        return None

    def _query(self, values: list[Scalar]) -> Parts:
        plans: list[Plan] = []
        for scalar in values:
            node, faults = parse_query(scalar.raw)
            broken = add_faults(faults, scalar, self.findings)
            if node is not None and not broken:
                add_faults(query_doubts(node), scalar, self.findings)
            if node is None:
                continue
            named = {used.name: used.offset for used in reversed(list(list_names(node)))}
            known = [self.lists.known(name, scalar.at(at), self.findings) for name, at in named.items()]
            if all(known) and not broken:
                plans.append(self.planner.plan(node))
        if len(plans) < len(values):
            return None
        return {"plan": plans[0] if len(plans) == 1 else AnyOf(tuple(plans))}

    def _in_list(self, field: Field, values: list[Scalar]) -> Parts:
        named = [(scalar.raw.removeprefix("$"), scalar.place) for scalar in values]
        if field.kind is Kind.TEXT:
            known = [self.lists.known(name, place, self.findings) for name, place in named]
            if not all(known):
                return None
            return {"plan": AnyOf(tuple(self.planner.terms(name) for name, _ in named))}
        listed = [self.lists.values(name, field.name, place, self.findings) for name, place in named]
        if None in listed:
            return None
        return equal(field, "", [word for words in listed for word in words or ()], self.findings)
