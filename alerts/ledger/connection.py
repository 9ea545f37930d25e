"""The connection to Redis/Valkey: the only module that imports redis.

Scripts are loaded from ``lua/`` and called by digest. Every failure to reach the server
becomes :class:`LedgerUnavailable`, whose text never holds the URL's password.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, cast
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ReadOnlyError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from alerts.core.errors import LedgerUnavailable

SOCKET_TIMEOUT = 10.0
"""Seconds that one command may take before the ledger counts as away."""

type_of_call = tuple[str, Sequence[str], Sequence[str | int | bytes]]


def to_ms(at: datetime) -> int:
    """Aware time to milliseconds of Unix time."""
    return round(at.timestamp() * 1000)


def from_ms(value: str | bytes | int) -> datetime:
    """Milliseconds of Unix time to aware UTC."""
    return datetime.fromtimestamp(int(value) / 1000, UTC)


@cache
def _script(name: str) -> tuple[str, str]:
    source = files("alerts.ledger").joinpath(f"lua/{name}.lua").read_text()
    return source, hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()


def hide_password(url: str) -> str:
    """The URL as it may be shown: host and database, no credentials."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"


class Connection:
    """One process's way to the ledger's server; commands and scripts, text in and out."""

    def __init__(self, url: str) -> None:
        self.shown = hide_password(url)
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=SOCKET_TIMEOUT, socket_connect_timeout=SOCKET_TIMEOUT
        )
        self._execute = cast("Callable[..., Awaitable[Any]]", self._redis.execute_command)

    async def close(self) -> None:
        """Close every socket of the pool."""
        await self._redis.aclose()

    async def do(self, *command: str | int | bytes) -> Any:
        """Run one command."""
        try:
            return await self._execute(*command)
        except RedisError as error:
            raise self._unavailable(error) from error

    async def pairs(self, *command: str | int | bytes) -> dict[str, str]:
        """Run a command that answers with fields and values (a dict or flat, by protocol)."""
        return as_dict(await self.do(*command))

    async def do_all(self, commands: Sequence[Sequence[str | int | bytes]]) -> list[Any]:
        """Run commands in one round trip (not a transaction: only for reads)."""
        if not commands:
            return []
        pipeline = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        try:
            return await pipeline.execute()
        except RedisError as error:
            raise self._unavailable(error) from error

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | int | bytes]) -> Any:
        """Run one script: the only way in which state changes."""
        return (await self.run_all([(script, keys, arguments)]))[0]

    async def run_all(self, calls: Sequence[type_of_call]) -> list[Any]:
        """Run scripts in order in one round trip; each is atomic by itself."""
        try:
            try:
                return await self._evalsha(calls)
            except NoScriptError:
                for name in {name for name, _, _ in calls}:
                    await self._redis.script_load(_script(name)[0])
                return await self._evalsha(calls)
        except RedisError as error:
            raise self._unavailable(error) from error

    async def _evalsha(self, calls: Sequence[type_of_call]) -> list[Any]:
        if len(calls) == 1:
            name, keys, arguments = calls[0]
            return [await self._execute("EVALSHA", _script(name)[1], len(keys), *keys, *arguments)]
        pipeline = self._redis.pipeline(transaction=False)
        for name, keys, arguments in calls:
            pipeline.execute_command("EVALSHA", _script(name)[1], len(keys), *keys, *arguments)
        return await pipeline.execute()

    def _unavailable(self, error: RedisError) -> LedgerUnavailable:
        if isinstance(error, RedisConnectionError | RedisTimeoutError):
            remedy = "Start the server or mend EXPORTWATCH_REDIS_URL; work resumes by itself"
        elif isinstance(error, ReadOnlyError):
            remedy = "EXPORTWATCH_REDIS_URL must name the primary"
        else:
            remedy = "See the server's log; maxmemory-policy must be noeviction"
        return LedgerUnavailable(f"ledger at {self.shown}: {type(error).__name__}: {error}", remedy=remedy)


def dump(value: Any) -> str:
    """JSON for a script's argument: compact, and text as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def as_dict(flat: dict[str, str] | list[str]) -> dict[str, str]:
    """A raw HGETALL: a dict under RESP3, a flat list under RESP2."""
    return flat if isinstance(flat, dict) else dict(zip(flat[::2], flat[1::2], strict=True))
