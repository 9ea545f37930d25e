"""The ledger's contract, against a real server: leases, tokens, idempotence, turns."""

from __future__ import annotations

import asyncio

import pytest

from alerts.core.errors import LedgerUnavailable, StaleToken
from alerts.core.reasons import OutcomeReason
from alerts.ledger import keys
from alerts.ledger.ledger import Ledger
from alerts.pipeline.dedupe import story_keys
from alerts.pipeline.ports import (
    Committed,
    SourceState,
    Validators,
)
from tests.support.builders import NOON, a_measure, an_event, later
from tests.support.scenes import LEASE, Play, a_decision, admitted, done, with_deliveries, with_sources


def test_a_claimed_source_is_not_claimed_again_until_its_lease_ends(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "a", "b")
        first = await ledger.polls.claim_sources(NOON, 10, LEASE)
        assert {lease.id for lease in first} == {"a", "b"}
        assert await ledger.polls.claim_sources(later(59), 10, LEASE) == []
        again = await ledger.polls.claim_sources(later(61), 10, LEASE)
        assert {lease.id for lease in again} == {"a", "b"}
        assert min(lease.token for lease in again) > max(lease.token for lease in first)

    play(scene)


def test_the_slower_of_two_workers_is_refused(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "a")
        (slow,) = await ledger.polls.claim_sources(NOON, 1, LEASE)
        (fast,) = await ledger.polls.claim_sources(later(61), 1, LEASE)
        state = SourceState(next_poll=later(900), validators=Validators(etag='W/"1"'))
        await ledger.polls.admit(fast, state, [], {}, [], later(62))
        with pytest.raises(StaleToken):
            await ledger.polls.admit(slow, SourceState(next_poll=later(1)), [], {}, [], later(63))
        assert await ledger.polls.source_state("a") == state

    play(scene)


def test_a_repeated_admit_changes_nothing(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "desk")
        (lease,) = await ledger.polls.claim_sources(NOON, 1, LEASE)
        event = an_event()
        call = (lease, SourceState(next_poll=later(900)), [event], {"1": "v"}, ["1"], NOON)
        assert await ledger.polls.admit(*call) is True
        assert await ledger.polls.admit(*call) is False
        claimed = await ledger.decisions.claim_events(NOON, 10, LEASE)
        assert [found for _, found in claimed] == [event]
        assert (await ledger.polls.seen("desk", ["1", "2"])).keys() == {"1"}
        status = await ledger.records.status(NOON)
        assert status.counts["events_admitted"] == 1

    play(scene)


def test_a_source_taken_out_of_the_rules_is_not_polled_again(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "a", "b")
        await ledger.polls.sync_sources("v2", {"b": later(5)})
        assert [lease.id for lease in await ledger.polls.claim_sources(NOON, 9, LEASE)] == ["b"]

    play(scene)


def test_a_decision_is_committed_once_with_its_deliveries(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        event = an_event()
        await admitted(ledger, event)
        ((lease, _),) = await ledger.decisions.claim_events(NOON, 1, LEASE)
        decision = a_decision(event, reads=dict.fromkeys(story_keys(event, a_measure())))
        commit = [(lease, decision), (lease, decision)]
        assert await ledger.decisions.commit_decisions(commit, "v1", NOON) == [
            Committed.NUDGE,
            Committed.DONE,
        ]
        status = await ledger.records.status(NOON)
        assert (status.alerts, status.lanes["deliver"].waiting, status.lanes["decide"].waiting) == (1, 1, 0)
        record = await ledger.records.decision(event.id)
        assert record is not None
        assert record.decided[0]["reason"] == "opened"

    play(scene)


def test_two_workers_cannot_open_one_story_twice(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        first, second = an_event(key="1"), an_event(key="2")
        await admitted(ledger, first, second)
        claimed = await ledger.decisions.claim_events(NOON, 2, LEASE)
        leases = {event.id: lease for lease, event in claimed}
        index = story_keys(first, a_measure())
        ids, _ = await ledger.decisions.stories_at(index)
        assert set(ids.values()) == {None}
        both = [
            (leases[first.id], a_decision(first, reads=ids)),
            (leases[second.id], a_decision(second, reads=ids)),
        ]
        results = await ledger.decisions.commit_decisions(both, "v1", NOON)
        assert results == [Committed.NUDGE, Committed.CONFLICT]
        assert (await ledger.records.status(NOON)).alerts == 1

    play(scene)


def test_targets_take_turns_and_none_exceeds_its_share(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, *["busy"] * 10, "quiet")
        first = await ledger.deliveries.claim_deliveries(NOON, 3, LEASE, {})
        assert sorted(delivery.target for _, delivery, _ in first) == ["busy", "busy", "quiet"]
        assert await ledger.deliveries.claim_deliveries(later(1), 50, LEASE, {}) == []
        lease, delivery, _ = first[0]
        await ledger.deliveries.complete([done(lease, delivery.target, OutcomeReason.DELIVERED)])
        more = await ledger.deliveries.claim_deliveries(later(2), 50, LEASE, {})
        assert [each.target for _, each, _ in more] == ["busy"]

    play(scene)


def test_a_receiver_may_take_more_at_a_time(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, *["busy"] * 10)
        assert len(await ledger.deliveries.claim_deliveries(NOON, 50, LEASE, {"busy": 6})) == 6

    play(scene)


def test_a_killed_workers_delivery_falls_due_again_under_its_id(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, "erp")
        ((dead, before, _),) = await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {})
        ((live, after, _),) = await ledger.deliveries.claim_deliveries(later(61), 9, LEASE, {})
        assert before.id == after.id
        assert await ledger.deliveries.complete([done(dead, "erp", OutcomeReason.DELIVERED)]) == [False]
        fine = done(live, "erp", OutcomeReason.DELIVERED)
        assert await ledger.deliveries.complete([fine]) == [True]
        assert await ledger.deliveries.complete([fine]) == [True]
        found = await ledger.records.delivery(before.id)
        assert found is not None
        assert (found.state, found.tries, len(found.attempts)) == ("delivered", 1, 1)
        assert (await ledger.records.status(later(99))).lanes["deliver"].waiting == 0

    play(scene)


def test_a_dead_letter_is_redriven_under_its_id(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, "erp")
        ((lease, delivery, _),) = await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {})
        await ledger.deliveries.complete([done(lease, "erp", OutcomeReason.GONE)])
        assert await ledger.deliveries.claim_deliveries(later(99), 9, LEASE, {}) == []
        assert await ledger.deliveries.redrive([delivery.id, "dlv_none"], later(100)) == [delivery.id]
        ((_, again, alert),) = await ledger.deliveries.claim_deliveries(later(101), 9, LEASE, {})
        assert (again.id, again.tries, alert.id) == (delivery.id, 0, delivery.alert_id)

    play(scene)


def test_a_retry_waits_for_its_due_time(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, "erp")
        ((lease, _, _),) = await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {})
        await ledger.deliveries.complete([done(lease, "erp", OutcomeReason.TIMEOUT, due=300)])
        assert await ledger.deliveries.claim_deliveries(later(299), 9, LEASE, {}) == []
        ((_, again, _),) = await ledger.deliveries.claim_deliveries(later(301), 9, LEASE, {})
        assert [attempt.reason for attempt in again.attempts] == [OutcomeReason.TIMEOUT]

    play(scene)


def test_what_is_past_its_retention_is_forgotten_but_not_what_still_waits(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        decided, waiting = an_event(key="1"), an_event(key="2")
        await admitted(ledger, decided, waiting)
        claimed = {event.id: lease for lease, event in await ledger.decisions.claim_events(NOON, 2, LEASE)}
        decision = a_decision(decided, reads={})
        await ledger.decisions.commit_decisions([(claimed[decided.id], decision)], "v1", NOON)
        assert await ledger.sweeps.expire(later(-1), ["desk"]) == 0
        assert await ledger.sweeps.expire(later(1), ["desk"]) == 1  # the event; its alert is still to be sent
        assert await ledger.records.event(decided.id) is None
        assert await ledger.records.event(waiting.id) == waiting

    play(scene)


def test_a_server_that_is_away_is_a_clear_error_without_its_password() -> None:
    async def scene() -> None:
        ledger = Ledger("redis://user:hunter2@127.0.0.1:1/0")
        try:
            await ledger.records.status(NOON)
        finally:
            await ledger.close()

    with pytest.raises(LedgerUnavailable, match=r"redis://127\.0\.0\.1:1/0") as caught:
        asyncio.run(scene())
    assert "hunter2" not in str(caught.value)


def test_every_key_stands_under_one_prefix() -> None:
    constants = [value for name, value in vars(keys).items() if name.isupper()]
    assert all(value.startswith(keys.PREFIX) for value in constants)
