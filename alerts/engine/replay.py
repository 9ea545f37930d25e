"""Correlations over events that lie in the past: for tests, explanations and backtests.

The arithmetic is that of the decide lane (:mod:`alerts.engine.windows`); windows live in
memory, and nobody is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.core.correlation import Told, Window
from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.measure import Measure
from alerts.core.taxonomy import commodity_family
from alerts.engine.correlation import CorrelationRule, counted_at
from alerts.engine.windows import Count

StoryOf = Callable[[Event, Measure | None], str]
"""Which story an event belongs to, asked in the order of the events."""


def plain_stories() -> StoryOf:
    """Stories by issuer, kind and family alone, where nobody who knows better is at hand."""

    def story_of(event: Event, measure: Measure | None) -> str:
        if measure is None:
            return event.id
        families = sorted({commodity_family(name) for name in measure.commodities})
        return "|".join((measure.issuer or "", measure.kind, *families))

    return story_of


@dataclass(frozen=True, slots=True)
class Step:
    """One event under one correlation rule: the base that matched, and the count it came to.

    ``count`` is None where the event lacks a group or the field that is counted, and where it
    is the sign of life that an absence waits for.
    """

    rule: CorrelationRule
    base: str
    event: Event
    measure: Measure | None
    count: Count | None


@dataclass(frozen=True, slots=True)
class Silence:
    """An absence that was over its timespan: the last event, and when it would have been told."""

    last: Event
    told: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """What came of events under one correlation rule."""

    rule: CorrelationRule
    steps: tuple[Step, ...]
    silences: tuple[Silence, ...]

    @classmethod
    def of(cls, rule: CorrelationRule, steps: Iterable[Step], silences: Iterable[Silence]) -> Scene:
        """Keep the steps of one rule."""
        return cls(rule, tuple(step for step in steps if step.rule is rule), tuple(silences))

    @property
    def begun(self) -> list[Step]:
        """The steps at which the correlation began to hold."""
        return [step for step in self.steps if step.count is not None and step.count.begins]

    @property
    def held(self) -> bool:
        """Whether it held at least once."""
        return bool(self.begun or self.silences)

    @property
    def bases(self) -> tuple[str, ...]:
        """The bases that counted at least once: rules, and an absence's sources."""
        found = [step.base for step in self.steps]
        return tuple(dict.fromkeys([*found, *(step.event.source.id for step in self.steps)]))


class Replay:
    """Correlations over events that are given in the order of their publication."""

    def __init__(self, rules: Sequence[CorrelationRule], story_of: StoryOf) -> None:
        self._rules = rules
        self._story_of = story_of
        self._windows: dict[str, Window] = {}
        self._heard: dict[str, list[Event]] = {}

    def take(self, event: Event, measures: Sequence[Measure], matches: Sequence[Match]) -> list[Step]:
        """Count one event with the rules that it matches; a correlation that begins is a match too."""
        lead = max(measures, key=lambda each: each.confidence, default=None)
        held = [match for match in matches if match.excepted is None]
        steps: list[Step] = []
        for rule in self._rules:
            if rule.hears(event, held):
                self._heard.setdefault(rule.head.id, []).append(event)
                base = next((match.rule_id for match in held if rule.feeds(match)), "")
                steps.append(Step(rule, base, event, lead, None))
            for base_match in [] if rule.absence else [match for match in held if rule.feeds(match)]:
                found = list(self._count(rule, base_match, event, base_match.measure or lead))
                steps += found
                if any(step.count is not None and step.count.begins for step in found):
                    held.append(replace(base_match, rule_id=rule.head.id))
        return steps

    def _count(
        self, rule: CorrelationRule, base: Match, event: Event, measure: Measure | None
    ) -> Iterator[Step]:
        counts = list(
            rule.counts(self._windows, base.rule_id, event, measure, self._story_of(event, measure))
        )
        for found in counts:
            window = found.window
            if found.begins:
                told = Told(event_id=event.id, at=counted_at(event))
                window = window.model_copy(update={"told": told})
            self._windows[window.key] = window
            yield Step(rule, base.rule_id, event, measure, found)
        if not counts:
            yield Step(rule, base.rule_id, event, measure, None)

    def silences(self, rule: CorrelationRule, until: datetime | None) -> Iterator[Silence]:
        """The silences of an absence rule, up to the time until which nothing more came."""
        by_group: dict[str, list[Event]] = {}
        for event in self._heard.get(rule.head.id, ()) if rule.absence else ():
            group = event.source.id if rule.correlation.group_by else ""
            by_group.setdefault(group, []).append(event)
        for heard in by_group.values():
            times = [counted_at(event) for event in heard]
            following = [*times[1:], *([until] if until is not None else [])]
            for event, at, nxt in zip(heard, times, following, strict=False):
                if nxt - at >= rule.correlation.timespan:
                    yield Silence(event, at + rule.correlation.timespan)
