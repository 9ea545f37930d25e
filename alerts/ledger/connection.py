"""The connection to Redis/Valkey: the only module that imports redis.

Scripts are loaded from ``lua/`` and called by digest. Every failure to reach the server
becomes :class:`LedgerUnavailable`, whose text never holds the URL's password.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import orjson
from redis.asyncio import Redis
from redis.asyncio.sentinel import Sentinel
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ReadOnlyError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from alerts.core.errors import LedgerUnavailable
from alerts.core.sentinel import SentinelUrl, is_sentinel, read_sentinel_url

SOCKET_TIMEOUT = 10.0
"""Seconds that one command may take before the ledger counts as away."""

SENTINEL_TIMEOUT = 2.0
"""Seconds that a sentinel may take to say where the primary is, before the next one is asked."""

_OPTIONS: dict[str, Any] = {
    "decode_responses": True,
    "socket_timeout": SOCKET_TIMEOUT,
    "socket_connect_timeout": SOCKET_TIMEOUT,
}

Argument = str | int | float | bytes
Call = tuple[str, Sequence[str], Sequence[Argument]]
"""A script's name, its keys, its arguments."""


def to_ms(at: datetime) -> int:
    """Aware time to milliseconds of Unix time."""
    return round(at.timestamp() * 1000)


def from_ms(value: str | bytes | int) -> datetime:
    """Milliseconds of Unix time to aware UTC."""
    return datetime.fromtimestamp(int(value) / 1000, UTC)


@cache
def _script(name: str) -> tuple[str, str]:
    folder = files("alerts.ledger") / "lua"
    source = "".join(
        (folder / f"{part}.lua").read_text() for part in ("wake", "window", "mark", "delivery", name)
    )
    return source, hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()


def hide_password(url: str) -> str:
    """The URL as it may be shown: host and database, no credentials."""
    if is_sentinel(url):
        return read_sentinel_url(url).shown
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"


def _by_sentinel(url: SentinelUrl) -> tuple[Sentinel, Redis]:
    """A client that asks the sentinels for the primary whenever it connects anew."""
    tls: dict[str, Any] = {} if url.tls is None else {"ssl": True, **url.tls}
    asking = {
        "socket_timeout": SENTINEL_TIMEOUT,
        "socket_connect_timeout": SENTINEL_TIMEOUT,
        "retry": None,  # the next sentinel is asked at once
    }
    # redis-py's Sentinel says no types.
    sentinel = Sentinel(url.nodes, sentinel_kwargs={**asking, **url.own, **tls})  # type: ignore[no-untyped-call]  # the library has no types there
    primary = sentinel.master_for(
        url.master, db=url.database, username=url.username, password=url.password, **tls, **_OPTIONS
    )
    return sentinel, primary


class Connection:
    """One process's way to the ledger's server; commands and scripts, text in and out.

    Calls made in one turn of the event loop travel together, in the order in which they were
    made: thirty polls that end at once cost one round trip and one sync to disk, not thirty.
    """

    def __init__(self, url: str) -> None:
        self.shown = hide_password(url)
        self._sentinel: Sentinel | None = None
        if is_sentinel(url):
            self._sentinel, self._redis = _by_sentinel(read_sentinel_url(url))
        else:
            self._redis = Redis.from_url(url, **_OPTIONS)
        self._waiting: list[tuple[Sequence[Argument], asyncio.Future[Any]]] = []
        self._travelling: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Close every socket of the pool, and those to the sentinels."""
        await self._redis.aclose()
        if self._sentinel is not None:
            await self._sentinel.aclose()

    async def do(self, *command: Argument) -> Any:
        """Run one command."""
        try:
            return await self._call(command)
        except RedisError as error:
            raise self._unavailable(error) from error

    async def pairs(self, *command: Argument) -> dict[str, str]:
        """Run a command that answers with fields and values (a dict or flat, by protocol)."""
        return as_dict(await self.do(*command))

    async def do_all(self, commands: Sequence[Sequence[Argument]]) -> list[Any]:
        """Run commands in order in one round trip (not a transaction: only for reads)."""
        return list(await asyncio.gather(*(self.do(*command) for command in commands)))

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[Argument]) -> Any:
        """Run one script: the only way in which state changes."""
        source, digest = _script(script)
        try:
            try:
                return await self._call(("EVALSHA", digest, len(keys), *keys, *arguments))
            except NoScriptError:
                return await self._call(("EVAL", source, len(keys), *keys, *arguments))
        except RedisError as error:
            raise self._unavailable(error) from error

    async def run_all(self, calls: Sequence[Call]) -> list[Any]:
        """Run scripts in order in one round trip; each is atomic by itself."""
        return list(await asyncio.gather(*(self.run(*call) for call in calls)))

    async def wait_pop(self, key: str, seconds: float) -> bool:
        """Wait for something to be pushed to a list, on a connection of its own; whether it was."""
        try:
            return await self._redis.blpop([key], timeout=seconds) is not None
        except RedisError as error:
            raise self._unavailable(error) from error

    def _call(self, command: Sequence[Argument]) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((command, answer))
        if len(self._waiting) == 1:
            loop.call_soon(self._set_off)
        return answer

    def _set_off(self) -> None:
        batch, self._waiting = self._waiting, []
        task = asyncio.get_running_loop().create_task(self._travel(batch))
        self._travelling.add(task)
        task.add_done_callback(self._travelling.discard)

    async def _travel(self, batch: Sequence[tuple[Sequence[Argument], asyncio.Future[Any]]]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for command, _ in batch:
            pipeline.execute_command(*command)
        try:
            answers = await pipeline.execute(raise_on_error=False)
        except (RedisError, OSError, asyncio.CancelledError) as error:
            answers = [error] * len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():
                continue  # whoever asked was cancelled
            if isinstance(answer, asyncio.CancelledError):
                future.cancel()
            elif isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def _unavailable(self, error: RedisError) -> LedgerUnavailable:
        if isinstance(error, RedisConnectionError | RedisTimeoutError):
            remedy = "Start the server or mend EXPORTWATCH_REDIS_URL; work resumes by itself"
        elif isinstance(error, ReadOnlyError):
            remedy = "EXPORTWATCH_REDIS_URL must name the primary, or its sentinels"
        else:
            remedy = "See the server's log; maxmemory-policy must be noeviction"
        return LedgerUnavailable(f"ledger at {self.shown}: {type(error).__name__}: {error}", remedy=remedy)


def dump(value: Any) -> str:
    """JSON for a script's argument: compact, and text as it is."""
    return orjson.dumps(value).decode()


def as_dict(flat: dict[str, str] | list[str]) -> dict[str, str]:
    """A raw HGETALL: a dict under RESP3, a flat list under RESP2."""
    return flat if isinstance(flat, dict) else dict(zip(flat[::2], flat[1::2], strict=True))


def score_of(head: Sequence[object]) -> float | None:
    """The score of a raw ZRANGE ... WITHSCORES of one: pairs under RESP3, flat under RESP2."""
    if not head:
        return None
    first = head[0]
    return float(first[1]) if isinstance(first, list | tuple) else float(str(head[1]))
