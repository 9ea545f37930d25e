"""A lane run's part of the ledger: its beginning, its end, and its wait for more to do."""

from __future__ import annotations

from datetime import datetime

from alerts.ledger import keys
from alerts.ledger.connection import Connection, to_ms

_SPARE_MS = 500
"""How much longer than its wait a waiting run counts as waiting; a killed one no longer."""


class Runs:
    """Keeps track of the runs of lanes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begin(self, lane: str) -> None:
        """From now on a "look now" is wanted again: a run that looks has begun."""
        await self._connection.do("DEL", keys.hint(lane))

    async def end(self, lane: str, now: datetime) -> None:
        """Note that a run of the lane came to its end: progress, not mere life."""
        await self._connection.do("HSET", keys.PROGRESS, lane, to_ms(now))

    async def wait(self, lane: str, seconds: float) -> bool:
        """Wait for work to be made for the lane; whether it was. May wake for nothing."""
        mark = keys.waiting(lane)
        await self._connection.do("SET", mark, "1", "PX", round(seconds * 1000) + _SPARE_MS)
        try:
            return await self._connection.wait_pop(keys.wake(lane), seconds)
        finally:
            await self._connection.do("DEL", mark)
