"""Compiled rules, and the set of them that events are matched against.

A rule is a pure function of an event, its measures and the time. The set looks at no rule
that cannot match (:mod:`alerts.engine.presearch`); the order of matches is that of the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from alerts.core.errors import Place
from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.measure import Evidence, Measure
from alerts.engine.annotations import Text
from alerts.engine.condition import all_of, named
from alerts.engine.correlation import CorrelationRule, in_order
from alerts.engine.detection import Detection, Held
from alerts.engine.exemption import Exemption
from alerts.engine.fieldtest import FieldTest
from alerts.engine.presearch import Presearch
from alerts.engine.rule import RuleHead, RuleTest
from alerts.engine.view import EventView


@dataclass(frozen=True, slots=True)
class Hit:
    """That a rule holds of an event: the selections that do, and the exception that takes it back.

    What :class:`Match` is made from; whoever only counts needs no more than this.
    """

    rule: Rule
    held: dict[str, Held]
    excepted: str | None


class Rule:
    """One rule, compiled."""

    __slots__ = (
        "_annotations",
        "_labels",
        "_names",
        "_positive",
        "_takes_all",
        "detection",
        "exemptions",
        "head",
        "place",
        "tests",
    )

    def __init__(
        self,
        head: RuleHead,
        detection: Detection,
        exemptions: tuple[Exemption, ...],
        tests: tuple[RuleTest, ...],
        place: Place,
    ) -> None:
        self.head = head
        self.detection = detection
        self.exemptions = exemptions
        self.tests = tests
        self.place = place
        self._labels = {name: Text(text) for name, text in head.labels.items()}
        self._annotations = {name: Text(text) for name, text in head.annotations.items()}
        self._names = head.names
        self._positive = tuple(dict.fromkeys(named(detection.condition, positive=True)))
        self._takes_all = detection.condition == all_of(detection.selections)

    def lines(self) -> Iterator[FieldTest]:
        """Yield every line of the detection and of the exceptions."""
        for selection in self.detection.selections.values():
            for clause in selection.clauses:
                yield from (*clause.event_tests, *clause.measure_tests)
        for exemption in self.exemptions:
            yield from chain.from_iterable(exemption.rows)

    def holds(self, view: EventView) -> bool:
        """Whether the condition holds, exceptions aside."""
        return self.detection.condition.holds(_Outcomes(self.detection, view).holds)

    def match(self, view: EventView) -> Match | None:
        """Return the match with its evidence; None where the rule does not hold."""
        hit = self.hit(view)
        return None if hit is None else self.describe(view, hit)

    def hit(self, view: EventView) -> Hit | None:
        """Return what holds, without the words; None where the rule does not hold."""
        held = self._all_held(view) if self._takes_all else self._held(view)
        if held is None:
            return None
        return Hit(self, held, self.excepted(view, held.values()) if self.exemptions else None)

    def _all_held(self, view: EventView) -> dict[str, Held] | None:
        """As :meth:`_held` under ``all of them``, which is the condition of nearly every rule."""
        held: dict[str, Held] = {}
        for name, selection in self.detection.selections.items():
            found = selection.held(view)
            if found is None:
                return None
            held[name] = found
        return held

    def _held(self, view: EventView) -> dict[str, Held] | None:
        outcomes = _Outcomes(self.detection, view)
        if not self.detection.condition.holds(outcomes.holds):
            return None
        return {name: found for name in self._positive if (found := outcomes.of(name)) is not None}

    def describe(self, view: EventView, hit: Hit) -> Match:
        """Say which measure a hit is about and on what words it stands; fill in the templates."""
        held = hit.held
        candidates = _measures(held.values())
        if hit.excepted is None and self.exemptions:
            candidates = [
                measure for measure in candidates if self._reason(view, [measure]) is None
            ] or candidates
        measure = _best(candidates, held.values())
        names = view.names(self._names, measure)
        head = self.head
        return Match(
            rule_id=head.id,
            rule_title=head.title,
            owner=head.owner,
            status=head.status.value,
            severity=head.severity,
            labels={name: text.render(names) for name, text in self._labels.items()},
            annotations={name: text.render(names) for name, text in self._annotations.items()},
            description=head.description,
            selections=tuple(held),
            measure=measure,
            evidence=_evidence(view, held.values(), measure),
            excepted=hit.excepted,
        )

    def excepted(self, view: EventView, held: Iterable[Held]) -> str | None:
        """Return the reason of the first exception that covers all that matched.

        Where a selection held on words alone, nobody knows which measure they are about: then
        every measure of the event must be covered.
        """
        held = list(held)
        words_alone = any(not item.measures for item in held) or not held
        return self._reason(view, view.measures if words_alone else _measures(held))

    def _reason(self, view: EventView, measures: Sequence[Measure]) -> str | None:
        return next((item.reason for item in self.exemptions if item.covers(view, measures)), None)


class _Outcomes:
    """What each selection says of one event, asked at most once."""

    __slots__ = ("_detection", "_known", "_view")

    def __init__(self, detection: Detection, view: EventView) -> None:
        self._detection = detection
        self._view = view
        self._known: dict[str, Held | None] = {}

    def of(self, name: str) -> Held | None:
        if name not in self._known:
            self._known[name] = self._detection.selections[name].held(self._view)
        return self._known[name]

    def holds(self, name: str) -> bool:
        return self.of(name) is not None


def _measures(held: Iterable[Held]) -> list[Measure]:
    """Every measure that satisfied some selection, in the recogniser's order."""
    return list({id(measure): measure for item in held for measure in item.measures}.values())


def _best(candidates: Sequence[Measure], held: Iterable[Held]) -> Measure | None:
    """Return the measure that satisfied most selections; of those the surest, then the first."""
    groups = [item.measures for item in held]
    return max(candidates, key=lambda m: (sum(m in group for group in groups), m.confidence), default=None)


def _evidence(view: EventView, held: Iterable[Held], measure: Measure | None) -> tuple[Evidence, ...]:
    lines = (test.evidence(view) for item in held for test in item.clause.event_tests)
    found = [line for line in lines if line]
    if measure is None and len(found) <= 1:
        return tuple(found[0]) if found else ()  # one line names no place twice
    if measure is not None:
        found.insert(0, list(measure.evidence))
    # By place, not by the whole model: its hash costs ten times as much, and most are repeated.
    places = {(item.role, item.field, item.start, item.end): item for line in found for item in line}
    return tuple(places.values())


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """The rules of one rule book that are evaluated: live and shadow."""

    rules: tuple[Rule, ...]
    presearch: Presearch
    correlations: tuple[CorrelationRule, ...] = ()
    """Each after those that it rests on."""

    @classmethod
    def of(cls, rules: Iterable[Rule], correlations: Iterable[CorrelationRule] = ()) -> CompiledRules:
        """Index the rules that are evaluated."""
        evaluated = tuple(rule for rule in rules if rule.head.status.evaluated)
        counting = in_order([rule for rule in correlations if rule.head.status.evaluated])
        return cls(evaluated, Presearch([rule.detection for rule in evaluated]), counting)

    def __len__(self) -> int:
        return len(self.rules) + len(self.correlations)

    @property
    def ask_measures(self) -> bool:
        """Whether any rule looks at measures, as every correlation may: if none does, nobody need know them."""
        return bool(self.correlations) or any(
            test.field.of == "measure" for rule in self.rules for test in rule.lines()
        )

    def match(self, event: Event, measures: Sequence[Measure], now: datetime) -> list[Match]:
        """Every rule that holds; those that an exception takes back carry its reason."""
        view = EventView(event, measures, now)
        return [hit.rule.describe(view, hit) for hit in self.hits(view)]

    def hits(self, view: EventView) -> list[Hit]:
        """Every rule that holds, without the words and texts of a match."""
        found = (self.rules[index].hit(view) for index in self.presearch.candidates(view))
        return [hit for hit in found if hit is not None]
