"""A delivery: one alert's way to one target, with every attempt's outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.core.frozen import Frozen
from alerts.core.reasons import OutcomeReason


class DeliveryState(StrEnum):
    """Where a delivery stands: waiting for its due time or in a digest, done, given up (redrivable), not needed."""

    DUE = "due"
    HELD = "held"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Attempt(Frozen):
    """One try: when (aware UTC), how it ended, in words, and how long it took (seconds)."""

    at: datetime
    reason: OutcomeReason
    detail: str = ""
    seconds: float = 0.0


class Held(Frozen):
    """The digest that a notice waits in: its id, its own delivery, and by what the notice is held.

    Notices of one ``thread`` are one item of the digest: a story under a rule, a source.
    """

    digest: str
    delivery: str
    thread: str
    why: str
    max_items: int


class Escalation(Frozen):
    """That a delivery goes because nobody acknowledged its alert: who was told, and how long was waited."""

    id: str
    told: str
    within: str


class Delivery(Frozen):
    """A delivery as stored. ``due`` is None once it is no longer waiting.

    One that is held has no attempt of its own: it goes with its digest.
    """

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
    held: Held | None = None
    escalation: Escalation | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a channel says of one attempt; the retry decider turns it into a next step."""

    reason: OutcomeReason
    detail: str = ""
    retry_after: timedelta | None = None
