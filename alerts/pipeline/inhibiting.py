"""Inhibition: what an alert that is told keeps from being told, and for how long. Pure.

An alert of a rule's source leaves a mark under each group of its ``equal`` facts; an alert of its
target is not told while a mark stands under one of its own. Whatever lacks one of the facts is in no
group, so nothing is inhibited by what is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from alerts.core.alert import Alert
from alerts.core.event import Event
from alerts.core.ids import make_id
from alerts.core.inhibition import InhibitRule, Mark
from alerts.core.matcher import Facts, parse_matcher
from alerts.core.measure import Measure
from alerts.core.reasons import DecisionReason
from alerts.engine.grouping import groups_of
from alerts.pipeline.muting import Muted


def mark_keys(rules: Sequence[InhibitRule], event: Event, measures: Iterable[Measure | None]) -> list[str]:
    """Every place where a mark may stand against an event, whatever rule matches it."""
    found = [key for measure in measures for rule in rules for key in _keys(rule, event, measure)]
    return list(dict.fromkeys(found))


def is_source(rules: Iterable[InhibitRule], facts: Facts) -> bool:
    """Whether an alert with these facts inhibits anything."""
    return any(_hold(rule.source_matchers, facts) for rule in rules)


def inhibited(
    rules: Iterable[InhibitRule],
    facts: Facts,
    event: Event,
    measure: Measure | None,
    marks: Mapping[str, Mark],
    now: datetime,
) -> Muted | None:
    """Ask whether an alert with these facts is inhibited, and by which."""
    for rule in rules:
        if _hold(rule.source_matchers, facts) or not _hold(rule.target_matchers, facts):
            continue
        for key in _keys(rule, event, measure):
            mark = marks.get(key)
            if mark is not None and now < mark.until:
                return Muted(DecisionReason.INHIBITED, _words(rule, mark), mark.alert)
    return None


def marks_of(
    rules: Iterable[InhibitRule],
    facts: Facts,
    event: Event,
    measure: Measure | None,
    alert: Alert,
    now: datetime,
) -> dict[str, Mark]:
    """The marks that an alert leaves."""
    return {
        key: Mark(alert=alert.id, title=alert.title, until=now + rule.for_)
        for rule in rules
        if _hold(rule.source_matchers, facts)
        for key in _keys(rule, event, measure)
    }


def _keys(rule: InhibitRule, event: Event, measure: Measure | None) -> Iterator[str]:
    for group in groups_of(rule.equal, event, measure):
        yield make_id("inh", rule.name, *rule.equal, *group)


def _hold(matchers: Iterable[str], facts: Facts) -> bool:
    return all(parse_matcher(each).holds(facts) for each in matchers)


def _words(rule: InhibitRule, mark: Mark) -> str:
    return f"by {mark.alert} ({mark.title}) until {mark.until:%Y-%m-%d %H:%M:%S} UTC: rule {rule.name}"
