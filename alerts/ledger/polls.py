"""The poll lane's part of the ledger: due sources, their state, what was seen of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from alerts.core.errors import StaleToken
from alerts.core.event import Event
from alerts.ledger import keys
from alerts.ledger.connection import Connection, dump, to_ms
from alerts.pipeline.ports import Lease, SeenEntry, SourceState

HINT_MS = 2000
"""How long a "look now" counts as on its way; a beat tick heals one that was lost."""

_AT_ONCE = 1000
"""States read by one command: short enough that it holds nobody up."""


class Polls:
    """Implements :class:`alerts.pipeline.ports.PollLedger`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def sync_sources(self, version: str, first_polls: Mapping[str, datetime]) -> None:
        """Make the index hold exactly these sources; a known one keeps its due time."""
        if await self._connection.do("GET", keys.SOURCES) == version:
            return
        flat = [part for name, at in first_polls.items() for part in (name, to_ms(at))]
        await self._connection.run(
            "sync_sources", [keys.POLL_DUE, keys.POLL_TOKEN, keys.SOURCES], [version, *flat]
        )

    async def poll_now(self, source_id: str, now: datetime) -> bool:
        """Make a source due now; False if the index does not know it."""
        if await self._connection.do("ZSCORE", keys.POLL_DUE, source_id) is None:
            return False
        await self._connection.do("ZADD", keys.POLL_DUE, "XX", "LT", to_ms(now), source_id)
        return True

    async def claim_sources(self, now: datetime, limit: int, lease: timedelta) -> list[Lease]:
        """Take up to ``limit`` due sources."""
        taken = await self._connection.run(
            "claim",
            [keys.POLL_DUE, keys.POLL_TOKEN, keys.FENCE],
            [to_ms(now), limit, to_ms(now + lease), ""],
        )
        return [Lease(taken[i], int(taken[i + 1])) for i in range(0, len(taken), 3)]

    async def source_state(self, source_id: str) -> SourceState:
        """Read a source's state; defaults for one that was never polled."""
        stored = await self._connection.do("GET", keys.source(source_id))
        return SourceState.model_validate_json(stored) if stored else SourceState()

    async def seen(self, source_id: str, entry_keys: Sequence[str]) -> dict[str, SeenEntry]:
        """Read which of the keys were admitted before, and in what revision."""
        if not entry_keys:
            return {}
        stored = await self._connection.do("HMGET", keys.seen(source_id), *entry_keys)
        found: dict[str, SeenEntry] = {}
        for key, raw in zip(entry_keys, stored, strict=True):
            if raw is not None:
                revision, version, event_id = raw.split("|")
                found[key] = SeenEntry(int(revision), version, event_id)
        return found

    async def events_of(self, ids: Sequence[str]) -> dict[str, Event]:
        """Read events, to tell what a revision added."""
        stored = await self._connection.do_all([("GET", keys.event(name)) for name in ids])
        return {name: Event.model_validate_json(raw) for name, raw in zip(ids, stored, strict=True) if raw}

    async def admit(
        self,
        lease: Lease,
        state: SourceState,
        events: Sequence[Event],
        versions: Mapping[str, str],
        touched: Sequence[str],
        now: datetime,
    ) -> bool:
        """Commit a poll in one script; see :class:`alerts.pipeline.ports.PollLedger`."""
        if state.next_poll is None:
            raise ValueError(f"source {lease.id}: a poll is committed with its next poll")
        rows = [part for event in events for part in _event_row(event, versions[event.key])]
        answer = await self._connection.run(
            "admit",
            _admit_keys(lease.id),
            [
                lease.id,
                str(lease.token),
                state.model_dump_json(),
                to_ms(state.next_poll),
                to_ms(now),
                HINT_MS,
                keys.event(""),
                dump(list(touched)),
                *rows,
            ],
        )
        if answer == -1:
            raise StaleToken(f"source {lease.id}: the lease was lost while it was polled")
        return bool(answer == 1)


def _admit_keys(source_id: str) -> list[str]:
    """The keys of ``lua/admit.lua``, in its order."""
    return [
        keys.POLL_DUE,
        keys.POLL_TOKEN,
        keys.source(source_id),
        keys.seen(source_id),
        keys.seen_at(source_id),
        keys.DECIDE_DUE,
        keys.EVENTS,
        keys.hint("decide"),
        keys.COUNTS,
    ]


def _event_row(event: Event, version: str) -> tuple[str, str, str, str, int]:
    record = f"{event.revision}|{version}|{event.id}"
    return event.key, record, event.id, event.model_dump_json(), to_ms(event.seen)


async def read_source_states(connection: Connection, ids: Sequence[str]) -> dict[str, SourceState]:
    """Read the states of many sources in one round trip."""
    parts = [ids[i : i + _AT_ONCE] for i in range(0, len(ids), _AT_ONCE)]
    answers = await connection.do_all([("MGET", *(keys.source(name) for name in part)) for part in parts])
    stored = [raw for answer in answers for raw in answer]
    return {
        name: SourceState.model_validate_json(raw) if raw else SourceState()
        for name, raw in zip(ids, stored, strict=True)
    }
