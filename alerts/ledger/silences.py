"""Silences as they are stored: all in one hash with a version that rises with every change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from alerts.core.silence import Silence, Silences
from alerts.ledger import keys
from alerts.ledger.connection import Connection, to_ms

MOST = 1000
"""Silences that are kept; each is asked for every match."""


class SilenceStore:
    """Adds, lists and ends silences."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def read(self) -> Silences:
        """Return every silence that is kept, with the version of them all."""
        return await read_silences(self._connection)

    async def put(self, silence: Silence) -> bool:
        """Store a silence; False where there are too many of them."""
        row = (silence.id, silence.model_dump_json(), MOST, to_ms(silence.ends))
        return bool(await self._connection.run("put_silence", [keys.SILENCES], row))

    async def expire(self, silence_id: str, now: datetime) -> Silence | None:
        """End a silence; returns it as it is then, None where there is none. One that is over stays as it was."""
        raw = await self._connection.do("HGET", keys.SILENCES, silence_id)
        if not raw:
            return None
        silence = Silence.model_validate_json(raw)
        if silence.ends > now:
            silence = silence.model_copy(update={"ends": now, "begins": min(silence.begins, now)})
            await self.put(silence)
        return silence


async def read_silences(connection: Connection) -> Silences:
    """Read all silences in one go."""
    stored = await connection.pairs("HGETALL", keys.SILENCES)
    return Silences(_each(stored), int(stored.get("version", 0)))


def _each(stored: Mapping[str, str]) -> tuple[Silence, ...]:
    found = [Silence.model_validate_json(raw) for name, raw in stored.items() if name != "version"]
    return tuple(sorted(found, key=lambda silence: (silence.ends, silence.id)))
