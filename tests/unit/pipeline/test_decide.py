"""What the decide lane makes of an event and its matches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from alerts.core.correlation import Window
from alerts.core.event import Event
from alerts.core.ids import delivery_id
from alerts.core.inhibition import Mark
from alerts.core.match import Match
from alerts.core.measure import Measure, Recognition
from alerts.core.reasons import DecisionReason
from alerts.core.route import Route
from alerts.core.rulebook import RuleBook
from alerts.core.silence import Silences
from alerts.core.source import Source
from alerts.core.story import Story
from alerts.core.taxonomy import MeasureKind
from alerts.pipeline.decide import decide, run
from alerts.pipeline.deciding import Candidate, Stories
from alerts.pipeline.lane import Bounds
from alerts.pipeline.ports import Committed, Decision, Lease
from tests.support.builders import NOON, a_match, a_measure, an_event, later


class NoRules:
    """Rules that never match: the matches are given by the test."""

    correlations: Sequence[Any] = ()

    def __len__(self) -> int:
        return 0

    def match(self, event: Event, measures: Sequence[Measure], now: datetime) -> list[Match]:
        return []


def a_book(route: Route | None = None, **source: object) -> RuleBook:
    desk = Source.model_validate(
        {"id": "desk", "kind": "feed", "url": "https://news.example/f", "every": "1m"} | source
    )
    tree = route or Route(
        receiver="everyone", routes=(Route(receiver="magnets", matchers=('team="magnets"',)),)
    )
    return RuleBook("v1", NoRules(), {"desk": desk}, {}, tree)


def decided(
    event: Event, *matches: Match, stories: Stories | None = None, book: RuleBook | None = None
) -> Decision:
    recognition = Recognition(relevant=True, measures=(a_measure(),))
    candidate = Candidate(Lease(event.id, 1), event, recognition, matches)
    return decide(candidate, stories or Stories(), book or a_book(), NOON)


def after(decision: Decision) -> Stories:
    stories = Stories()
    for change in decision.stories:
        stories.apply(change)
    return stories


def reasons(decision: Decision) -> list[DecisionReason]:
    return [each.reason for each in decision.decided]


def test_a_match_opens_an_alert_and_a_delivery_for_each_way() -> None:
    decision = decided(an_event(), a_match())
    (alert,), (delivery,) = decision.alerts, decision.deliveries
    assert reasons(decision) == [DecisionReason.OPENED]
    assert (delivery.target, delivery.id) == ("magnets", delivery_id(alert.id, "magnets"))
    assert alert.story is not None
    assert alert.story.reports == 1
    assert "export ban by India" in alert.why


def test_a_second_report_is_counted_and_not_sent() -> None:
    first = decided(an_event(), a_match())
    again = decided(
        an_event("Tokyo loses Indian supply of rare earths", key="2"), a_match(), stories=after(first)
    )
    assert reasons(again) == [DecisionReason.REPEATED]
    assert (again.alerts, again.deliveries) == ((), ())
    assert again.stories[0].story.reports == 2
    assert again.decided[0].alert_id == first.alerts[0].id


def test_another_rule_on_the_same_story_alerts_once_more() -> None:
    first = decided(an_event(), a_match())
    other = decided(an_event(key="2"), a_match("another"), stories=after(first))
    assert reasons(other) == [DecisionReason.OPENED]
    assert other.stories[0].story.alerts.keys() == {"in-halt", "another"}


def test_two_rules_on_one_event_are_one_report() -> None:
    decision = decided(an_event(), a_match(), a_match("another"))
    assert len(decision.alerts) == 2
    assert [change.story.reports for change in decision.stories] == [1]


def test_what_was_read_is_what_the_commit_compares() -> None:
    first = decided(an_event(), a_match())
    assert set(first.keys_read.values()) == {None}
    assert first.stories[0].read_version == 0
    again = decided(an_event(key="2"), a_match(), stories=after(first))
    assert first.stories[0].story.id in again.keys_read.values()
    assert again.stories[0].read_version == 1


def test_backlog_is_recorded_without_alerting() -> None:
    decision = decided(an_event(backlog=True), a_match())
    assert reasons(decision) == [DecisionReason.BACKLOG]
    assert (decision.alerts, decision.stories) == ((), ())


def test_an_item_past_the_sources_max_age_is_recorded_without_alerting() -> None:
    old = an_event(published=NOON - timedelta(days=15))
    assert reasons(decided(old, a_match(), book=a_book(max_age="14d"))) == [DecisionReason.TOO_OLD]
    assert reasons(decided(old, a_match(), book=a_book())) == [DecisionReason.OPENED]


def test_shadow_and_excepted_matches_say_so_beside_a_live_one() -> None:
    excepted = replace(a_match("b"), excepted="not bought")
    decision = decided(an_event(), a_match("a", status="shadow"), excepted, a_match("c"))
    assert reasons(decision) == [DecisionReason.SHADOW, DecisionReason.EXCEPTED, DecisionReason.OPENED]
    assert decision.decided[1].detail == "not bought"


def test_no_match_is_a_decision_too() -> None:
    assert reasons(decided(an_event())) == [DecisionReason.NO_MATCH]


def test_group_wait_delays_the_first_try() -> None:
    decision = decided(
        an_event(), a_match(), book=a_book(Route(receiver="desk", group_wait=timedelta(minutes=5)))
    )
    assert decision.deliveries[0].due == later(300)


def test_an_event_on_two_measures_tells_two_stories() -> None:
    licence = a_measure(issuer="CN", kind=MeasureKind.EXPORT_LICENSING, commodities=("graphite",))
    decision = decided(an_event("One item", ""), a_match("a"), a_match("b", measure=licence))
    assert len(decision.stories) == 2


class MemoryDecisions:
    """A decide ledger that hands its events out once and keeps what was committed."""

    def __init__(self, *events: Event) -> None:
        self.due = list(events)
        self.committed: list[str] = []

    async def claim_events(self, now: datetime, limit: int, lease: timedelta) -> list[tuple[Lease, Event]]:
        taken, self.due = self.due[:limit], self.due[limit:]
        return [(Lease(event.id, 1), event) for event in taken]

    async def stories_at(self, keys: Sequence[str]) -> tuple[dict[str, str | None], dict[str, Story]]:
        return dict.fromkeys(keys), {}

    async def windows_at(self, keys: Sequence[str]) -> dict[str, Window]:
        return {}

    async def marks_at(self, keys: Sequence[str]) -> dict[str, Mark]:
        return {}

    async def silences(self) -> Silences:
        return Silences()

    async def commit_decisions(
        self, decisions: Sequence[tuple[Lease, Decision]], rules_version: str, now: datetime
    ) -> list[Committed]:
        self.committed += [lease.id for lease, _ in decisions]
        return [Committed.DONE for _ in decisions]


def test_an_event_that_sets_off_a_bug_holds_up_none_of_its_batch() -> None:
    good, poison, other = an_event(key="1"), an_event("poison", key="2"), an_event(key="3")
    ledger, failed = MemoryDecisions(good, poison, other), []

    def recognise(title: str, text: str, **_: object) -> Recognition:
        if title == "poison":
            raise ZeroDivisionError
        return Recognition(relevant=False)

    count = asyncio.run(
        run(
            ledger,
            recognise,
            a_book(),
            lambda: NOON,
            lambda _: None,
            Bounds(timedelta(seconds=1), timedelta(seconds=60)),
            failed=lambda event, mishap: failed.append((event.id, mishap)),
        )
    )
    assert count == 3
    assert ledger.committed == [good.id, other.id]
    ((name, mishap),) = failed
    assert name == poison.id
    assert "ZeroDivisionError" in mishap
