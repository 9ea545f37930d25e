"""The deliveries' indexes say the same as the deliveries themselves, whatever happens to them."""

from __future__ import annotations

from datetime import timedelta

from alerts.core.delivery import DeliveryState
from alerts.core.reasons import OutcomeReason
from alerts.ledger import keys
from alerts.ledger.ledger import Ledger
from tests.support.builders import NOON, a_delivery, an_alert, later
from tests.support.scenes import LEASE, Play, done, with_deliveries


async def standing(ledger: Ledger) -> dict[str, list[str]]:
    """Targets by the index that their deliveries stand in; each delivery must agree with it."""
    found: dict[str, list[str]] = {}
    for state in DeliveryState:
        listed = await ledger.records.deliveries(state, 99)
        assert {each.state for each in listed} <= {state}
        if listed:
            found[state] = sorted(each.target for each in listed)
    return found


def test_each_outcome_moves_a_delivery_between_indexes(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, "good", "gone", "busy")
        assert await standing(ledger) == {"due": ["busy", "gone", "good"]}
        claimed = await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {})
        leases = {delivery.target: lease for lease, delivery, _ in claimed}
        await ledger.deliveries.complete(
            [
                done(leases["good"], "good", OutcomeReason.DELIVERED),
                done(leases["gone"], "gone", OutcomeReason.GONE),
                done(leases["busy"], "busy", OutcomeReason.TIMEOUT, due=300),
            ]
        )
        assert await standing(ledger) == {"delivered": ["good"], "dead": ["gone"], "due": ["busy"]}
        (dead,) = await ledger.records.deliveries(DeliveryState.DEAD, 9)
        await ledger.deliveries.redrive([dead.id], later(5))
        assert await standing(ledger) == {"delivered": ["good"], "due": ["busy", "gone"]}
        status = await ledger.records.status(later(6))
        assert status.counts["attempts:busy:timeout"] == 1

    play(scene)


def test_a_delivery_keeps_its_latest_attempts_and_counts_its_tries(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, "erp")
        for number in range(25):
            at = later(number * 1000)
            ((lease, _, _),) = await ledger.deliveries.claim_deliveries(at, 9, LEASE, {})
            failed = done(lease, "erp", OutcomeReason.TIMEOUT, due=(number + 1) * 1000)
            await ledger.deliveries.complete([failed])
        (found,) = await ledger.records.deliveries(None, 9)
        assert (len(found.attempts), found.tries) == (20, 25)

    play(scene)


def test_a_delivery_whose_alert_is_gone_leaves_no_trace(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, "erp")
        (delivery,) = await ledger.records.deliveries(None, 9)
        await ledger._connection.do("DEL", keys.alert(delivery.alert_id))
        assert await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {}) == []
        assert await standing(ledger) == {}
        assert (await ledger.records.status(NOON)).lanes["deliver"].waiting == 0

    play(scene)


def test_a_dead_letter_whose_alert_is_gone_is_not_redriven(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, "erp")
        ((lease, delivery, _),) = await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {})
        await ledger.deliveries.complete([done(lease, "erp", OutcomeReason.GONE)])
        await ledger._connection.do("DEL", keys.alert(delivery.alert_id))
        assert await ledger.deliveries.redrive([delivery.id], later(9)) == []
        assert await standing(ledger) == {"dead": ["erp"]}

    play(scene)


def test_an_alert_is_raised_once_whoever_calls_twice(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        alert = an_alert()
        assert await ledger.sweeps.raise_alert(alert, [a_delivery(alert)]) is True
        ((lease, _, _),) = await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {})
        await ledger.deliveries.complete([done(lease, "erp", OutcomeReason.DELIVERED)])
        late = alert.model_copy(update={"at": later(60), "title": "another"})
        assert await ledger.sweeps.raise_alert(late, [a_delivery(alert)]) is False
        assert await standing(ledger) == {"delivered": ["erp"]}
        assert await ledger.records.alert(alert.id) == alert
        assert (await ledger.records.status(NOON)).counts["alerts"] == 1

    play(scene)


def test_a_notice_that_still_waits_keeps_its_alert_past_the_retention(play: Play) -> None:
    """A service that was down for longer than its retention must send what it owes."""

    async def scene(ledger: Ledger) -> None:
        old = an_alert(1)
        await ledger.sweeps.raise_alert(old, [a_delivery(old)])
        assert await ledger.sweeps.expire(NOON + timedelta(days=90), []) == 0
        ((lease, _, alert),) = await ledger.deliveries.claim_deliveries(later(99), 9, LEASE, {})
        assert alert == old
        await ledger.deliveries.complete([done(lease, "erp", OutcomeReason.DELIVERED)])
        assert await ledger.sweeps.expire(NOON + timedelta(days=90), []) == 2  # the alert, its delivery
        assert (await ledger.records.alerts(9), await standing(ledger)) == ([], {})

    play(scene)


def test_a_redriven_notice_keeps_its_alert_too(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_deliveries(ledger, "erp")
        ((lease, delivery, _),) = await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {})
        await ledger.deliveries.complete([done(lease, "erp", OutcomeReason.GONE)])
        await ledger.deliveries.redrive([delivery.id], later(9 * 86400))
        await ledger.sweeps.expire(NOON + timedelta(days=8), [])
        assert len(await ledger.deliveries.claim_deliveries(later(10 * 86400), 9, LEASE, {})) == 1

    play(scene)
