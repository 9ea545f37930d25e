"""When an alert goes to each of its targets, and the deliveries that say so. Pure.

An update whose story still waits in a target's digest goes into that digest, and takes the place
of what waits: nobody is told of a story by parts. What is not held and is due before the digest
goes on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.ids import delivery_id
from alerts.core.reasons import DecisionReason
from alerts.core.route import EscalationPlan
from alerts.pipeline.holding import Holding, hold
from alerts.pipeline.ports import Decided
from alerts.pipeline.route import Way

NO_HELD: Mapping[str, datetime] = {}


@dataclass(frozen=True, slots=True)
class Sending:
    """When an alert goes to a target; ``holding`` is set where it goes with a digest."""

    receiver: str
    due: datetime
    holding: Holding | None = None
    escalate: tuple[EscalationPlan, ...] = ()


def openings(ways: Iterable[Way], now: datetime) -> list[Sending]:
    """When the first notice of something goes: it waits for other publishers first."""
    return [_sending(way, now + way.group_wait, now, NO_HELD) for way in ways]


def updates(
    ways: Iterable[Way], due: datetime, now: datetime, waiting: Mapping[str, datetime]
) -> list[Sending]:
    """When an update goes; ``waiting`` is until when targets' last notice of the story is held."""
    return [_sending(way, due, now, waiting) for way in ways]


def endings(
    ways: Sequence[Way], told_at: datetime, now: datetime, waiting: Mapping[str, datetime]
) -> list[Sending]:
    """When the end of what was told at ``told_at`` goes: never before that, and with it where it is still held."""
    due = max([now, *(told_at + way.group_wait for way in ways)])
    return [_sending(way, max(due, waiting.get(way.receiver, due)), now, waiting) for way in ways]


def _sending(way: Way, due: datetime, now: datetime, waiting: Mapping[str, datetime]) -> Sending:
    holding = hold(way.holds, due)
    until = waiting.get(way.receiver, now)
    if until > now and (holding or due >= until):
        why = "the notice before it, which is still held"
        holding = Holding(until, DecisionReason.GATHERED, why)
    return Sending(way.receiver, holding.until if holding else due, holding, way.escalate)


def deliveries_of(alert: Alert, sendings: Iterable[Sending], now: datetime) -> tuple[Delivery, ...]:
    """One delivery a target."""
    return tuple(
        Delivery(
            id=delivery_id(alert.id, each.receiver),
            alert_id=alert.id,
            target=each.receiver,
            state=DeliveryState.HELD if each.holding else DeliveryState.DUE,
            created=now,
            due=each.due,
            held=each.holding.held(alert, each.receiver) if each.holding else None,
        )
        for each in sendings
    )


def decided_holds(rule_id: str, alert: Alert, sendings: Iterable[Sending]) -> tuple[Decided, ...]:
    """What is on record of every hold."""
    story_id = alert.story.id if alert.story else None
    return tuple(
        Decided(rule_id, each.holding.reason, alert.id, story_id, _words(each.holding), (each.receiver,))
        for each in sendings
        if each.holding
    )


def held_until(sendings: Iterable[Sending]) -> dict[str, datetime]:
    """Until when each target that is held is."""
    return {each.receiver: each.holding.until for each in sendings if each.holding}


def _words(holding: Holding) -> str:
    return f"held until {holding.until:%Y-%m-%d %H:%M:%S} UTC: {holding.why}"
