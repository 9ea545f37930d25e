"""All that operators may want to know of the service, as one look at the ledger finds it.

Ages are seconds before the look. A thing that never happened has no age (None).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from alerts.core.status import LedgerStatus

DELAY_BOUNDS: tuple[int, ...] = (
    1,
    2,
    5,
    10,
    30,
    60,
    120,
    300,
    600,
    1800,
    3600,
    7200,
    14400,
    28800,
    86400,
    172800,
    604800,
)
"""Upper bounds, in seconds, of the classes in which the delays of notices are counted."""

DELAYS: Mapping[str, str] = {
    "published": "the publisher's own time of the item",
    "seen": "its admission, without what a route's group_wait held back",
}
"""From when a delay runs until the first notice was delivered."""


@dataclass(frozen=True, slots=True)
class SourceSurvey:
    """A polled source. Where it never succeeded or brought a thing, ages run from its first poll."""

    success_age: float
    new_age: float
    failures: int
    silent: bool


@dataclass(frozen=True, slots=True)
class TargetSurvey:
    """A target: what waits for it, since when the oldest of that might have gone, and what was given up.

    ``held`` are the notices that wait in its digests.
    """

    undelivered: int
    oldest_undelivered: float
    dead: int
    held: int = 0


@dataclass(frozen=True, slots=True)
class DelayCounts:
    """Delays of one kind: how many fell into the class up to each bound (inf: beyond all), and their sum."""

    classes: Mapping[float, int]
    total_seconds: float


@dataclass(frozen=True, slots=True)
class RulesSurvey:
    """The rule book in force; ``rules`` is None where an older version of the service stored it."""

    rules: int | None
    age: float | None


@dataclass(frozen=True, slots=True)
class ServerSurvey:
    """The ledger's server: bytes in use and allowed, and whether what it acknowledges is on disk."""

    memory: int
    memory_limit: int
    append_only: bool
    writes_ok: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """One look at the ledger; ``server`` is None where the server does not tell of itself."""

    status: LedgerStatus
    rules: RulesSurvey
    newest_event_age: float | None
    silences: int = 0
    """Silences that hold now."""
    server: ServerSurvey | None = None
    sources: Mapping[str, SourceSurvey] = field(default_factory=dict)
    targets: Mapping[str, TargetSurvey] = field(default_factory=dict)
    delays: Mapping[str, DelayCounts] = field(default_factory=dict)
