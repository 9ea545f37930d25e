"""Correlations on a real server: two workers can neither both miss the second report nor both tell of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.core.alert import AlertType
from alerts.core.correlation import Window
from alerts.core.event import Event
from alerts.core.measure import Recognition
from alerts.core.rulebook import RuleBook
from alerts.ledger.ledger import Ledger
from alerts.pipeline.correlate import Windows
from alerts.pipeline.decide import decide, run
from alerts.pipeline.deciding import Candidate, Stories
from alerts.pipeline.lane import Bounds
from alerts.pipeline.ports import Committed, Decision, SourceState, WindowChange
from alerts.pipeline.sweep import watch_absences
from tests.support.builders import NOON, a_measure, an_event, later
from tests.support.correlating import BASE, SECOND, SILENT, a_book, a_report, from_ministry
from tests.support.scenes import LEASE, Play, admitted, with_sources

DAY = timedelta(days=1)
BOOK = a_book(BASE, SECOND)
METALS = ("gallium", "nickel", "cobalt", "lithium", "tungsten", "antimony", "graphite", "tin")


def of_metal(metal: str, number: int) -> Event:
    """A report of a metal's ban by a publisher of its own."""
    event = a_report(number, f"paper {number}")
    return event.model_copy(update={"text": f"{event.text} {metal}"})


async def decided(ledger: Ledger, book: RuleBook = BOOK, at: datetime = NOON, batch: int = 25) -> int:
    def recognise(title: str, text: str, **_: object) -> Recognition:
        metals = tuple(metal for metal in METALS if metal in text.split()) or METALS[:1]
        return Recognition(relevant=True, measures=(a_measure(commodities=metals),))

    ended = iter([at] * 3)
    bounds = Bounds(timedelta(seconds=1), LEASE, batch=batch)
    return await run(ledger.decisions, recognise, book, lambda: next(ended, at), lambda _: None, bounds)


async def reasons_of(ledger: Ledger, events: list[Event]) -> Counter[tuple[str, str]]:
    records = [await ledger.records.decision(event.id) for event in events]
    return Counter((one["rule_id"], one["reason"]) for record in records if record for one in record.decided)


def test_two_deciders_tell_each_second_publisher_once(server_url: str, play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        events = [of_metal(metal, 100 * place + number) for number in range(6)
                  for place, metal in enumerate(METALS)]  # fmt: skip
        await admitted(ledger, *events)
        other = Ledger(server_url)
        try:
            shares = await asyncio.gather(*(decided(each, batch=5) for each in (ledger, other)))
        finally:
            await other.close()
        assert min(shares) > 0
        found = await reasons_of(ledger, events)
        assert found["second", "counted"] == len(METALS)
        assert found["second", "opened"] == len(METALS)
        assert found["second", "repeated"] == 4 * len(METALS)
        assert len(await ledger.records.alerts(99)) == len(METALS)

    play(scene)


def a_change(version: int, read: int) -> WindowChange:
    window = Window(key="w", rule_id="second", group=("IN",), version=version)
    return WindowChange(window, read, timedelta(hours=6))


def counting(event: Event, change: WindowChange) -> Decision:
    return Decision(event, Recognition(relevant=False), (), windows=(change,))


def test_a_count_on_what_has_changed_since_is_refused_and_one_that_is_replayed_changes_nothing(
    play: Play,
) -> None:
    async def scene(ledger: Ledger) -> None:
        first, second = an_event(key="1"), an_event(key="2")
        await admitted(ledger, first, second)
        leases = {event.id: lease for lease, event in await ledger.decisions.claim_events(NOON, 9, LEASE)}
        both = [
            (leases[first.id], counting(first, a_change(1, 0))),
            (leases[second.id], counting(second, a_change(1, 0))),
        ]
        results = await ledger.decisions.commit_decisions(both, "v1", NOON)
        assert results == [Committed.DONE, Committed.CONFLICT]
        replayed = replace(both[0][1], windows=(a_change(2, 1),))
        assert await ledger.decisions.commit_decisions([(leases[first.id], replayed)], "v1", NOON) == [
            Committed.DONE
        ]
        assert (await ledger.decisions.windows_at(["w", "x"])) == {"w": a_change(1, 0).window}
        left = await ledger._connection.do("PTTL", "ew:window:w")
        assert 0 < left <= 6 * 3600 * 1000

    play(scene)


async def polled(ledger: Ledger, at: datetime, *events: Event) -> None:
    """A poll of the ministry that answered, with these items."""
    await ledger._connection.do("ZADD", "ew:poll:due", 0, "ministry")
    (lease,) = await ledger.polls.claim_sources(at, 1, LEASE)
    state = SourceState(next_poll=later(10**9), first_poll=NOON, last_success=at)
    versions = {event.key: "v" for event in events}
    await ledger.polls.admit(lease, state, list(events), versions, list(versions), at)


def test_a_silence_is_told_once_and_again_only_after_it_ended(play: Play) -> None:
    book = a_book(BASE, SILENT)

    async def swept(ledger: Ledger, at: datetime) -> list[str]:
        return [alert.why for alert in await watch_absences(ledger.sweeps, book, at)]

    async def scene(ledger: Ledger) -> Any:
        await with_sources(ledger, "ministry")
        await polled(ledger, NOON)
        assert await swept(ledger, NOON) == []  # watching begins
        await polled(ledger, NOON + DAY, from_ministry(1, published=NOON + DAY, seen=NOON + DAY))
        await decided(ledger, book, NOON + DAY)
        await polled(ledger, NOON + 10.5 * DAY)
        assert await swept(ledger, NOON + 10.5 * DAY) == []
        assert await swept(ledger, NOON + 12 * DAY) == []  # nobody has looked since it was over
        await polled(ledger, NOON + 12 * DAY)
        ((why),) = await swept(ledger, NOON + 12 * DAY)
        assert "the last was 'station 7919 reports bulletin 104729' of Ministry" in why
        await polled(ledger, NOON + 13 * DAY)
        assert await swept(ledger, NOON + 13 * DAY) == []
        spoke = from_ministry(2, published=NOON + 14 * DAY, seen=NOON + 14 * DAY)
        await polled(ledger, NOON + 14 * DAY, spoke)
        await decided(ledger, book, NOON + 14 * DAY)
        over, told = sorted(await ledger.records.alerts(9), key=lambda alert: alert.type, reverse=True)
        assert (over.type, over.resolves, over.at) == (AlertType.RESOLVED, told.id, NOON + 14 * DAY)
        assert (await reasons_of(ledger, [spoke]))["silent", "resolved"] == 1
        record = await ledger.records.decision(spoke.id)
        assert record is not None
        assert any(told.id in one["detail"] for one in record.decided)
        await polled(ledger, NOON + 25 * DAY)
        assert len(await swept(ledger, NOON + 25 * DAY)) == 1
        assert len(await ledger.records.alerts(9)) == 3
        counts = (await ledger.records.status(NOON)).counts
        assert (counts["decided:silent:opened"], counts["decided:silent:resolved"]) == (2, 1)
        assert [each.target for each in await ledger.records.deliveries(None, 9)] == ["desk"] * 3

    play(scene)


def test_two_deciders_tell_the_end_of_a_silence_once(server_url: str, play: Play) -> None:
    """Each of two workers decides items that end the silence; only one of them is what ended it."""
    book = a_book(BASE, SILENT)

    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "ministry")
        await watch_absences(ledger.sweeps, book, NOON)
        at = NOON + 11 * DAY
        await polled(ledger, at)
        (silence,) = await watch_absences(ledger.sweeps, book, at)
        spoke = [from_ministry(n, published=at + n * timedelta(minutes=1), seen=at + DAY) for n in range(20)]
        await polled(ledger, at + DAY, *spoke)
        other = Ledger(server_url)
        try:
            shares = await asyncio.gather(
                *(decided(each, book, at + DAY, batch=2) for each in (ledger, other))
            )
        finally:
            await other.close()
        assert min(shares) > 0
        found = await reasons_of(ledger, spoke)
        assert found["silent", "resolved"] == 1
        ends = [alert for alert in await ledger.records.alerts(99) if alert.type is AlertType.RESOLVED]
        assert [alert.resolves for alert in ends] == [silence.id]
        told = [each for each in await ledger.records.deliveries(None, 99) if each.alert_id == ends[0].id]
        assert len(told) == 1

    play(scene)


def test_an_end_that_is_refused_tells_nobody(play: Play) -> None:
    """The window changed since the decision was made: neither alert nor delivery is stored."""
    book = a_book(BASE, SILENT)

    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "ministry")
        await watch_absences(ledger.sweeps, book, NOON)
        at = NOON + 11 * DAY
        await polled(ledger, at)
        await watch_absences(ledger.sweeps, book, at)
        spoke = from_ministry(1, published=at, seen=at)
        await polled(ledger, at, spoke)
        ((lease, event),) = await ledger.decisions.claim_events(at, 9, LEASE)
        (rule,) = (each for each in book.rules.correlations if each.absence)
        known = await ledger.decisions.windows_at([rule.window(()).key])
        candidate = Candidate(lease, event, Recognition(relevant=False), ())
        decision = decide(candidate, Stories(), book, at, Windows(known))
        assert [alert.type for alert in decision.alerts] == [AlertType.RESOLVED]
        change = decision.windows[0]
        await ledger.sweeps.begin_windows([change])  # another decider was quicker
        results = await ledger.decisions.commit_decisions([(lease, decision)], "v1", at)
        assert results == [Committed.CONFLICT]
        assert AlertType.RESOLVED not in {alert.type for alert in await ledger.records.alerts(9)}
        assert len(await ledger.records.deliveries(None, 9)) == 1

    play(scene)


def test_an_item_that_awaits_its_decision_may_end_the_silence(play: Play) -> None:
    book = a_book(BASE, SILENT)

    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "ministry")
        await watch_absences(ledger.sweeps, book, NOON)
        at = NOON + 11 * DAY
        await polled(ledger, at, from_ministry(1, published=at, seen=at))
        assert await watch_absences(ledger.sweeps, book, at) == []
        await decided(ledger, book, at)
        assert await watch_absences(ledger.sweeps, book, at) == []

    play(scene)


def test_two_sweeps_and_a_decider_cannot_tell_a_silence_twice_or_beside_an_item(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The item is decided between a sweep's look and its alert: the sweep is refused."""
    book = a_book(BASE, SILENT)

    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "ministry")
        await watch_absences(ledger.sweeps, book, NOON)
        at = NOON + 11 * DAY
        await polled(ledger, at)
        raising = ledger.sweeps.tell_silence

        async def late(*given: Any) -> bool:
            await polled(ledger, at, from_ministry(1, published=at, seen=at))
            await decided(ledger, book, at)
            return await raising(*given)

        monkeypatch.setattr(ledger.sweeps, "tell_silence", late)
        assert await watch_absences(ledger.sweeps, book, at) == []
        assert await ledger.records.alerts(9) == []
        monkeypatch.undo()
        await polled(ledger, at + 11 * DAY)
        twice = await asyncio.gather(*(watch_absences(ledger.sweeps, book, at + 11 * DAY) for _ in range(2)))
        assert sum(len(told) for told in twice) == 1

    play(scene)
