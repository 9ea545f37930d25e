"""Turns: however much waits for some targets, every other is served soon."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from alerts.core.delivery import Delivery
from alerts.core.reasons import OutcomeReason
from alerts.ledger.ledger import Ledger
from alerts.pipeline.ports import Lease
from tests.support.builders import NOON, a_delivery, an_alert, later
from tests.support.scenes import LEASE, Play, done, with_deliveries


async def backlog(ledger: Ledger, targets: Sequence[str], each: int) -> None:
    """Deliveries of an hour ago, many a target."""
    alert = an_alert(0, at=later(-3600))
    number = 0
    for target in targets:
        for _ in range(each):
            number += 1
            delivery = a_delivery(alert, target, due=later(-3600)).model_copy(update={"id": f"dlv_{number}"})
            one = alert.model_copy(update={"id": f"alr_{number}"})
            await ledger.sweeps.raise_alert(one, [delivery.model_copy(update={"alert_id": one.id})])


@pytest.mark.parametrize("limit", [1, 3, 8])
def test_every_target_is_served_within_a_round_of_claims(play: Play, limit: int) -> None:
    targets = [f"target-{number:02}" for number in range(24)]

    async def scene(ledger: Ledger) -> None:
        await backlog(ledger, targets, 4)
        served: set[str] = set()
        for turn in range(-(-len(targets) // limit)):
            claimed = await ledger.deliveries.claim_deliveries(later(turn), limit, LEASE, {})
            assert len(claimed) == limit
            served |= {delivery.target for _, delivery, _ in claimed}
        # A target may take two of a claim's places, so a round is two times as long at most.
        for turn in range(100, 100 + -(-len(targets) // limit)):
            claimed = await ledger.deliveries.claim_deliveries(later(turn), limit, LEASE, {})
            served |= {delivery.target for _, delivery, _ in claimed}
        assert served == set(targets)

    play(scene)


def test_a_fresh_notice_does_not_wait_for_the_backlog_of_others(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        busy = [f"busy-{number}" for number in range(4)]
        await backlog(ledger, busy, 20)
        await with_deliveries(ledger, "fresh")
        for turn in range(6):
            at = later(turn)
            claimed = await ledger.deliveries.claim_deliveries(at, 2, LEASE, {})
            if any(delivery.target == "fresh" for _, delivery, _ in claimed):
                return
            await ledger.deliveries.complete(
                [done(lease, each.target, OutcomeReason.DELIVERED) for lease, each, _ in claimed]
            )
        pytest.fail("six claims served only the targets with an older backlog")

    play(scene)


def test_all_of_a_backlog_is_served_once_and_the_indexes_drain(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await backlog(ledger, ["a", "b", "c"], 7)
        served: list[tuple[Lease, Delivery]] = []
        for turn in range(40):
            claimed = await ledger.deliveries.claim_deliveries(later(turn), 2, LEASE, {})
            served += [(lease, delivery) for lease, delivery, _ in claimed]
            await ledger.deliveries.complete(
                [done(lease, each.target, OutcomeReason.DELIVERED) for lease, each, _ in claimed]
            )
        ids = [delivery.id for _, delivery in served]
        assert len(ids) == len(set(ids)) == 21
        status = await ledger.records.status(later(99))
        lane = status.lanes["deliver"]
        assert (lane.waiting, lane.due, status.delivered) == (0, 0, 21)
        keys = await ledger._connection.do("KEYS", "ew:deliver:*")
        assert keys == []

    play(scene)


def test_a_target_with_its_share_in_flight_waits_for_a_lease_to_end_or_an_outcome(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, *["slow"] * 5)
        first = await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {})
        assert len(first) == 2
        assert (await ledger.records.status(later(30))).lanes["deliver"].due == 0
        again = await ledger.deliveries.claim_deliveries(later(61), 9, LEASE, {})
        assert len(again) == 2

    play(scene)
