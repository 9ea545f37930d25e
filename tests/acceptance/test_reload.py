"""Reload as operators do it: SIGHUP, and a mounted ConfigMap whose symlink is swapped."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from alerts.demo.child import Child
from tests.acceptance.test_up import LOOK_EVERY, World, health, healthy, log_lines, play, until
from tests.support.folders import word_rule, write_yaml
from tests.support.processes import Kind, kind_of, service_processes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


async def eventually(look: Callable[[], Awaitable[bool]], within: float = 30) -> None:
    end = time.monotonic() + within
    while not await look():
        assert time.monotonic() < end, f"not within {within} s"
        await asyncio.sleep(LOOK_EVERY)


def write_word(here: World, word: str, **more: Any) -> None:
    write_yaml(here.rules / "watch" / "test.yaml", {"rules": [word_rule("word", word, team="any") | more]})


def sweepers(here: World) -> list[psutil.Process]:
    """The worker that looks at the folder by itself, with its pool."""
    return [each for each in service_processes(here.data) if "sweep" in each.cmdline()]


async def version(child: Child) -> str:
    return str((await health(child))["status"]["rules_version"])


def test_sighup_to_up_puts_the_folder_in_force_without_any_other_process(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        child = here.child()
        await child.start()
        await healthy(child)
        before = await version(child)
        frozen = sweepers(here)
        assert frozen
        for each in frozen:
            each.suspend()  # whoever would see the change by itself
        write_word(here, "orlanda")
        assert child.process is not None
        child.process.send_signal(signal.SIGHUP)

        async def changed() -> bool:
            return await version(child) != before

        await eventually(changed, within=10)
        for each in frozen:
            each.resume()
        assert await child.stop(grace=20) == 0

    play(tmp_path, scene)


def test_sighup_with_a_broken_file_keeps_the_last_good_set_and_tells_health_metric_log_and_owner(
    tmp_path: Path,
) -> None:
    async def scene(here: World) -> None:
        child = here.child()
        await child.start()
        await healthy(child)
        before = await version(child)
        write_word(here, "zorvex", severity="enormous")
        assert child.process is not None
        child.process.send_signal(signal.SIGHUP)
        await here.told(1)
        (call,) = here.hooks.calls
        told = call.payload()
        assert told["type"] == "rules.rejected"
        for words in ("enormous", "watch/test.yaml:", "The rules in these files are tests's.", before):
            assert words in told["data"]["summary"]
        state = await health(child)
        assert state["status"]["rules_version"] == before
        assert "enormous" in state["status"]["rules_problem"]
        assert any("rejected" in fault for fault in state["faults"])
        assert await until(
            lambda: [line for line in log_lines(child) if line["event"].startswith("rules rejected")], child
        )
        address = next(line["address"] for line in log_lines(child) if line["event"] == "web")
        async with aiohttp.ClientSession() as session, session.get(f"{address}/metrics") as answer:
            text = await answer.text()
        assert f'exportwatch_rules_info{{version="{before}"}} 1.0' in text
        assert "exportwatch_rules_rejected 1.0" in text
        here.publish()
        await here.told(2)  # the last good set goes on
        assert await child.stop(grace=20) == 0

    play(tmp_path, scene)


def test_sighup_to_a_worker_reloads_and_does_not_start_it_anew(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        child = here.child()
        await child.start()
        await healthy(child)
        before = await version(child)
        (worker,) = [each for each in sweepers(here) if kind_of(each) is Kind.WORKER]
        pools = {each.pid for each in sweepers(here)}
        write_word(here, "orlanda")
        worker.send_signal(signal.SIGHUP)
        await until(lambda: [line for line in log_lines(child) if "SIGHUP" in line["event"]], child)

        async def changed() -> bool:
            return await version(child) != before

        await eventually(changed)
        assert {each.pid for each in sweepers(here)} == pools
        assert await child.stop(grace=20) == 0

    play(tmp_path, scene)


def mounted(here: World) -> Callable[[], None]:
    """Show the rules as a kubelet mounts a ConfigMap; returns what swaps in the files as they are now.

    Each version lies in a folder of its own, ``..data`` is a symlink to the one in force, and
    the files are symlinks through it. An update makes a new folder and swaps ``..data`` by a rename.
    """
    original, mount = here.folder / "source", here.rules
    shutil.move(mount, original)
    mount.mkdir()
    versions: list[Path] = []

    def swap() -> None:
        fresh = mount / f"..2026_11_26_{len(versions)}"
        fresh.mkdir()
        for path in original.rglob("*.yaml"):
            shutil.copy(path, fresh / path.name)  # a ConfigMap is flat
        versions.append(fresh)
        (mount / "..data_tmp").symlink_to(fresh.name)
        os.replace(mount / "..data_tmp", mount / "..data")
        for path in fresh.iterdir():
            if not (mount / path.name).is_symlink():
                (mount / path.name).symlink_to(Path("..data", path.name))
        if len(versions) > 1:
            shutil.rmtree(versions[-2])

    return swap


def test_a_configmaps_swap_is_taken_up_and_a_broken_one_is_not(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        swap = mounted(here)
        swap()
        child = here.child()
        await child.start()
        here.publish()
        await here.told(1)
        before = await version(child)
        source = here.folder / "source" / "watch" / "test.yaml"
        broken = {"rules": [word_rule("word", "orlanda", team="any", severity="enormous")]}
        write_yaml(source, broken)
        swap()

        async def rejected() -> bool:
            return "enormous" in (await health(child))["status"]["rules_problem"]

        await eventually(rejected)
        assert await version(child) == before
        write_yaml(source, {"rules": [word_rule("other", "bulletin", team="any")]})
        swap()

        async def changed() -> bool:
            state = (await health(child))["status"]
            return state["rules_version"] != before and not state["rules_problem"]

        await eventually(changed)
        count = len(here.hooks.calls)
        here.publish()
        await here.told(count + 1)
        newest = here.hooks.calls[-1].payload()
        assert newest["data"]["rule"]["id"] == "other"
        assert await child.stop(grace=20) == 0

    play(tmp_path, scene)
