"""The survey that metrics are made of, against a real server: ages, delays, and counts that do not drift."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from math import inf
from typing import Any

from alerts.core.reasons import OutcomeReason
from alerts.ledger.ledger import Ledger
from alerts.pipeline.ports import Completion, SourceState
from tests.support.builders import NOON, a_delivery, an_alert, an_event, later
from tests.support.scenes import LEASE, Play, a_decision, admitted, done, with_deliveries, with_sources
from tests.unit.pipeline.fakes import a_book, a_receiver


async def polled(ledger: Ledger, source: str, state: SourceState) -> None:
    (lease,) = [each for each in await ledger.polls.claim_sources(NOON, 9, LEASE) if each.id == source]
    await ledger.polls.admit(lease, state, [], {}, [], NOON)


async def finished(ledger: Ledger, reason: OutcomeReason, at: float = 1, **times: Any) -> Completion:
    """Claim the one delivery that is due and record how it ended; returns what was recorded."""
    ((lease, delivery, _),) = await ledger.deliveries.claim_deliveries(later(at), 9, LEASE, {})
    ended = Completion(lease, delivery.target, later(at), reason, "", 0.1, None, **times)
    assert await ledger.deliveries.complete([ended]) == [True]
    return ended


def test_an_empty_ledger_has_nothing_to_tell_but_its_server(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        survey = await ledger.surveys.take(NOON)
        assert (survey.sources, survey.targets, survey.delays) == ({}, {}, {})
        assert (survey.rules.age, survey.rules.rules, survey.newest_event_age) == (None, None, None)
        assert survey.server is not None
        assert survey.server.append_only
        assert survey.server.writes_ok
        assert 100_000 < survey.server.memory < survey.server.memory_limit

    play(scene)


def test_a_source_is_told_by_ages_from_its_first_poll_on(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "fine", "never", "unpolled")
        fine = {"first_poll": later(-900), "last_success": later(-5), "last_new": later(-600)}
        await polled(ledger, "fine", SourceState(next_poll=later(60), **fine))
        await ledger.sweeps.note_silence("never", "alr_x")
        await ledger.polls.poll_now("never", NOON)
        (lease,) = await ledger.polls.claim_sources(later(61), 1, LEASE)
        state = SourceState(next_poll=later(99), first_poll=later(-300), failures=4)
        await ledger.polls.admit(lease, state, [], {}, [], NOON)
        told = (await ledger.surveys.take(NOON)).sources
        assert (told["fine"].success_age, told["fine"].new_age, told["fine"].silent) == (5, 600, False)
        other = told[lease.id]
        assert (other.success_age, other.new_age, other.failures) == (300, 300, 4)
        assert len(told) == 2

    play(scene)


def test_a_receiver_is_told_before_anything_goes_to_it(play: Play) -> None:
    """A rise from nothing to one dead letter shows only where the nothing was told."""

    async def scene(ledger: Ledger) -> None:
        await ledger.rulebooks.put(a_book(a_receiver("erp"), a_receiver("desk")), {}, later(-30))
        survey = await ledger.surveys.take(NOON)
        assert sorted(survey.targets) == ["desk", "erp"]
        assert survey.targets["erp"].dead == 0
        assert (survey.rules.age, survey.rules.rules) == (30, 0)

    play(scene)


def test_what_is_not_delivered_ages_from_when_it_might_have_gone(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        alert = an_alert()
        await ledger.sweeps.raise_alert(alert, [a_delivery(alert, "erp", due=later(100))])
        held = (await ledger.surveys.take(later(40))).targets["erp"]
        assert (held.undelivered, held.oldest_undelivered) == (1, 0)
        ((lease, _, _),) = await ledger.deliveries.claim_deliveries(later(100), 9, LEASE, {})
        await ledger.deliveries.complete([done(lease, "erp", OutcomeReason.TIMEOUT, due=400)])
        tried = (await ledger.surveys.take(later(300))).targets["erp"]
        assert (tried.undelivered, tried.oldest_undelivered) == (1, 200)
        await finished(ledger, OutcomeReason.DELIVERED, 400)
        assert (await ledger.surveys.take(later(500))).targets == {}

    play(scene)


def test_dead_letters_are_counted_a_target_through_redrives_and_retention(play: Play) -> None:
    async def dead(ledger: Ledger) -> int:
        survey = await ledger.surveys.take(later(9))
        return survey.targets["erp"].dead if "erp" in survey.targets else 0

    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, "erp")
        lost = await finished(ledger, OutcomeReason.GONE)
        assert await dead(ledger) == 1
        await ledger.deliveries.complete([lost])  # a worker that says it twice
        assert await dead(ledger) == 1
        await ledger.deliveries.redrive([lost.lease.id], later(2))
        await ledger.deliveries.redrive([lost.lease.id], later(2))
        again = (await ledger.surveys.take(later(9))).targets["erp"]
        assert (again.dead, again.undelivered, again.oldest_undelivered) == (0, 1, 9)
        await finished(ledger, OutcomeReason.GONE, 3)
        assert await dead(ledger) == 1
        await ledger.sweeps.expire(NOON + timedelta(days=365), [])
        assert await dead(ledger) == 0

    play(scene)


def test_a_delay_is_counted_once_in_its_class_without_what_a_route_held_back(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        alert = an_alert()
        await ledger.sweeps.raise_alert(alert, [a_delivery(alert, "erp", due=later(100))])
        times = {"published": later(-7200), "seen": later(-3)}
        ended = await finished(ledger, OutcomeReason.DELIVERED, 104, **times)
        assert await ledger.deliveries.complete([ended]) == [True]  # told twice, counted once
        delays = (await ledger.surveys.take(later(200))).delays
        assert dict(delays["published"].classes) == {14400: 1}
        assert delays["published"].total_seconds == 7304
        assert dict(delays["seen"].classes) == {10: 1}  # 3 s before it was raised, 4 s after it might go
        assert delays["seen"].total_seconds == 7

    play(scene)


def test_what_fails_or_lies_ahead_or_takes_for_ever_has_its_right_class(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        for number, (reason, published) in enumerate(
            [
                (OutcomeReason.GONE, NOON),
                (OutcomeReason.DELIVERED, later(3600)),
                (OutcomeReason.DELIVERED, NOON - timedelta(days=30)),
                (OutcomeReason.DELIVERED, None),
            ],
            1,
        ):
            alert = an_alert(number)
            await ledger.sweeps.raise_alert(alert, [a_delivery(alert, "erp")])
            await finished(ledger, reason, number, published=published)
        delays = (await ledger.surveys.take(later(200))).delays
        assert dict(delays["published"].classes) == {1: 1, inf: 1}
        assert "seen" not in delays

    play(scene)


def test_two_workers_delays_add_up(play: Play, server_url: str) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, *["erp"] * 6)
        claimed = await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {"erp": 9})
        ended = [
            Completion(lease, "erp", later(1), OutcomeReason.DELIVERED, "", 0.1, None, NOON, NOON)
            for lease, _, _ in claimed
        ]
        other = Ledger(server_url)
        try:
            await asyncio.gather(ledger.deliveries.complete(ended[:4]), other.deliveries.complete(ended[2:]))
        finally:
            await other.close()
        assert dict((await ledger.surveys.take(later(9))).delays["seen"].classes) == {1: 6}

    play(scene)


def test_a_committed_decision_is_undelivered_and_its_event_the_newest(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        event = an_event()
        await admitted(ledger, event)
        ((lease, _),) = await ledger.decisions.claim_events(NOON, 1, LEASE)
        await ledger.decisions.commit_decisions([(lease, a_decision(event, reads={}))], "v1", NOON)
        survey = await ledger.surveys.take(later(30))
        (target,) = survey.targets.values()
        assert (target.undelivered, target.oldest_undelivered, survey.newest_event_age) == (1, 30, 30)

    play(scene)


def test_a_server_that_may_not_be_asked_of_itself_is_left_out(play: Play, server_url: str) -> None:
    async def scene(ledger: Ledger) -> None:
        setting: Callable[..., Awaitable[Any]] = ledger._connection.do
        await setting("ACL", "SETUSER", "plain", "on", ">pw", "~*", "+@all", "-info")
        await ledger._connection.do("SET", "ew:fence", 1)
        plain = Ledger(server_url.replace("unix://", "unix://plain:pw@"))
        try:
            survey = await plain.surveys.take(NOON)
        finally:
            await plain.close()
            await setting("ACL", "DELUSER", "plain")
        assert survey.server is None
        assert survey.status.lanes["poll"].waiting == 0

    play(scene)
