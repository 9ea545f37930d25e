"""A service of several sources and receivers beside a Prometheus, and the faults that befall it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from aiohttp import web

from alerts.demo.hooks import Call, HookSink, make_secret
from alerts.demo.origin import FeedOrigin, Item
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules, write_yaml
from tests.support.own_server import OwnServer
from tests.support.processes import service_processes
from tests.support.prometheus import Prometheus, free_port, prometheus
from tests.support.world import Service, service

WORDS = {"desk": "zorvex", "erp": "brindolin", "gone": "quastrel"}
"""Receiver to the word that sends an item to it."""

SOURCES = ("daily", "weekly", "moody")
MOST_SILENCE = "15s"
NEWS_EVERY = 3.0
"""Seconds between two items of a source that speaks."""


class MoodyOrigin(FeedOrigin):
    """Feeds, of which those in ``broken`` are answered with 500."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[str] = set()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["name"] in self.broken:
            return web.Response(status=500, text="out of sorts")
        return await super()._serve(request)


@dataclass
class Ills:
    """What receivers suffer from: ``refusing`` says 410; ``failing`` says 500 first and then hangs."""

    refusing: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    mended: asyncio.Event = field(default_factory=asyncio.Event)


class MoodySink(HookSink):
    """Receivers that fail as they are told."""

    def __init__(self, secret: str) -> None:
        super().__init__(secret)
        self.ills = Ills()
        self._failed: set[str] = set()

    async def answer(self, call: Call, request: web.Request) -> web.StreamResponse:
        name = call.path.strip("/")
        if name in self.ills.refusing:
            return web.Response(status=410)
        if name in self.ills.failing and call.id not in self._failed:
            self._failed.add(call.id)
            return web.Response(status=500)
        if name in self.ills.failing:
            await self.ills.mended.wait()
        return await super().answer(call, request)


@dataclass(slots=True)
class Scene:
    """The service, what it reads and reaches, its ledger's server, and Prometheus."""

    folder: Path
    origin: MoodyOrigin
    hooks: MoodySink
    server: OwnServer
    running: Service
    prom: Prometheus
    speaking: set[str] = field(default_factory=lambda: set(SOURCES))
    """Sources that bring something new every few seconds, as long as the scene lasts."""
    items: int = 0
    edits: int = 0

    @property
    def rules(self) -> Path:
        return self.folder / "rules"

    def publish(self, source: str, receiver: str = "desk") -> None:
        """Publish one item, a story of its own, which is told to a receiver."""
        self.items += 1
        words = f"{WORDS[receiver]} bulletin {self.items} of station {self.items * 7919}"
        self.origin.publish(source, Item(f"i-{self.items}", words, words, f"https://a.example/{self.items}"))

    def write_rules(self) -> None:
        """Write good rules; each time a new version."""
        self.edits += 1
        sources = [
            feed_source(name, self.origin.url(name))
            | ({"max_staleness": MOST_SILENCE} if name == "weekly" else {})
            for name in SOURCES
        ]
        write_rules(
            self.rules,
            sources=sources,
            receivers=[
                hook_receiver(name, self.hooks.url(name), self.hooks.secret, timeout="15s") for name in WORDS
            ],
            route={
                "receiver": "desk",
                "routes": [{"receiver": name, "matchers": [f'team="{name}"']} for name in ("erp", "gone")],
            },
            rules=[
                word_rule(f"{name}-word", word, team=name, description=f"Edit {self.edits}.")
                for name, word in WORDS.items()
            ],
        )

    def spoil_rules(self) -> None:
        write_yaml(self.rules / "watch" / "test.yaml", {"rules": [{"id": "broken", "detektion": {}}]})

    def empty_rules(self) -> None:
        """What a wrong mount looks like: files that load and say nothing."""
        write_rules(
            self.rules,
            sources=[],
            receivers=[hook_receiver("desk", self.hooks.url("desk"), self.hooks.secret)],
            route={"receiver": "desk"},
            rules=[],
        )

    async def command(self, *arguments: str) -> None:
        """Run a command as an operator would."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "alerts", *arguments, env=self.running.child.environment()
        )
        assert await process.wait() == 0, arguments

    async def configure(self, name: str, value: str | int) -> None:
        """Change a setting of the ledger's server while it runs."""
        await self.running.ledger._connection.do("CONFIG", "SET", name, value)

    @contextmanager
    def stopped(self, word: str) -> Iterator[None]:
        """Stop every process of the service whose command line holds a word, as SIGSTOP does."""
        found = [each for each in service_processes(self.running.child.data) if word in each.cmdline()]
        assert found, word
        for process in found:
            process.suspend()
        try:
            yield
        finally:
            for process in found:
                process.resume()

    @contextmanager
    def disk_full(self) -> Iterator[None]:
        """Let every file of the ledger's server be as long as it is, and no longer."""
        process = psutil.Process(self.server.pid)
        before = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (1, before[1]))
        try:
            yield
        finally:
            process.rlimit(psutil.RLIMIT_FSIZE, before)

    @contextmanager
    def up_stopped(self) -> Iterator[None]:
        """Stop ``up`` alone, and with it the web endpoint."""
        process = self.running.child.process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process.pid, signal.SIGCONT)


async def _live(here: Scene) -> None:
    while True:
        for source in sorted(here.speaking):
            here.publish(source)
        await asyncio.sleep(NEWS_EVERY)


@asynccontextmanager
async def scene(folder: Path, alert_rules: str) -> AsyncIterator[Scene]:
    """Run it all; no process of it is left at the end."""
    (folder / "server").mkdir()
    server = OwnServer(folder / "server", "everysec")
    server.start()
    web_bind = f"127.0.0.1:{free_port()}"
    try:
        async with MoodyOrigin() as origin, MoodySink(make_secret()) as hooks:
            for name in SOURCES:
                origin.add(name, name)
            rules = folder / "rules"
            draft = Scene(folder, origin, hooks, server, None, None)  # type: ignore[arg-type]  # filled below
            draft.write_rules()
            async with (
                service(folder, rules, redis_url=server.url, web_bind=web_bind) as running,
                prometheus(folder / "prometheus", web_bind, alert_rules) as prom,
            ):
                draft.running, draft.prom = running, prom
                life = asyncio.create_task(_live(draft))
                yield draft
                life.cancel()
    finally:
        server.stop()
