"""The end of an absence's silence on a real server: it joins what is held, and cancels what would escalate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from alerts.core.alert import Alert, AlertType
from alerts.core.delivery import DeliveryState
from alerts.core.digest import Digest
from alerts.core.reasons import OutcomeReason
from alerts.core.route import Routes
from alerts.core.rulebook import RuleBook
from alerts.core.silence import make_silence
from alerts.ledger.ledger import Ledger
from alerts.pipeline.ports import Completion
from alerts.pipeline.sweep import watch_absences
from tests.contract.test_ledger_windows import DAY, decided, polled, reasons_of
from tests.support.builders import NOON
from tests.support.correlating import BASE, SILENT, a_book, from_ministry
from tests.support.scenes import LEASE, Play, with_sources

HOUR = timedelta(hours=1)
FELL = NOON + 11 * DAY
"""When the silence is told."""


def routed(route: dict[str, Any], **more: Any) -> RuleBook:
    routes = Routes.model_validate({"route": {"receiver": "desk", "group_wait": "0s"} | route} | more)
    intervals = {each.name: each for each in routes.time_intervals}
    return replace(a_book(BASE, SILENT), route=routes.route, intervals=intervals)


QUIET = routed(
    {"quiet_hours": {"name": "noon"}},
    time_intervals=[{"name": "noon", "times": [{"start": "11:00", "end": "15:00"}]}],
)
ESCALATES = routed({"escalate": {"unless_acked_within": "2h", "to": "lead"}})


async def fallen_silent(ledger: Ledger, book: RuleBook) -> Alert:
    await with_sources(ledger, "ministry")
    await watch_absences(ledger.sweeps, book, NOON)
    await polled(ledger, FELL)
    (silence,) = await watch_absences(ledger.sweeps, book, FELL)
    return silence


async def spoken(ledger: Ledger, book: RuleBook, at: datetime) -> str:
    """The ministry speaks; returns what that comes to under the rule for its silence."""
    item = from_ministry(1, published=at, seen=at)
    await polled(ledger, at, item)
    await decided(ledger, book, at)
    found = await reasons_of(ledger, [item])
    return " ".join(reason for rule, reason in found if rule == "silent")


async def claimed(ledger: Ledger, at: datetime) -> list[tuple[str, Alert]]:
    """What is being sent from a time on, and to whom."""
    taken = await ledger.deliveries.claim_deliveries(at, 9, LEASE, {})
    return [(delivery.target, alert) for _, delivery, alert in taken]


async def sent(ledger: Ledger, at: datetime) -> list[tuple[str, Alert]]:
    """What has been sent at a time, and to whom."""
    taken = await ledger.deliveries.claim_deliveries(at, 9, LEASE, {})
    done = [
        Completion(lease, delivery.target, at, OutcomeReason.DELIVERED, "", 0.1, None)
        for lease, delivery, _ in taken
    ]
    assert all(await ledger.deliveries.complete(done))
    return [(delivery.target, alert) for _, delivery, alert in taken]


def test_a_silence_that_ends_while_it_is_held_is_told_once_with_its_end(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        silence = await fallen_silent(ledger, QUIET)
        assert await spoken(ledger, QUIET, FELL + HOUR) == "resolved gathered"
        assert await claimed(ledger, FELL + 2 * HOUR) == []
        ((target, digest),) = await claimed(ledger, FELL + 3 * HOUR)
        assert target == "desk"
        assert isinstance(digest, Digest)
        (item,) = digest.items
        assert (item.alert.type, item.alert.resolves) == (AlertType.RESOLVED, silence.id)
        assert [each.id for each in item.before] == [silence.id]

    play(scene)


def test_the_end_of_a_silence_cancels_its_escalation(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        silence = await fallen_silent(ledger, ESCALATES)
        assert await sent(ledger, FELL) == [("desk", silence)]
        assert await spoken(ledger, ESCALATES, FELL + HOUR) == "resolved"
        ((target, end),) = await sent(ledger, FELL + HOUR)
        assert (target, end.type) == ("desk", AlertType.RESOLVED)
        (cancelled,) = await ledger.records.deliveries(DeliveryState.CANCELLED, 9)
        assert (cancelled.target, cancelled.alert_id) == ("lead", silence.id)
        assert await sent(ledger, FELL + DAY) == []

    play(scene)


def test_an_end_that_is_silenced_cancels_the_escalation_too(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await fallen_silent(ledger, ESCALATES)
        matchers = ('type="alert.resolved"',)
        await ledger.silences.put(make_silence(matchers, "anna", "known", FELL, FELL, FELL + DAY))
        assert await spoken(ledger, ESCALATES, FELL + HOUR) == "silenced"
        assert [target for target, _ in await sent(ledger, FELL + DAY)] == ["desk"]

    play(scene)


def test_an_escalation_that_is_being_sent_is_not_cancelled(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await fallen_silent(ledger, ESCALATES)
        assert {target for target, _ in await claimed(ledger, FELL + 2 * HOUR)} == {"desk", "lead"}
        assert await spoken(ledger, ESCALATES, FELL + 2 * HOUR) == "resolved"
        assert await ledger.records.deliveries(DeliveryState.CANCELLED, 9) == []

    play(scene)
