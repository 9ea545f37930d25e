"""The decide lane's part of the ledger: events that await a decision, stories, decisions."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from alerts.core.correlation import Window
from alerts.core.event import Event
from alerts.core.inhibition import Mark
from alerts.core.silence import Silences
from alerts.core.story import Story
from alerts.ledger import keys
from alerts.ledger.connection import Call, Connection, dump, to_ms
from alerts.ledger.digests import delivery_row
from alerts.ledger.polls import HINT_MS
from alerts.ledger.silences import read_silences
from alerts.ledger.windows import read_windows, window_row
from alerts.pipeline.ports import Committed, Decision, DecisionRecord, Lease

STORY_WINDOW = timedelta(days=14)
"""How long a story takes further reports after its last one."""


class Decisions:
    """Implements :class:`alerts.pipeline.ports.DecideLedger`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def claim_events(self, now: datetime, limit: int, lease: timedelta) -> list[tuple[Lease, Event]]:
        """Take up to ``limit`` admitted events that await a decision."""
        taken = await self._connection.run(
            "claim",
            [keys.DECIDE_DUE, keys.DECIDE_TOKEN, keys.FENCE],
            [to_ms(now), limit, to_ms(now + lease), keys.event("")],
        )
        return [
            (Lease(taken[i], int(taken[i + 1])), Event.model_validate_json(taken[i + 2]))
            for i in range(0, len(taken), 3)
        ]

    async def stories_at(self, index_keys: Sequence[str]) -> tuple[dict[str, str | None], dict[str, Story]]:
        """Look index keys up: key to story id (None: no story yet), and the stories."""
        if not index_keys:
            return {}, {}
        found = await self._connection.do("MGET", *(keys.story_key(key) for key in index_keys))
        ids = dict(zip(index_keys, found, strict=True))
        names = sorted({name for name in found if name})
        stored = await self._connection.do("MGET", *(keys.story(name) for name in names)) if names else []
        stories = {
            name: Story.model_validate_json(raw) for name, raw in zip(names, stored, strict=True) if raw
        }
        return ids, stories

    async def marks_at(self, mark_keys: Sequence[str]) -> dict[str, Mark]:
        """Read inhibitions' marks; those that are not there are left out."""
        if not mark_keys:
            return {}
        stored = await self._connection.do("MGET", *map(keys.mark, mark_keys))
        return {key: Mark.model_validate_json(raw) for key, raw in zip(mark_keys, stored, strict=True) if raw}

    async def silences(self) -> Silences:
        """Read every silence that is kept."""
        return await read_silences(self._connection)

    async def windows_at(self, window_keys: Sequence[str]) -> dict[str, Window]:
        """Read correlations' windows; those that nothing was counted in are left out."""
        return await read_windows(self._connection, window_keys)

    async def commit_decisions(
        self, decisions: Sequence[tuple[Lease, Decision]], rules_version: str, now: datetime
    ) -> list[Committed]:
        """Commit each decision atomically, in order, in one round trip."""
        answers = await self._connection.run_all(
            [_call(lease, decision, rules_version, now) for lease, decision in decisions]
        )
        return [_COMMITTED[int(answer)] for answer in answers]


_COMMITTED = {1: Committed.NUDGE, 0: Committed.DONE, -1: Committed.STALE, -2: Committed.CONFLICT}


def _call(lease: Lease, decision: Decision, rules_version: str, now: datetime) -> Call:
    record = DecisionRecord(
        event_id=lease.id,
        at=now,
        rules_version=rules_version,
        recognition=decision.recognition,
        decided=tuple(dataclasses.asdict(decided) for decided in decision.decided),
    )
    return (
        "commit_decision",
        [
            keys.DECIDE_DUE,
            keys.DECIDE_TOKEN,
            keys.decision(lease.id),
            keys.ALERTS,
            keys.DELIVER_TARGETS,
            keys.deliveries("due"),
            keys.hint("deliver"),
            keys.COUNTS,
        ],
        [
            lease.id,
            str(lease.token),
            to_ms(now),
            HINT_MS,
            record.model_dump_json(),
            round(STORY_WINDOW.total_seconds()),
            dump(_plan(decision, now)),
            keys.PREFIX,
        ],
    )


def _plan(decision: Decision, now: datetime) -> dict[str, Any]:
    return {
        "silences": decision.silences_version,
        "marks_read": [[key, alert or False] for key, alert in decision.marks_read.items()],
        "marks": [
            {"key": key, "json": mark.model_dump_json(), "keep": max(to_ms(mark.until) - to_ms(now), 1)}
            for key, mark in decision.marks.items()
        ],
        "keys": [[key, found or False] for key, found in decision.keys_read.items()],
        "stories": [
            {
                "id": change.story.id,
                "read_version": change.read_version,
                "json": change.story.model_dump_json(),
                "keys": list(change.keys),
            }
            for change in decision.stories
        ],
        "alerts": [
            {
                "id": alert.id,
                "json": alert.model_dump_json(),
                "at": to_ms(alert.at),
                "rewrites": alert.id in decision.rewrites,
            }
            for alert in decision.alerts
        ],
        "deliveries": [delivery_row(delivery) for delivery in decision.deliveries],
        "ended": list(decision.ended),
        "windows": [window_row(change) for change in decision.windows],
        "counts": [f"decided:{decided.rule_id or '-'}:{decided.reason}" for decided in decision.decided],
    }
