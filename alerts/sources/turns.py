"""Turns: one request at a time a host, spaced, so that no publisher is pressed.

Data: a lock a ``(host, port)``, with the moment from which the next request may go out.
Turns hold within one process; between processes the ledger's lease keeps a source, not a
host, to one worker.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from yarl import URL

from alerts.guard.addresses import Network

_KEPT = 512


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    free_at: float = 0.0


class Turns:
    """Gives each host's turns in order. ``own`` networks are not spaced: they are the operator's."""

    def __init__(self, spacing: float, own: Iterable[Network]) -> None:
        self._spacing = spacing
        self._own = tuple(own)
        self._hosts: dict[tuple[str | None, int | None], _Host] = {}

    @asynccontextmanager
    async def take(self, url: URL, patience: float) -> AsyncIterator[None]:
        """Wait for the turn, then hold it. Raises ``TimeoutError`` after ``patience`` seconds."""
        host = self._hosts.setdefault((url.host, url.port), _Host())
        host.users += 1
        try:
            async with asyncio.timeout(patience):
                await host.lock.acquire()
            try:
                await asyncio.sleep(max(0.0, host.free_at - time.monotonic()))
                yield
            finally:
                host.free_at = time.monotonic() + self._gap(url)
                host.lock.release()
        finally:
            host.users -= 1
            if len(self._hosts) > _KEPT:
                self._forget_idle()

    def _gap(self, url: URL) -> float:
        try:
            address = ip_address(url.host or "")
        except ValueError:
            return self._spacing
        return 0.0 if any(address in network for network in self._own) else self._spacing

    def _forget_idle(self) -> None:
        now = time.monotonic()
        for key in [key for key, host in self._hosts.items() if not host.users and host.free_at < now]:
            del self._hosts[key]
