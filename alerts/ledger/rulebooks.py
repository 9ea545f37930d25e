"""The rule book that is in force: the last set of files that loaded, and what failed since.

The files themselves are kept, so that every worker runs the same version and a restart
with a broken folder still has the last good one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from alerts.core.rulebook import RuleBook
from alerts.ledger import keys
from alerts.ledger.connection import Connection, dump, to_ms


class RuleBooks:
    """Stores and reads the rule book's files."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def version(self) -> str | None:
        """Return the version in force; None before the first."""
        found = await self._connection.do("HGET", keys.RULEBOOK, "version")
        return str(found) if found else None

    async def files(self) -> dict[str, str] | None:
        """Return the files in force."""
        raw = await self._connection.do("HGET", keys.RULEBOOK, "files")
        return dict(json.loads(raw)) if raw else None

    async def put(self, book: RuleBook, files: Mapping[str, str], now: datetime) -> None:
        """Put a set that has loaded in force, and forget the last failure."""
        fields: dict[str, str | int] = {
            "version": book.version,
            "files": dump(dict(files)),
            "rules": len(book.rules),
            "receivers": dump(sorted(book.receivers)),
            "at": to_ms(now),
            "problem": "",
        }
        await self._connection.do("HSET", keys.RULEBOOK, *(part for pair in fields.items() for part in pair))

    async def problem(self) -> str:
        """Return what was wrong with the newest files; empty if they are in force."""
        return str(await self._connection.do("HGET", keys.RULEBOOK, "problem") or "")

    async def reject(self, problem: str) -> None:
        """Note what is wrong with the newest files; the last good set stays."""
        await self._connection.do("HSET", keys.RULEBOOK, "problem", problem)
