"""A delivery: one alert's way to one target, with every attempt's outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.core.frozen import Frozen
from alerts.core.reasons import OutcomeReason


class DeliveryState(StrEnum):
    """Where a delivery stands: waiting for its due time, done, or given up (redrivable)."""

    DUE = "due"
    DELIVERED = "delivered"
    DEAD = "dead"


class Attempt(Frozen):
    """One try: when (aware UTC), how it ended, in words, and how long it took (seconds)."""

    at: datetime
    reason: OutcomeReason
    detail: str = ""
    seconds: float = 0.0


class Delivery(Frozen):
    """A delivery as stored. ``due`` is None once it is no longer waiting."""

    id: str
    alert_id: str
    target: str
    state: DeliveryState
    created: datetime
    due: datetime | None
    attempts: tuple[Attempt, ...] = ()
    """The latest attempts, oldest first."""
    tries: int = 0
    """How many attempts were made on the present schedule; a redrive starts at 0 again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a channel says of one attempt; the retry decider turns it into a next step."""

    reason: OutcomeReason
    detail: str = ""
    retry_after: timedelta | None = None
