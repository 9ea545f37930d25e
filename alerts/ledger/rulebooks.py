"""The rule book that is in force: the last set of files that loaded, and what failed since.

The files themselves are kept, so that every worker runs the same version and a restart
with a broken folder still has the last good one. The versions before it are kept too, packed
and a bounded number, so that a decision can be explained by the rules that made it.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import datetime

from alerts.core.rulebook import RuleBook
from alerts.ledger import keys
from alerts.ledger.connection import Connection, dump, to_ms

VERSIONS_KEPT = 50
"""Versions that stay readable; a thousand rules with their tests are about 100 kB packed."""


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
        text = dump(dict(files))
        packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
        await self._connection.run(
            "put_rulebook",
            [keys.RULEBOOK, keys.RULEBOOKS],
            [
                keys.PREFIX,
                book.version,
                text,
                to_ms(now),
                packed,
                VERSIONS_KEPT,
                len(book.rules),
                dump(sorted(book.receivers)),
            ],
        )

    async def files_of(self, version: str) -> dict[str, str] | None:
        """Return the files of a version that was in force; None where they are no longer kept."""
        packed = await self._connection.do("GET", keys.rulebook(version))
        return dict(json.loads(zlib.decompress(base64.b64decode(packed)))) if packed else None

    async def problem(self) -> str:
        """Return what was wrong with the newest files; empty if they are in force."""
        return str(await self._connection.do("HGET", keys.RULEBOOK, "problem") or "")

    async def reject(self, problem: str) -> None:
        """Note what is wrong with the newest files; the last good set stays."""
        await self._connection.do("HSET", keys.RULEBOOK, "problem", problem)
