"""Surveying the ledger for the metrics: sources, targets, delays, the rules, the server itself.

Everything is read at each look and nothing is kept between two, so that any process may look.
What grows with the sources or the targets is read in pipelined bulk.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alerts.core.errors import LedgerUnavailable
from alerts.core.survey import DelayCounts, RulesSurvey, ServerSurvey, SourceSurvey, Survey, TargetSurvey
from alerts.ledger import keys
from alerts.ledger.connection import Call, Connection, score_of, to_ms
from alerts.ledger.polls import read_source_states
from alerts.ledger.records import Records
from alerts.ledger.silences import read_silences
from alerts.pipeline.ports import SourceState

_AT_ONCE = 1000
"""Indexes read by one script: short enough that it holds nobody up."""


class Surveys:
    """Takes surveys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._records = Records(connection)

    async def take(self, now: datetime) -> Survey:
        """Look at everything once."""
        status = await self._records.status(now)
        at, rules, receivers = await self._connection.do("HMGET", keys.RULEBOOK, "at", "rules", "receivers")
        newest = score_of(await self._connection.do("ZREVRANGE", keys.EVENTS, 0, 0, "WITHSCORES"))
        return Survey(
            status=status,
            rules=RulesSurvey(
                rules=None if rules is None else int(rules), age=None if at is None else _age(float(at), now)
            ),
            newest_event_age=None if newest is None else _age(newest, now),
            silences=sum(each.active(now) for each in (await read_silences(self._connection)).kept),
            server=await self._server(),
            sources=await self._sources(now),
            targets=await self._targets(json.loads(receivers or "[]"), now),
            delays=_delays(await self._connection.pairs("HGETALL", keys.DELAYS)),
        )

    async def _sources(self, now: datetime) -> dict[str, SourceSurvey]:
        ids = await self._connection.do("ZRANGE", keys.POLL_DUE, 0, -1)
        silent = await self._connection.pairs("HGETALL", keys.SILENT)
        states = await read_source_states(self._connection, ids)
        return {
            name: _source(state, state.first_poll, name in silent, now)
            for name, state in states.items()
            if state.first_poll is not None
        }

    async def _targets(self, receivers: list[str], now: datetime) -> dict[str, TargetSurvey]:
        dead = await self._connection.pairs("HGETALL", keys.DELIVER_DEAD)
        held = await self._connection.pairs("HGETALL", keys.DELIVER_HELD)
        waiting = await self._connection.do("ZRANGE", keys.DELIVER_TARGETS, 0, -1)
        names = sorted({*receivers, *waiting, *(name for name, count in dead.items() if int(count))})
        calls: list[Call] = [
            ("waiting", [keys.since_of(name) for name in names[i : i + _AT_ONCE]], [])
            for i in range(0, len(names), _AT_ONCE)
        ]
        flat = [value for answer in await self._connection.run_all(calls) for value in answer]
        return {
            name: TargetSurvey(
                count,
                _age(float(first), now) if first else 0.0,
                int(dead.get(name, 0)),
                int(held.get(name, 0)),
            )
            for name, count, first in zip(names, flat[::2], flat[1::2], strict=True)
        }

    async def _server(self) -> ServerSurvey | None:
        """What the server tells of itself; None where this user may not ask."""
        try:
            memory, persistence = await self._connection.do_all([("INFO", "memory"), ("INFO", "persistence")])
        except LedgerUnavailable:
            return None
        return ServerSurvey(
            memory=int(memory["used_memory"]),
            memory_limit=int(memory.get("maxmemory") or memory.get("total_system_memory") or 0),
            append_only=bool(int(persistence.get("aof_enabled", 0))),
            writes_ok=_writes_ok(persistence),
        )


def _writes_ok(persistence: Mapping[str, Any]) -> bool:
    told = ("aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status")
    return all(persistence.get(name, "ok") == "ok" for name in told)


def _source(state: SourceState, first: datetime, silent: bool, now: datetime) -> SourceSurvey:
    return SourceSurvey(
        success_age=(now - (state.last_success or first)).total_seconds(),
        new_age=(now - (state.last_new or first)).total_seconds(),
        failures=state.failures,
        silent=silent,
    )


def _age(at_ms: float, now: datetime) -> float:
    """Seconds since a time; 0 for one that lies ahead."""
    return max(0.0, (to_ms(now) - at_ms) / 1000)


def _delays(stored: Mapping[str, str]) -> dict[str, DelayCounts]:
    classes: dict[str, dict[float, int]] = defaultdict(dict)
    sums: dict[str, float] = {}
    for name, value in stored.items():
        kind, _, bound = name.partition(":")
        if bound == "ms":
            sums[kind] = int(value) / 1000
        else:
            classes[kind][float(bound)] = int(value)
    return {kind: DelayCounts(found, sums.get(kind, 0.0)) for kind, found in classes.items()}
