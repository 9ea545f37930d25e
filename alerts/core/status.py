"""The service at a glance, as health, metrics and pages read it."""

from __future__ import annotations

from alerts.core.frozen import Frozen


class LaneStatus(Frozen):
    """A lane's index: what it holds, what is due, the oldest due item's age in seconds."""

    waiting: int
    due: int
    oldest_due_seconds: float
    progress_seconds: float | None
    """Seconds since a run of the lane last came to its end; None: never."""


class LedgerStatus(Frozen):
    """The ledger at a glance."""

    lanes: dict[str, LaneStatus]
    events: int
    alerts: int
    delivered: int
    dead: int
    counts: dict[str, int]
    rules_version: str
    rules_problem: str
