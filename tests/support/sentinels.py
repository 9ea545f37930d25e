"""A primary, its replica, and a sentinel that watches both: real servers on loopback.

The sentinel hears the primary's death within a second and promotes the replica. The servers
want a password; the sentinel wants another one.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from alerts.ledger.embedded import find_binary

PASSWORD = "p@ss:word"
URL_PASSWORD = "p%40ss%3Aword"
OWN_PASSWORD = "sentinels-own"
NAME = "watched"

_SENTINEL = """port {port}
bind 127.0.0.1
dir {folder}
requirepass {own}
sentinel monitor {name} 127.0.0.1 {primary} 1
sentinel auth-pass {name} {password}
sentinel down-after-milliseconds {name} 400
sentinel failover-timeout {name} 2000
"""


def free_port() -> int:
    """Return a port of loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Watched:
    """The three servers; ``fail_over`` kills the primary and returns when another serves."""

    def __init__(self, folder: Path, primary_as: int | None = None) -> None:
        """Lay out under ``folder``; ``primary_as`` is the port at which the sentinel finds the primary."""
        self._folder = folder
        self.primary, self.replica, self.sentinel = free_port(), free_port(), free_port()
        self._primary_as = primary_as or self.primary
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def url(self, scheme: str = "sentinel", port: int | None = None, **options: str) -> str:
        """The ledger's URL; one sentinel that never answers stands first in it."""
        asked = f"127.0.0.1:{free_port()},127.0.0.1:{port or self.sentinel}"
        given = "".join(f"&{name}={value}" for name, value in options.items())
        return f"{scheme}://:{URL_PASSWORD}@{asked}/0?master={NAME}&sentinel_password={OWN_PASSWORD}{given}"

    async def start(self, replicated: bool = True) -> None:
        """Start them, and wait until the sentinel knows the replica."""
        await self._serve(self.primary)
        if replicated:
            await self._serve(self.replica, "--replicaof", f"127.0.0.1 {self.primary}")
            async with self._client(self.primary) as client:
                await _until(lambda: client.execute_command("WAIT", 1, 100), lambda answer: answer == 1)
        await self._watch()
        async with self._client(self.sentinel, OWN_PASSWORD) as client:
            ask: Any = client.execute_command
            wanted = 1 if replicated else 0
            await _until(lambda: ask("SENTINEL", "REPLICAS", NAME), lambda found: len(found) == wanted)

    async def fail_over(self) -> None:
        """Kill the primary; return when the sentinel says that the replica has taken over."""
        async with self._client(self.sentinel, OWN_PASSWORD) as client, client.pubsub() as events:
            await events.subscribe("+switch-master")
            self._processes[self.primary].kill()
            async with asyncio.timeout(30):
                async for message in events.listen():
                    if message["type"] == "message":
                        return

    def stop(self) -> None:
        """Kill what lives."""
        for process in self._processes.values():
            process.kill()
            process.wait()

    async def _serve(self, port: int, *more: str) -> None:
        folder = self._folder / str(port)
        folder.mkdir()
        auth = ["--requirepass", PASSWORD, "--masterauth", PASSWORD, "--repl-diskless-sync-delay", "0"]
        self._run(port, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), *auth, *more)
        async with self._client(port) as client:
            await _until(client.ping, bool)

    async def _watch(self) -> None:
        file = self._folder / "sentinel.conf"
        file.write_text(
            _SENTINEL.format(
                port=self.sentinel,
                folder=self._folder,
                own=OWN_PASSWORD,
                name=NAME,
                primary=self._primary_as,
                password=PASSWORD,
            )
        )
        self._run(self.sentinel, str(file), "--sentinel")
        async with self._client(self.sentinel, OWN_PASSWORD) as client:
            await _until(client.ping, bool)

    def _run(self, port: int, *arguments: str) -> None:
        quiet = subprocess.DEVNULL
        self._processes[port] = subprocess.Popen([find_binary(), *arguments], stdout=quiet, stderr=quiet)

    def _client(self, port: int, password: str = PASSWORD) -> Redis:
        return Redis(host="127.0.0.1", port=port, password=password, decode_responses=True)


async def _until(ask: Any, enough: Any) -> None:
    """Ask until the answer is enough: a server has no way to call when it is ready."""
    async with asyncio.timeout(20):
        while True:
            try:
                if enough(await ask()):
                    return
            except RedisConnectionError:
                pass
            await asyncio.sleep(0.02)
