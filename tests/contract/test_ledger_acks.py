"""Acknowledgements on a real server: what would have escalated is cancelled, or was told already."""

from __future__ import annotations

from datetime import timedelta

from alerts.core.ack import Ack
from alerts.core.alert import Alert, AlertType
from alerts.core.delivery import DeliveryState
from alerts.core.event import Event
from alerts.core.measure import Recognition
from alerts.core.reasons import OutcomeReason
from alerts.core.route import Routes
from alerts.core.rulebook import RuleBook
from alerts.ledger import keys
from alerts.ledger.acks import Acked
from alerts.ledger.ledger import Ledger
from alerts.pipeline.decide import run
from alerts.pipeline.lane import Bounds
from alerts.pipeline.ports import Completion
from tests.contract.test_ledger_updates import Marked, one_more, told
from tests.support.builders import NOON, later
from tests.support.scenes import LEASE, Play, admitted

ROUTE = {"receiver": "desk", "escalate": {"unless_acked_within": "30m", "to": "lead"}}
BOOK = RuleBook("v1", Marked(), {}, {}, Routes.model_validate({"route": ROUTE}).route)


async def decided(ledger: Ledger, at: float = 0) -> None:
    def recognise(title: str, text: str, **_: object) -> Recognition:
        return Recognition(relevant=False)

    ended = iter([later(at)] * 3)
    bounds = Bounds(timedelta(seconds=1), LEASE)
    await run(ledger.decisions, recognise, BOOK, lambda: next(ended, later(at)), lambda _: None, bounds)


async def opened(ledger: Ledger, *events: Event) -> Alert:
    await admitted(ledger, *(events or (told("IN", "announced", 1),)))
    await decided(ledger)
    return (await ledger.records.alerts(1))[0]


async def sent(ledger: Ledger, at: float) -> dict[str, Alert]:
    """What is sent to whom at a time."""
    taken = await ledger.deliveries.claim_deliveries(later(at), 9, LEASE, {})
    done = [
        Completion(lease, delivery.target, later(at), OutcomeReason.DELIVERED, "", 0.1, None)
        for lease, delivery, _ in taken
    ]
    assert all(await ledger.deliveries.complete(done))
    return {delivery.target: alert for _, delivery, alert in taken}


async def acked(ledger: Ledger, alert: Alert, at: float, by: str = "anna") -> Acked:
    found = await ledger.acks.put(alert, Ack(by=by, at=later(at)))
    assert found is not None
    return found


def test_what_nobody_acknowledges_is_told_to_somebody_else_as_such(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        alert = await opened(ledger)
        assert (await sent(ledger, 0)).keys() == {"desk"}
        assert await sent(ledger, 1799) == {}
        escalation = (await sent(ledger, 1800))["lead"]
        assert (escalation.type, escalation.id[:4]) == (AlertType.ESCALATED, "esc_")
        assert alert.id in escalation.summary
        assert await ledger.records.alert(escalation.id) is None
        late = await acked(ledger, alert, 1900)
        assert late.cancelled == ()

    play(scene)


def test_an_acknowledgement_cancels_it_and_the_first_one_stands(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        alert = await opened(ledger)
        await sent(ledger, 0)
        first = await acked(ledger, alert, 60)
        assert (first.ack.by, first.cancelled) == ("anna", ("lead",))
        again = await acked(ledger, alert, 90, by="bert")
        assert (again.ack.by, again.cancelled) == ("anna", ())
        assert await sent(ledger, 3600) == {}
        (cancelled,) = await ledger.records.deliveries(DeliveryState.CANCELLED, 9)
        assert (cancelled.target, cancelled.due) == ("lead", None)
        status = await ledger.records.status(later(3600))
        assert status.lanes["deliver"].waiting == 0
        assert status.counts["acked"] == 1
        assert "lead" not in (await ledger.surveys.take(later(3600))).targets

    play(scene)


def test_what_is_being_sent_is_not_cancelled(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        alert = await opened(ledger)
        await sent(ledger, 0)
        assert await ledger.deliveries.claim_deliveries(later(1800), 9, LEASE, {})
        assert (await acked(ledger, alert, 1801)).cancelled == ()

    play(scene)


def test_an_acknowledged_update_takes_the_earlier_notice_of_its_story_along(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        first = await opened(ledger)
        await one_more(ledger, told("IN", "in_force", 2))
        await decided(ledger, 60)
        update = max(await ledger.records.alerts(9), key=lambda alert: alert.revision)
        assert (await acked(ledger, update, 90)).cancelled == ("lead", "lead")
        assert await ledger.acks.of(first.id) is None
        assert (await sent(ledger, 9000)).keys() == {"desk"}

    play(scene)


def test_an_update_is_not_acknowledged_with_the_notice_before_it(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        first = await opened(ledger)
        await sent(ledger, 0)
        await one_more(ledger, told("IN", "in_force", 2))
        await decided(ledger, 60)
        assert (await acked(ledger, first, 90)).cancelled == ("lead",)
        assert (await sent(ledger, 3600)).keys() == {"desk"}
        assert (await sent(ledger, 3600 + 1800))["lead"].revision == 2

    play(scene)


def test_a_pending_update_whose_escalation_is_cancelled_may_still_be_written_anew(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await opened(ledger)
        await one_more(ledger, told("IN", "in_force", 2))
        await decided(ledger, 60)
        pending = max(await ledger.records.alerts(9), key=lambda alert: alert.revision)
        await acked(ledger, pending, 90)
        await one_more(ledger, told("IN", "suspended", 3))
        await decided(ledger, 120)
        assert (await ledger.records.status(later(120))).lanes["decide"].waiting == 0
        written = await ledger.records.alert(pending.id)
        assert written is not None
        assert written.summary.startswith("Update: suspended (was announced).")

    play(scene)


def test_all_of_it_is_forgotten_with_the_alert(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        alert = await opened(ledger)
        await sent(ledger, 0)
        await acked(ledger, alert, 60)
        await ledger.sweeps.expire(NOON + timedelta(days=30), [])
        assert await ledger.acks.put(alert, Ack(by="x", at=NOON)) is None
        left = await ledger._connection.do("KEYS", f"{keys.PREFIX}*")
        assert [key for key in left if ":ack:" in key or "escalations" in key or ":dlv_" in key] == []
        assert await ledger.records.deliveries(None, 9) == []

    play(scene)
