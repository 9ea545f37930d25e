"""One line of a selection: a field, its modifiers, its values, compiled to a check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import re2

from alerts.core.errors import Place
from alerts.core.measure import Evidence, EvidenceField, Measure
from alerts.core.taxonomy import COMMODITIES, commodity_ancestors
from alerts.core.text import fold, fold_term
from alerts.engine.document import Node, Scalar, kind_of
from alerts.engine.fields import FIELDS, MODIFIERS, OPERATORS, Field, Kind
from alerts.engine.findings import Findings, nearest, shown
from alerts.engine.lists import Lists, add_faults
from alerts.engine.query import AnyOf, Plan
from alerts.engine.query_syntax import parse_query
from alerts.engine.query_words import letters
from alerts.engine.terms import Planner, list_names
from alerts.engine.values import name_equal, read_duration, read_moment, read_number, read_word, scalars
from alerts.engine.view import EventView

Check = Callable[[Any, datetime], bool]
"""Whether one value of a field fits."""

Find = Callable[[str], list[tuple[int, int]]]
"""Where something stands in a text as published."""

MAX_FOUND = 100
_ORDER = {"before": (-1,), "lt": (-1,), "lte": (-1, 0), "after": (1,), "gt": (1,), "gte": (1, 0), "": (0,)}


@dataclass(frozen=True, slots=True)
class FieldTest:
    """A compiled line. Exactly one of ``check``, ``plan``, ``find``, ``exists`` is set."""

    field: Field
    key: str
    wanted: str
    place: Place
    negate: bool = False
    check: Check | None = None
    plan: Plan | None = None
    find: Find | None = None
    exists: bool | None = None
    atoms: frozenset[str] | None = None
    """The values that fit, where they can be told beforehand: what an index needs."""

    def holds(self, view: EventView, measure: Measure | None) -> bool:
        """Whether the line holds of the event (and of this measure)."""
        return self._plainly(view, measure) is not self.negate

    def _plainly(self, view: EventView, measure: Measure | None) -> bool:
        if self.plan is not None:
            return self.plan.holds(view.text(self.field.name))
        if self.find is not None:
            return any(self.find(text) for _, text in self.stretches(view))
        values = self.values(view, measure)
        if self.exists is not None:
            return bool(values) is self.exists
        check, now = self.check, view.now
        assert check is not None  # noqa: S101 - one of the four is set
        return any(check(value, now) for value in values)

    def values(self, view: EventView, measure: Measure | None) -> tuple[Any, ...]:
        """Return what the event (or the measure) has there."""
        if self.field.of == "measure":
            values = () if measure is None else self.field.values(measure)
            return () if self.exists is not None and values == ("*",) else values
        if self.field.name == "text":
            return tuple(text for _, text in self.stretches(view))
        return self.field.values(view.event)

    def stretches(self, view: EventView) -> list[tuple[EvidenceField, str]]:
        """Return the texts that a field of text consists of."""
        event = view.event
        if self.field.name == "text_added":
            return [("text", event.text_added)] if event.text_added else []
        found: list[tuple[EvidenceField, str]] = [("title", event.title)]
        if self.field.name == "text":
            found.append(("text", event.text))
        return [(name, text) for name, text in found if text]

    def evidence(self, view: EventView) -> list[Evidence]:
        """Return the words that the line holds on; none for what is not about words."""
        if self.negate:
            return []
        if self.plan is not None:
            words = view.text(self.field.name)
            found = [words.evidence(span) for span in self.plan.words(words)[:MAX_FOUND]]
        elif self.find is not None:
            found = [
                Evidence(role="rule", field=name, start=start, end=end, text=text[start:end])
                for name, text in self.stretches(view)
                for start, end in self.find(text)[:MAX_FOUND]
            ]
        else:
            return []
        return _in_body(found, view) if self.field.name == "text_added" else found


def _in_body(found: list[Evidence], view: EventView) -> list[Evidence]:
    """Evidence of ``text_added`` where the same words stand in the body."""
    event = view.event
    shift = event.text.find(event.text_added)
    moved: list[Evidence] = []
    for item in found:
        if item.field == "text":
            start = item.start + shift if shift >= 0 else event.text.find(item.text)
            if start < 0:
                continue
            moved.append(item.model_copy(update={"start": start, "end": start + len(item.text)}))
        else:
            moved.append(item)
    return moved


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
        build = {
            "query": self._query,
            "re": self._regex,
            "contains": self._contains,
            "startswith": self._contains,
            "in_list": self._in_list,
        }.get(operator, self._compared)
        parts = build(field, operator, values)
        if parts is None:
            return None
        wanted = ", ".join(" ".join(value.raw.split()) for value in values)
        return FieldTest(field, key, wanted, place, negate, **parts)

    def split(self, key: str, place: Place) -> tuple[Field, str, bool] | None:
        """Return a key's field, operator and ``not``; None (and findings) where it has no sense."""
        return self._split(key, place)

    def _split(self, key: str, place: Place) -> tuple[Field, str, bool] | None:
        name, *modifiers = (part.strip() for part in key.split("|"))
        field = FIELDS.get(name)
        fine = True
        if field is None:
            self.findings.error("unknown-field", place, f"unknown field {shown(name)}", nearest(name, FIELDS))
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
        remedy = foreign.get(modifier) or nearest(modifier, MODIFIERS)
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

    def _query(self, field: Field, operator: str, values: list[Scalar]) -> dict[str, Any] | None:
        plans: list[Plan] = []
        for scalar in values:
            node, faults = parse_query(scalar.raw)
            broken = add_faults(faults, scalar, self.findings)
            if node is None or broken:
                if node is not None:
                    [
                        self.lists.known(used.name, scalar.at(used.offset), self.findings)
                        for used in list_names(node)
                    ]
                continue
            known = [
                self.lists.known(used.name, scalar.at(used.offset), self.findings)
                for used in list_names(node)
            ]
            if all(known):
                plans.append(self.planner.plan(node))
        if len(plans) < len(values):
            return None
        return {"plan": plans[0] if len(plans) == 1 else AnyOf(tuple(plans))}

    def _regex(self, field: Field, operator: str, values: list[Scalar]) -> dict[str, Any] | None:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = 8 << 20
        patterns = []
        for scalar in values:
            try:
                patterns.append(re2.compile(scalar.raw, options))
            except re2.error as error:
                why = (
                    error.args[0].decode(errors="replace")
                    if error.args and isinstance(error.args[0], bytes)
                    else str(error)
                )
                self.findings.error(
                    "bad-regex",
                    scalar.place,
                    f"the pattern is refused: {why}",
                    "RE2 syntax: no look-around and no back-references, since they can take for ever",
                )
        if len(patterns) < len(values):
            return None
        if field.kind is Kind.TEXT:
            return {
                "find": lambda text: [
                    m.span() for p in patterns for m in _some(p.finditer(text)) if m.end() > m.start()
                ]
            }
        return {"check": lambda value, now: any(p.search(value) for p in patterns)}

    def _contains(self, field: Field, operator: str, values: list[Scalar]) -> dict[str, Any] | None:
        terms = [fold_term(scalar.raw) for scalar in values]
        for scalar, term in zip(values, terms, strict=True):
            if not term:
                self.findings.error(
                    "empty-values",
                    scalar.place,
                    f"`{operator}` without a letter holds always",
                    "write the words",
                )
            elif field.kind is Kind.TEXT and operator == "contains" and letters(term) < 4 and term.isascii():
                self.findings.warning(
                    "short-contains",
                    scalar.place,
                    f"`{scalar.raw}` is found inside other words too",
                    f"write `{field.name}|query: {scalar.raw}` to find the word",
                )
        if not all(terms):
            return None
        if field.kind is Kind.TEXT:
            return {"find": lambda text: _find_terms(text, terms, operator == "startswith")}
        if field.kind is Kind.HS:
            prefixes = tuple(scalar.raw.replace(".", "").replace(" ", "") for scalar in values)
            return {"check": lambda value, now: value.replace(".", "").startswith(prefixes)}
        if operator == "startswith":
            return {"check": lambda value, now: fold_term(value).startswith(tuple(terms))}
        return {"check": lambda value, now: any(term in fold_term(value) for term in terms)}

    def _in_list(self, field: Field, operator: str, values: list[Scalar]) -> dict[str, Any] | None:
        names = [scalar.raw.removeprefix("$") for scalar in values]
        known = [
            self.lists.known(name, scalar.place, self.findings)
            for name, scalar in zip(names, values, strict=True)
        ]
        if not all(known):
            return None
        if field.kind is Kind.TEXT:
            return {"plan": AnyOf(tuple(self.planner.terms(name) for name in names))}
        words = [
            (raw, scalar.place)
            for name, scalar in zip(names, values, strict=True)
            for raw in self.lists.raw[name]
        ]
        return self._equal(field, "", words)

    def _compared(self, field: Field, operator: str, values: list[Scalar]) -> dict[str, Any] | None:
        if field.kind in (Kind.DATE, Kind.NUMBER):
            return self._ordered(field, operator, values)
        if field.kind is Kind.TEXT:
            wholes = frozenset(scalar.raw for scalar in values)
            return {"find": lambda text: [(0, len(text))] if text in wholes else []}
        return self._equal(field, operator, [(scalar.raw, scalar.place) for scalar in values])

    def _equal(self, field: Field, operator: str, raws: list[tuple[str, Place]]) -> dict[str, Any] | None:
        words = [read_word(field, raw, place, self.findings) for raw, place in raws]
        wanted = frozenset(word for word in words if word is not None)
        if len(wanted) < len({raw for raw, _ in raws}) and None in words:
            return None
        if field.kind is Kind.NAME:
            equal = name_equal(wanted) if not operator else wanted.__contains__
            return {"check": lambda value, now: equal(value)}
        if field.kind is Kind.HS:
            prefixes = tuple(wanted)
            whole = operator == "exact"
            return {
                "check": lambda value, now: (
                    (c := value.replace(".", "")) in wanted if whole else c.startswith(prefixes)
                )
            }
        if field.kind is Kind.COMMODITY and operator != "exact":
            wanted = frozenset(
                name for name in COMMODITIES if not wanted.isdisjoint(commodity_ancestors(name))
            )
        fits = wanted
        return {"check": lambda value, now: value in fits, "atoms": fits}

    def _ordered(self, field: Field, operator: str, values: list[Scalar]) -> dict[str, Any] | None:
        key = f"{field.name}|{operator}" if operator else field.name
        if len(values) > 1 and operator:
            self.findings.error("wrong-type", values[1].place, f"`{key}` takes one value", "write one")
            return None
        if operator == "within":
            length = read_duration(values[0], key, self.findings)
            return None if length is None else {"check": lambda value, now: _distance(value, now) <= length}
        signs = _ORDER[operator]
        if field.kind is Kind.NUMBER:
            numbers = [read_number(scalar, key, self.findings) for scalar in values]
            given = [number for number in numbers if number is not None]
            if len(given) < len(values):
                return None
            return {"check": lambda value, now: any((value > n) - (value < n) in signs for n in given)}
        moments = [read_moment(scalar, key, self.findings) for scalar in values]
        times = [moment for moment in moments if moment is not None]
        if len(times) < len(values):
            return None
        return {"check": lambda value, now: any(moment.compare(value, now) in signs for moment in times)}


def _distance(value: Any, now: datetime) -> Any:
    return abs(value - now) if isinstance(value, datetime) else abs(value - now.date())


def _some(found: Any) -> Any:
    for _, item in zip(range(MAX_FOUND), found, strict=False):
        yield item


def _find_terms(text: str, terms: list[str], at_start: bool) -> list[tuple[int, int]]:
    folded = fold(text)
    spans: list[tuple[int, int]] = []
    for term in terms:
        start = folded.text.find(term)
        if at_start:
            start = 0 if folded.text.lstrip().startswith(term) else -1
            start = len(folded.text) - len(folded.text.lstrip()) if start == 0 else -1
        while start >= 0 and len(spans) < MAX_FOUND:
            spans.append(folded.span(start, start + len(term)))
            start = -1 if at_start else folded.text.find(term, start + len(term))
    return sorted(spans)
