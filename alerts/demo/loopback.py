"""One HTTP server on a loopback port of the system's choosing.

Invariant: the port stays the same over ``stop`` and ``start``, so that a test can take a
server away and bring it back at the same address.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from aiohttp import web

LOOPBACK = "127.0.0.1"


class LoopbackServer:
    """An aiohttp application on loopback; subclasses add their routes to ``app``."""

    def __init__(self, host: str = LOOPBACK) -> None:
        self.host = host
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        """The server's address, e.g. ``http://127.0.0.1:40001``; known once started."""
        if not self.port:
            raise RuntimeError(f"{type(self).__name__} has no address before it is started")
        return f"http://{self.host}:{self.port}"

    def application(self) -> web.Application:
        """Build the application: subclasses add their routes here."""
        return web.Application()

    async def start(self) -> Self:
        """Listen; on the first start the system chooses the port."""
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, self.host, self.port, backlog=1024, reuse_address=True)
        await site.start()
        self.port = runner.addresses[0][1]
        self._runner = runner
        return self

    async def stop(self) -> None:
        """Close the socket and every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
