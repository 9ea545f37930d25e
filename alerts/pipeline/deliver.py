"""The deliver lane: claim due deliveries, send each to its one target, record the outcome.

Sends run side by side, so that a hung target delays no other; outcomes that come in while
the ledger is being written to are recorded together in the next write.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass

from alerts.core.alert import Alert, AlertType
from alerts.core.delivery import Delivery, Outcome
from alerts.core.reasons import OutcomeReason
from alerts.core.rulebook import RuleBook
from alerts.pipeline.crew import work_through
from alerts.pipeline.lane import Bounds, Clock
from alerts.pipeline.mishap import tell_mishap
from alerts.pipeline.ports import Channel, Completion, DeliverLedger, Lease, Notice
from alerts.pipeline.retry import next_try

Delivered = Callable[[Delivery, Alert, Completion], None]
"""Told of every attempt that was recorded."""


@dataclass(frozen=True, slots=True)
class _Tried:
    delivery: Delivery
    alert: Alert
    completion: Completion


async def run(
    ledger: DeliverLedger,
    channel: Channel,
    book: RuleBook,
    clock: Clock,
    rng: random.Random,
    bounds: Bounds,
    told: Delivered = lambda *_: None,
) -> int:
    """Deliver what is due until nothing is, or the run's time is over; returns how many tries."""
    shares = {name: receiver.max_in_flight for name, receiver in book.receivers.items()}

    async def claim(room: int) -> list[Coroutine[None, None, _Tried]]:
        claimed = await ledger.claim_deliveries(clock(), room, bounds.lease, shares)
        return [_try(*each, channel, book, clock, rng) for each in claimed]

    async def record(tried: Sequence[_Tried]) -> None:
        await _record(tried, ledger, told)

    return await work_through(claim, record, bounds, clock)


async def _record(tried: Sequence[_Tried], ledger: DeliverLedger, told: Delivered) -> None:
    recorded = await ledger.complete([each.completion for each in tried])
    for each, kept in zip(tried, recorded, strict=True):
        if kept:
            told(each.delivery, each.alert, each.completion)


async def _try(
    lease: Lease,
    delivery: Delivery,
    alert: Alert,
    channel: Channel,
    book: RuleBook,
    clock: Clock,
    rng: random.Random,
) -> _Tried:
    started = clock()
    outcome = await _send(Notice(alert, delivery), channel, book, clock)
    ended = clock()
    first = alert.event if alert.type is AlertType.OPENED else None  # an update may wait on purpose
    completion = Completion(
        lease=lease,
        target=delivery.target,
        at=ended,
        reason=outcome.reason,
        detail=outcome.detail,
        seconds=round((ended - started).total_seconds(), 4),
        due=next_try(delivery, outcome, ended, rng),
        published=first.published if first else None,
        seen=first.seen if first else None,
    )
    return _Tried(delivery, alert, completion)


async def _send(notice: Notice, channel: Channel, book: RuleBook, clock: Clock) -> Outcome:
    receiver = book.receivers.get(notice.delivery.target)
    if receiver is None:
        return Outcome(
            OutcomeReason.UNCONFIGURED,
            f"receivers.yaml has no receiver {notice.delivery.target}; add it again or redrive elsewhere",
        )
    try:
        return await channel.send(notice, receiver, clock())
    except Exception as error:  # a bug in a channel must cost one attempt, not the whole run
        return Outcome(OutcomeReason.INTERNAL_ERROR, f"a bug in the channel: {tell_mishap(error)}")
