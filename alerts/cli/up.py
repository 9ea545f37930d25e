"""``up``: everything on one machine, in one process tree, ended by one Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from alerts.core.errors import ExportwatchError, LedgerUnavailable
from alerts.ledger.embedded import EmbeddedServer, end_with_parent, find_binary
from alerts.ledger.ledger import Ledger
from alerts.observe.logs import get_log, set_up_logs
from alerts.observe.tracing import check_otel
from alerts.settings import Settings, read_settings
from alerts.web.app import serve
from alerts.wiring import embedded, ledger_url, publish_folder

PROCESSES = {
    "poll": ["worker", "--lane", "poll"],
    "decide": ["worker", "--lane", "decide", "--lane", "sweep"],
    "deliver": ["worker", "--lane", "deliver", "--concurrency", "2"],
    "beat": ["beat"],
}
GRACE = 6.0
"""Seconds that a child has to end after SIGTERM; what it leaves falls due again."""

RESTART_PAUSE = 0.5
"""Seconds between a child's death and its successor, so that a crash loop does not spin."""

START_TRIES = 10
"""How often a step of the start is tried while our own server dies under it."""

T = TypeVar("T")


@click.command()
def up() -> None:
    """Run it all: embedded server, workers, beat, health endpoint.

    SIGHUP puts edited rules in force at once; a changed file is seen within seconds anyway.
    """
    settings = read_settings()
    check_otel(settings.otlp_endpoint)
    set_up_logs(settings.log_format, settings.log_level)
    asyncio.run(_Tree(settings).run())


class _Tree:
    """The process tree; a child that dies is started again until the tree is told to end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._log = get_log("up")
        self._ending = asyncio.Event()
        self._hung_up = asyncio.Event()
        self._terminal = sys.stdin is not None and sys.stdin.isatty()
        self._children: dict[str, asyncio.subprocess.Process] = {}

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self._ending.set)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        with _only_one(self._settings.data_dir):
            async with self._server(), _opened(self._settings) as ledger:
                await self._insist(lambda: self._first_rules(ledger))
                async with serve(self._settings.web_bind, ledger) as address:
                    self._log.info("web", address=address)
                    reloader = asyncio.create_task(self._reload_when_asked(ledger))
                    try:
                        await self._keep_children()
                    finally:
                        reloader.cancel()
        self._log.info("ended")

    def _hang_up(self) -> None:
        """SIGHUP: reload, or end where it says that the terminal was closed."""
        gone = self._terminal and not os.isatty(0)
        (self._ending if gone else self._hung_up).set()

    async def _reload_when_asked(self, ledger: Ledger) -> None:
        while True:
            await self._hung_up.wait()
            self._hung_up.clear()
            self._log.info("SIGHUP: looking at the rules folder now")
            try:
                await publish_folder(self._settings, ledger)
            except LedgerUnavailable as error:
                self._log.error("not reloaded, the sweep lane will", error=str(error))

    @contextlib.asynccontextmanager
    async def _server(self) -> AsyncIterator[None]:
        if self._settings.redis_url.get_secret_value():
            yield
            return
        find_binary()  # where there is none, trying again cannot help
        server = embedded(self._settings)
        self._log.info("embedded server", how=await self._insist(server.start), socket=str(server.socket))
        keeper = asyncio.create_task(self._keep("server", lambda: self._revive(server)))
        try:
            yield
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            await server.stop()

    async def _revive(self, server: EmbeddedServer) -> None:
        await server.ended()
        if not self._ending.is_set():
            self._log.error("embedded server ended, starting it again")
            await server.start()

    async def _insist(self, step: Callable[[], Awaitable[T]]) -> T:
        """Take a step of the start; again, where our own server was killed under it."""
        own = not self._settings.redis_url.get_secret_value()
        for left in reversed(range(START_TRIES if own else 1)):
            try:
                return await step()
            except LedgerUnavailable as error:
                if not left or self._ending.is_set():
                    raise
                self._log.error("start disturbed, trying again", error=str(error))
                await asyncio.sleep(RESTART_PAUSE)
        raise AssertionError("unreachable")

    async def _first_rules(self, ledger: Ledger) -> None:
        problem = await publish_folder(self._settings, ledger)
        if problem and await ledger.rulebooks.version() is None:
            raise ExportwatchError(
                f"the rules in {self._settings.rules_dir} do not load:\n{problem}",
                remedy="Mend them (`exportwatch check`) and start again",
            )

    async def _keep_children(self) -> None:
        keepers = [asyncio.create_task(self._keep(name, partial(self._child, name))) for name in PROCESSES]
        await self._ending.wait()
        self._log.info("ending")
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await asyncio.gather(*(_end(child) for child in self._children.values()))

    async def _keep(self, name: str, live: Callable[[], Awaitable[None]]) -> None:
        """Let something live again and again, until the tree ends."""
        while not self._ending.is_set():
            try:
                await live()
            except (LedgerUnavailable, OSError) as error:
                self._log.error("start failed, trying again", child=name, error=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), RESTART_PAUSE)

    async def _child(self, name: str) -> None:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "alerts",
            *PROCESSES[name],
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        self._children[name] = child
        self._log.info("started", child=name, pid=child.pid)
        code = await child.wait()
        self._log.error("child ended, starting it again", child=name, code=code)


async def _end(child: asyncio.subprocess.Process) -> None:
    """End a child and its pool: politely, then for good; a pool may outlive its child."""
    if child.returncode is None:
        child.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), GRACE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    await child.wait()


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Ledger]:
    ledger = Ledger(ledger_url(settings))
    try:
        yield ledger
    finally:
        await ledger.close()


@contextlib.contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder: two trees on one folder would both restart its server."""
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = os.open(data_dir / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportwatchError(
                f"another `exportwatch up` runs on {data_dir}",
                remedy="End it, or give this one its own EXPORTWATCH_DATA_DIR",
            ) from None
        yield
    finally:
        os.close(lock)
