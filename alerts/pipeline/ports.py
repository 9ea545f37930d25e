"""Ports: what the lanes ask of the edges, as protocols.

Adapters live in ``ledger``, ``sources`` and ``channels``; only :mod:`alerts.wiring`
brings the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Protocol

from alerts.core.alert import Alert
from alerts.core.correlation import Window
from alerts.core.delivery import Delivery, Outcome
from alerts.core.entry import Entry
from alerts.core.event import Event
from alerts.core.frozen import Frozen
from alerts.core.inhibition import Mark
from alerts.core.measure import Recognition
from alerts.core.reasons import DecisionReason, OutcomeReason, PollReason
from alerts.core.receiver import Receiver
from alerts.core.silence import Silences
from alerts.core.source import Source
from alerts.core.story import Story

# --- edge in -----------------------------------------------------------------------------


class Validators(Frozen):
    """What makes the next request conditional; kept byte for byte as the server sent it."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    cursor: str | None = None
    """Where an incremental API stands (e.g. the newest publication date seen)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one poll of a source brought.

    ``reason`` is ``NEW_ENTRIES`` where a document was parsed (the decider finds out what is
    new in it), else why there is none. ``validators`` replace the stored ones only together
    with the entries. ``complaint`` is what an operator should read about a document that
    was used although something was wrong with it.
    """

    reason: PollReason
    entries: tuple[Entry, ...] = ()
    validators: Validators = Validators()
    detail: str = ""
    retry_after: timedelta | None = None
    not_before: timedelta | None = None
    """The server's own wish for the next poll (ttl, max-age), from now."""
    complaint: str = ""
    permanent_url: str | None = None
    """Where a 301/308 pointed."""


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll that was committed: what came, which events are new, when it began and ended."""

    source: Source
    fetched: Fetched
    events: tuple[Event, ...]
    began: datetime
    ended: datetime


class Fetcher(Protocol):
    """Fetches a source; never raises for what a server can do, but says it in ``Fetched``."""

    async def fetch(self, source: Source, validators: Validators, now: datetime) -> Fetched:
        """Poll the source once, conditionally."""
        ...


# --- edge out ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel sends: the alert, and the delivery that carries it (its id is stable)."""

    alert: Alert
    delivery: Delivery


class Channel(Protocol):
    """Sends one notice to one target; never raises for what a target can do."""

    async def send(self, notice: Notice, receiver: Receiver, now: datetime) -> Outcome:
        """Try once. Must return within its own time limit."""
        ...


# --- pure rooms --------------------------------------------------------------------------


class Recogniser(Protocol):
    """Text to measures with evidence; pure."""

    def __call__(
        self, title: str, text: str, *, lang: str | None = None, published: datetime | None = None
    ) -> Recognition:
        """Recognise every measure that a text reports."""
        ...


# --- state -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lease:
    """A claim on a piece of work: good until it expires or somebody gets a newer token."""

    id: str
    token: int


class SourceState(Frozen):
    """What the ledger keeps of a source between polls. Times are aware UTC."""

    next_poll: datetime | None = None
    validators: Validators = Validators()
    polls: int = 0
    failures: int = 0
    """Failures in a row; 0 after a success."""
    first_poll: datetime | None = None
    last_poll: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    last_unconditional: datetime | None = None
    reason: PollReason | None = None
    detail: str = ""
    backlog_done: bool = False
    config_hash: str = ""
    """Hash of the source's definition, so that a changed URL drops the old validators."""


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """What the ledger remembers of an entry: its last revision and that revision's hash."""

    revision: int
    version: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Decided:
    """One rule's decision on one event, kept for ever-answerable "why was I (not) told?"."""

    rule_id: str
    reason: DecisionReason
    alert_id: str | None = None
    story_id: str | None = None
    detail: str = ""
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryChange:
    """A story as it shall be.

    ``read_version`` is the version it was read at (0: new), ``keys`` the index keys under
    which it is found from now on.
    """

    story: Story
    read_version: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WindowChange:
    """A correlation's window as it shall be; ``read_version`` is what it was read at (0: new).

    It is forgotten when nothing was counted in it for the time ``keep``.
    """

    window: Window
    read_version: int
    keep: timedelta
    reason: DecisionReason | None = None
    """What it came to, where no event's decision record says so; the metrics count it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """All that one event's decision commits, in one script."""

    event: Event
    recognition: Recognition
    decided: tuple[Decided, ...]
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    stories: tuple[StoryChange, ...] = ()
    keys_read: Mapping[str, str | None] = field(default_factory=dict)
    """Story index keys as they were read; the commit is refused if one has changed since."""
    rewrites: frozenset[str] = frozenset()
    """Ids of alerts that are pending: written anew, and refused if a delivery has begun."""
    windows: tuple[WindowChange, ...] = ()
    silences_version: int = 0
    """Of the silences that it was decided by; the commit is refused if one has changed since."""
    began: datetime | None = None
    """When the event began to be recognised."""
    marks_read: Mapping[str, str | None] = field(default_factory=dict)
    """Places of inhibitions' marks, with the alert that stood there; refused if one has changed since."""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """Marks that its alerts leave."""
    ended: tuple[str, ...] = ()
    """Alerts of silences that are over: what would escalate them is cancelled."""


class Committed(Enum):
    """What became of a decision's commit."""

    DONE = "done"
    NUDGE = "nudge"
    """Done, and the deliver lane should look now."""
    STALE = "stale"
    """The lease was lost; somebody else decides."""
    CONFLICT = "conflict"
    """A story or a window changed since it was read; decide again."""


class DecisionRecord(Frozen):
    """A decision as stored and shown."""

    event_id: str
    at: datetime
    rules_version: str
    recognition: Recognition
    decided: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """What to record of one attempt: the outcome and what the retry decider made of it.

    ``at`` is its end. ``due`` is the next try; None with ``DELIVERED`` is done, None otherwise
    is dead.
    """

    lease: Lease
    target: str
    at: datetime
    reason: OutcomeReason
    detail: str
    seconds: float
    due: datetime | None
    published: datetime | None = None
    seen: datetime | None = None
    """When the item was published and admitted, if this delivery tells a story for the first time."""

    @property
    def began(self) -> datetime:
        """When the attempt began."""
        return self.at - timedelta(seconds=self.seconds)


class PollLedger(Protocol):
    """State of the poll lane."""

    async def sync_sources(self, version: str, first_polls: Mapping[str, datetime]) -> None:
        """Make the index hold exactly these sources; a known one keeps its due time."""
        ...

    async def claim_sources(self, now: datetime, limit: int, lease: timedelta) -> list[Lease]:
        """Take up to ``limit`` due sources."""
        ...

    async def source_state(self, source_id: str) -> SourceState:
        """Read a source's state (defaults for a new one)."""
        ...

    async def seen(self, source_id: str, keys: Sequence[str]) -> dict[str, SeenEntry]:
        """Read which of the keys were admitted before."""
        ...

    async def events_of(self, ids: Sequence[str]) -> dict[str, Event]:
        """Read events, to tell what a revision added."""
        ...

    async def admit(
        self,
        lease: Lease,
        state: SourceState,
        events: Sequence[Event],
        versions: Mapping[str, str],
        touched: Sequence[str],
        now: datetime,
    ) -> bool:
        """Commit new events, their seen keys, validators and next poll in one script.

        ``versions`` maps each event's entry key to its content hash, ``touched`` are all
        keys of the document. Raises StaleToken if the lease was lost.
        Returns whether the decide lane should be nudged.
        """
        ...


class DecideLedger(Protocol):
    """State of the decide lane."""

    async def claim_events(self, now: datetime, limit: int, lease: timedelta) -> list[tuple[Lease, Event]]:
        """Take up to ``limit`` admitted events that await a decision."""
        ...

    async def stories_at(self, keys: Sequence[str]) -> tuple[dict[str, str | None], dict[str, Story]]:
        """Look index keys up: key to story id, and the stories themselves."""
        ...

    async def windows_at(self, keys: Sequence[str]) -> dict[str, Window]:
        """Read correlations' windows; those that nothing was counted in are left out."""
        ...

    async def silences(self) -> Silences:
        """Read every silence that is kept."""
        ...

    async def marks_at(self, keys: Sequence[str]) -> dict[str, Mark]:
        """Read inhibitions' marks; those that are not there are left out."""
        ...

    async def commit_decisions(
        self, decisions: Sequence[tuple[Lease, Decision]], rules_version: str, now: datetime
    ) -> list[Committed]:
        """Commit each decision atomically, in order, in one round trip."""
        ...


class DeliverLedger(Protocol):
    """State of the deliver lane."""

    async def claim_deliveries(
        self, now: datetime, limit: int, lease: timedelta, in_flight: Mapping[str, int]
    ) -> list[tuple[Lease, Delivery, Alert]]:
        """Take due deliveries, targets in turn, at most ``in_flight`` (default 2) a target."""
        ...

    async def complete(self, completions: Sequence[Completion]) -> list[bool]:
        """Record outcomes; False where the lease was lost (nothing was changed)."""
        ...
