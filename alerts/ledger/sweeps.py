"""The sweep lane's part of the ledger: silent sources, and alerts about the service itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts.core.alert import Alert
from alerts.core.correlation import Window
from alerts.core.delivery import Delivery
from alerts.core.silence import Silences
from alerts.ledger import keys
from alerts.ledger.connection import Connection, as_dict, dump, to_ms
from alerts.ledger.deliveries import read_delivery
from alerts.ledger.digests import delivery_row
from alerts.ledger.polls import HINT_MS, read_source_states
from alerts.ledger.silences import read_silences
from alerts.ledger.windows import read_windows, window_row
from alerts.pipeline.ports import SourceState, WindowChange

_LOOKED_AT = 500
"""Events awaiting a decision that are looked at; so many of them count as recent ones."""


class Sweeps:
    """Implements :class:`alerts.pipeline.sweep.SweepLedger`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def source_states(self, ids: Sequence[str]) -> dict[str, SourceState]:
        """Read the states of many sources."""
        return await read_source_states(self._connection, ids)

    async def silent_sources(self) -> dict[str, str]:
        """Return the sources told of as silent, with the alert that told."""
        return await self._connection.pairs("HGETALL", keys.SILENT)

    async def note_silence(self, source_id: str, alert_id: str | None) -> None:
        """Note that a source was told of as silent; None: it has spoken again."""
        if alert_id is None:
            await self._connection.do("HDEL", keys.SILENT, source_id)
        else:
            await self._connection.do("HSET", keys.SILENT, source_id, alert_id)

    async def silences(self) -> Silences:
        """Read every silence that is kept."""
        return await read_silences(self._connection)

    async def windows_at(self, window_keys: Sequence[str]) -> dict[str, Window]:
        """Read correlations' windows; those that nothing was counted in are left out."""
        return await read_windows(self._connection, window_keys)

    async def begin_windows(self, changes: Sequence[WindowChange]) -> bool:
        """Store windows that nothing is told of; False if one has changed since it was read."""
        rows = [window_row(change) for change in changes]
        return bool(await self._connection.run("put_windows", [], [keys.PREFIX, dump(rows)]))

    async def awaiting_since(self, cutoff: datetime) -> bool:
        """Tell whether an event that was seen since ``cutoff`` still awaits its decision."""
        ids = await self._connection.do("ZRANGE", keys.DECIDE_DUE, 0, _LOOKED_AT - 1)
        seen = await self._connection.do("ZMSCORE", keys.EVENTS, *ids) if ids else []
        return len(ids) == _LOOKED_AT or any(
            score is not None and float(score) >= to_ms(cutoff) for score in seen
        )

    async def raise_alert(self, alert: Alert, deliveries: Sequence[Delivery]) -> bool:
        """Store an alert about the service itself, once; returns whether to nudge the deliver lane."""
        return await self._raise(alert, deliveries, []) == 1

    async def tell_silence(self, alert: Alert, deliveries: Sequence[Delivery], change: WindowChange) -> bool:
        """Store a silence's alert with its window; False if that has changed since it was read."""
        return await self._raise(alert, deliveries, [window_row(change)]) >= 0

    async def _raise(self, alert: Alert, deliveries: Sequence[Delivery], windows: list[Any]) -> int:
        at = {"created": alert.at}
        rows = [delivery_row(delivery.model_copy(update=at)) for delivery in deliveries]
        answer = await self._connection.run(
            "raise_alert",
            [keys.ALERTS, keys.DELIVER_TARGETS, keys.deliveries("due"), keys.hint("deliver"), keys.COUNTS],
            [
                keys.PREFIX,
                to_ms(alert.at),
                HINT_MS,
                alert.id,
                alert.model_dump_json(),
                dump(rows),
                dump(windows),
            ],
        )
        return int(answer)

    async def dead_since(self, cutoff: datetime) -> list[Delivery]:
        """Return the deliveries given up since ``cutoff``, oldest first, at most 500."""
        index = keys.deliveries("dead")
        ids = await self._connection.do("ZRANGEBYSCORE", index, to_ms(cutoff), "+inf", "LIMIT", 0, 500)
        stored = await self._connection.do_all([("HGETALL", keys.delivery(name)) for name in ids])
        return [read_delivery(name, as_dict(raw)) for name, raw in zip(ids, stored, strict=True) if raw]

    async def expire(self, cutoff: datetime, source_ids: Sequence[str], limit: int = 500) -> int:
        """Forget what is older than ``cutoff``, at most ``limit`` of each; returns how many."""
        gone = await self._connection.run(
            "expire",
            [
                keys.EVENTS,
                keys.DECIDE_DUE,
                keys.ALERTS,
                keys.deliveries("delivered"),
                keys.deliveries("dead"),
                keys.deliveries("due"),
                keys.deliveries("cancelled"),
            ],
            [keys.PREFIX, to_ms(cutoff), limit, *source_ids],
        )
        return int(gone)
