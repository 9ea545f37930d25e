"""In-memory ports for the lanes' tests: what the edges promise, without an edge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery, Outcome
from alerts.core.errors import StaleToken
from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.measure import Measure
from alerts.core.reasons import OutcomeReason
from alerts.core.receiver import Receiver
from alerts.core.route import Route
from alerts.core.rulebook import RuleBook
from alerts.core.source import Source
from alerts.pipeline.lane import Bounds
from alerts.pipeline.ports import Completion, Fetched, Lease, Notice, SeenEntry, SourceState, Validators
from tests.support.builders import NOON

BOUNDS = Bounds(run=timedelta(seconds=20), lease=timedelta(seconds=60))


class FakeClock:
    """Stands at noon until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def go(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class NoRules:
    """Rules that never match."""

    correlations: Sequence[Any] = ()

    def __len__(self) -> int:
        return 0

    def match(self, event: Event, measures: Sequence[Measure], now: datetime) -> list[Match]:
        return []


def a_source(name: str, **changes: Any) -> Source:
    """A feed, polled every minute."""
    url = f"https://news.example/{name}"
    return Source.model_validate({"id": name, "kind": "feed", "url": url, "every": "1m"} | changes)


def a_receiver(name: str, **changes: Any) -> Receiver:
    """A receiver whose address no test uses."""
    return Receiver.model_validate({"name": name, "apprise": {"url": "json://127.0.0.1"}} | changes)


def a_book(*nouns: Source | Receiver, version: str = "v1") -> RuleBook:
    """A rule book of these sources and receivers."""
    return RuleBook(
        version,
        NoRules(),
        {noun.id: noun for noun in nouns if isinstance(noun, Source)},
        {noun.name: noun for noun in nouns if isinstance(noun, Receiver)},
        Route(receiver="desk"),
    )


class MemoryDeliveries:
    """A deliver ledger: a list of what is due, and what was recorded."""

    def __init__(self, *due: tuple[Delivery, Alert]) -> None:
        self.due = list(due)
        self.completed: list[Completion] = []
        self.shares: Mapping[str, int] = {}
        self.lost: set[str] = set()
        self.tokens = 0

    async def claim_deliveries(
        self, now: datetime, limit: int, lease: timedelta, in_flight: Mapping[str, int]
    ) -> list[tuple[Lease, Delivery, Alert]]:
        taken, self.due, self.shares = self.due[:limit], self.due[limit:], in_flight
        claimed = []
        for delivery, alert in taken:
            self.tokens += 1
            claimed.append((Lease(delivery.id, self.tokens), delivery, alert))
        return claimed

    async def complete(self, completions: Sequence[Completion]) -> list[bool]:
        kept = [done.lease.id not in self.lost for done in completions]
        self.completed += [done for done, keep in zip(completions, kept, strict=True) if keep]
        return kept


class ScriptedChannel:
    """Answers each target as its script says: an outcome, an error to raise, or what to await."""

    def __init__(
        self, script: Mapping[str, Outcome | Exception | Callable[[], Awaitable[Outcome]]] | None = None
    ) -> None:
        self.script = dict(script or {})
        self.sent: list[str] = []

    async def send(self, notice: Notice, receiver: Receiver, now: datetime) -> Outcome:
        step = self.script.get(receiver.name, Outcome(OutcomeReason.DELIVERED))
        self.sent.append(notice.delivery.id)
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Outcome) else await step()


class MemoryPolls:
    """A poll ledger: due sources once each, and every commit as it came."""

    def __init__(self, *due: str, states: Mapping[str, SourceState] | None = None) -> None:
        self.due = list(due)
        self.states = dict(states or {})
        self.known: dict[str, dict[str, SeenEntry]] = {}
        self.events: dict[str, Event] = {}
        self.commits: dict[str, tuple[SourceState, tuple[Event, ...], dict[str, str], tuple[str, ...]]] = {}
        self.synced: dict[str, datetime] = {}
        self.stale: set[str] = set()

    async def sync_sources(self, version: str, first_polls: Mapping[str, datetime]) -> None:
        self.synced = dict(first_polls)

    async def claim_sources(self, now: datetime, limit: int, lease: timedelta) -> list[Lease]:
        taken, self.due = self.due[:limit], self.due[limit:]
        return [Lease(name, 1) for name in taken]

    async def source_state(self, source_id: str) -> SourceState:
        return self.states.get(source_id, SourceState())

    async def seen(self, source_id: str, keys: Sequence[str]) -> dict[str, SeenEntry]:
        known = self.known.get(source_id, {})
        return {key: known[key] for key in keys if key in known}

    async def events_of(self, ids: Sequence[str]) -> dict[str, Event]:
        return {name: self.events[name] for name in ids if name in self.events}

    async def admit(
        self,
        lease: Lease,
        state: SourceState,
        events: Sequence[Event],
        versions: Mapping[str, str],
        touched: Sequence[str],
        now: datetime,
    ) -> bool:
        if lease.id in self.stale:
            raise StaleToken(f"source {lease.id}: the lease was lost")
        for event in events:
            event.model_dump_json()  # as any ledger must: what cannot be written cannot be kept
        self.commits[lease.id] = (state, tuple(events), dict(versions), tuple(touched))
        return bool(events)


class ScriptedFetcher:
    """Brings each source what its script says, and remembers the validators that it was sent."""

    def __init__(self, script: Mapping[str, Fetched | Exception | Callable[[], Awaitable[Fetched]]]) -> None:
        self.script = script
        self.sent: dict[str, Validators] = {}

    async def fetch(self, source: Source, validators: Validators, now: datetime) -> Fetched:
        self.sent[source.id] = validators
        step = self.script[source.id]
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Fetched) else await step()


class MemoryBooks:
    """A store of the rule book in force; counts what was written."""

    def __init__(self) -> None:
        self.stored: tuple[str, dict[str, str]] | None = None
        self.against = ""
        self.rejections: list[str] = []

    async def version(self) -> str | None:
        return self.stored[0] if self.stored else None

    async def files(self) -> dict[str, str] | None:
        return self.stored[1] if self.stored else None

    async def put(self, book: RuleBook, files: Mapping[str, str], now: datetime) -> None:
        self.stored, self.against = (book.version, dict(files)), ""

    async def problem(self) -> str:
        return self.against

    async def reject(self, problem: str) -> None:
        self.against = problem
        self.rejections.append(problem)
