"""``up`` as a real process tree: comes up, answers, ends at one Ctrl-C, survives what people do to it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import psutil
import pytest

from alerts.demo.child import Child
from alerts.demo.hooks import HookSink, make_secret
from alerts.demo.origin import FeedOrigin, Item
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules, write_yaml
from tests.support.processes import Kind, end_all, kind_of, service_processes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

T = TypeVar("T")

LOOK_EVERY = 0.1
"""Seconds between two looks at another process: it has no way to call us."""

FIVE_MISTAKES = [
    word_rule("first", "zorvex", team="any", severity="enormous"),
    word_rule("second", "zorvex", team="any") | {"detektion": {}},
    word_rule("third", "zorvex", team="any", status="alive"),
    word_rule("fourth", "zorvex", team="any") | {"detection": {"w": {"title": "x"}, "condition": "w and v"}},
    word_rule("fifth", "zorvex", team="any") | {"detection": {"word": {"comodity": "rare_earths"}}},
]


@dataclass(slots=True)
class World:
    """An origin and a receiver here; rules and data in a folder; as many services as a test wants."""

    folder: Path
    origin: FeedOrigin
    hooks: HookSink
    numbers: int = 0

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def rules(self) -> Path:
        return self.folder / "rules"

    def write_rules(self) -> None:
        write_rules(
            self.rules,
            sources=[feed_source("feed", self.origin.url("feed"))],
            receivers=[hook_receiver("desk", self.hooks.url(), self.hooks.secret)],
            route={"receiver": "desk"},
            rules=[word_rule("word", "zorvex", team="any")],
        )

    def spoil_rules(self) -> None:
        write_yaml(self.rules / "watch" / "test.yaml", {"rules": FIVE_MISTAKES})

    def publish(self) -> None:
        """Publish one more item; each title is a story of its own."""
        self.numbers += 1
        words = f"zorvex bulletin number {self.numbers} of station {self.numbers * 7919}"
        link = f"https://a.example/{self.numbers}"
        self.origin.publish("feed", Item(f"item-{self.numbers}", words, f"words {self.numbers}", link))

    def child(self, name: str = "up", **settings: str) -> Child:
        extra = {f"EXPORTWATCH_{key.upper()}": value for key, value in settings.items()}
        return Child(self.rules, self.data, self.folder / f"{name}.log", extra)

    async def told(self, count: int, within: float = 40) -> None:
        await asyncio.wait_for(self.hooks.wait_for(count), within)


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """A world with good rules; no process of it is left at the end."""
    async with FeedOrigin() as origin, HookSink(make_secret()) as hooks:
        origin.add("feed", "Feed")
        made = World(folder, origin, hooks)
        made.write_rules()
        try:
            yield made
        finally:
            end_all(made.data)


def play(folder: Path, scene: Callable[[World], Coroutine[Any, Any, None]]) -> None:
    async def inside() -> None:
        async with world(folder) as made:
            await scene(made)

    asyncio.run(inside())


def log_lines(child: Child) -> list[dict[str, Any]]:
    lines = child.log.read_text("utf-8", "replace").splitlines() if child.log.exists() else []
    return [json.loads(line) for line in lines if line.startswith("{")]


async def until(look: Callable[[], T | None], child: Child, within: float = 40) -> T:
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        await asyncio.sleep(LOOK_EVERY)
    raise AssertionError(f"nothing within {within} s; the log ends:\n{child.log_tail()}")


async def health(child: Child) -> dict[str, Any]:
    """Ask /healthz where the newest start of the service says it listens."""

    def address() -> str | None:
        return next((line["address"] for line in reversed(log_lines(child)) if line["event"] == "web"), None)

    url = await until(address, child)
    async with aiohttp.ClientSession() as session, session.get(f"{url}/healthz") as answer:
        told: dict[str, Any] = await answer.json()
        assert answer.status == (200 if told["ok"] else 503)
        return told


async def healthy(child: Child, within: float = 40) -> None:
    end = time.monotonic() + within
    while True:
        try:
            told = await health(child)
        except aiohttp.ClientConnectorError as error:  # a new start has not yet said where it listens
            told = {"ok": False, "error": str(error)}
        if told["ok"]:
            return
        assert time.monotonic() < end, told
        await asyncio.sleep(LOOK_EVERY)


def test_it_comes_up_answers_and_one_ctrl_c_ends_all_of_it(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        child = here.child()
        begin = time.monotonic()
        await child.start()
        here.publish()
        await here.told(1)
        first = time.monotonic() - begin
        await healthy(child)
        assert child.process is not None
        tree = [child.process.pid, *(each.pid for each in service_processes(here.data))]
        assert {Kind.UP, Kind.WORKER, Kind.POOL, Kind.BEAT, Kind.SERVER} <= {
            kind_of(each) for each in service_processes(here.data)
        }
        begin = time.monotonic()
        assert await child.stop(grace=20) == 0
        took = time.monotonic() - begin
        print(f"first notice {first:.1f} s after start; ended {took:.1f} s after Ctrl-C")
        assert took < 10
        left = [pid for pid in tree if psutil.pid_exists(pid)]
        assert service_processes(here.data) == []
        assert left == []
        assert list(here.data.rglob("*.sock")) == []

    play(tmp_path, scene)


def test_ctrl_c_in_the_middle_of_the_start_ends_all_of_it_too(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        child = here.child()
        await child.start()
        await until(lambda: [line for line in log_lines(child) if line["event"] == "started"], child)
        assert await child.stop(grace=20) == 0
        assert service_processes(here.data) == []

    play(tmp_path, scene)


def test_a_second_up_on_the_same_data_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        first, second = here.child("first"), here.child("second")
        await first.start()
        await health(first)
        await second.start()
        assert second.process is not None
        assert await asyncio.wait_for(second.process.wait(), 20) == 1
        told = second.log_tail()
        assert f"another `exportwatch up` runs on {here.data}" in told
        assert "EXPORTWATCH_DATA_DIR" in told
        assert "Traceback" not in told
        here.publish()
        await here.told(1)
        assert await first.stop(grace=20) == 0

    play(tmp_path, scene)


def test_an_address_in_use_is_a_clear_error(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        taken = f"127.0.0.1:{here.origin.port}"
        child = here.child(web_bind=taken)
        await child.start()
        assert child.process is not None
        assert await asyncio.wait_for(child.process.wait(), 20) == 1
        told = child.log_tail()
        assert taken in told
        assert "EXPORTWATCH_WEB_BIND" in told
        assert "Traceback" not in told
        assert service_processes(here.data) == []

    play(tmp_path, scene)


def test_broken_rules_and_no_last_good_set_end_it_with_every_problem(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        here.spoil_rules()
        child = here.child()
        await child.start()
        assert child.process is not None
        assert await asyncio.wait_for(child.process.wait(), 20) == 1
        told = child.log_tail(60)
        for word in ("enormous", "detektion", "alive", "comodity", "exportwatch check"):
            assert word in told
        assert "watch/test.yaml:" in told
        assert service_processes(here.data) == []

    play(tmp_path, scene)


def test_five_mistakes_while_it_runs_leave_the_last_good_set_running(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        child = here.child()
        await child.start()
        here.publish()
        await here.told(1)
        await healthy(child)
        here.spoil_rules()

        async def rejected() -> str:
            end = time.monotonic() + 30
            while time.monotonic() < end:
                told = await health(child)
                found = [fault for fault in told["faults"] if "rejected" in fault]
                if found:
                    assert all(
                        w in told["status"]["rules_problem"] for w in ("enormous", "detektion", "alive")
                    )
                    return str(found[0])
                await asyncio.sleep(LOOK_EVERY)
            raise AssertionError("the mistakes were not told within 30 s")

        assert "watch/test.yaml:" in await rejected()
        here.publish()
        await here.told(2)
        assert await child.stop(grace=20) == 0
        await child.start()  # a restart with the broken folder: the last good set is in the ledger
        here.publish()
        await here.told(3)
        here.write_rules()
        await healthy(child, within=30)
        assert await child.stop(grace=20) == 0

    play(tmp_path, scene)


def test_a_kill_of_up_ends_its_children_and_a_new_one_goes_on(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        child = here.child()
        await child.start()
        here.publish()
        await here.told(1)
        await child.kill()
        gone = time.monotonic()
        again = here.child("again")
        await again.start()
        assert again.process is not None
        ours = again.process.pid
        here.publish()
        await here.told(2)
        assert len({call.id for call in here.hooks.calls}) == 2

        def old_ones() -> list[psutil.Process]:
            """Processes of the service that are not below the new `up`."""
            mine = {ours, *(each.pid for each in psutil.Process(ours).children(recursive=True))}
            return [each for each in service_processes(here.data) if each.pid not in mine]

        await until(lambda: not old_ones(), again, within=40)
        print(f"the old tree was gone {time.monotonic() - gone:.1f} s after the kill")
        assert await again.stop(grace=20) == 0
        assert service_processes(here.data) == []

    play(tmp_path, scene)
