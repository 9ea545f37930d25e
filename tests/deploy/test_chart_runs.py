"""The chart's pods as processes: they do the main job, their probes tell, a rule edited is in force without a restart."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from alerts.demo.hooks import HookSink, make_secret
from alerts.demo.origin import FeedOrigin, Item
from alerts.ledger.embedded import find_binary
from tests.support.chart import Manifest, of_kind, render, render_case, the
from tests.support.folders import feed_source, word_rule
from tests.support.node import Node
from tests.support.processes import service_processes
from tests.support.sentinels import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

COMPONENTS = ("poll", "decide", "deliver", "sweep", "beat", "web")
LOOK_EVERY = 0.2
"""Seconds between two looks at another process: it has no way to call us."""


async def until(look: Callable[[], Awaitable[bool]], what: str, within: float = 60) -> None:
    end = time.monotonic() + within
    while not await look():
        assert time.monotonic() < end, f"not within {within} s: {what}"
        await asyncio.sleep(LOOK_EVERY)


def values(origin: FeedOrigin, hooks: HookSink, word: str) -> Manifest:
    """The trial's values, with a world on loopback laid over the packaged rules."""
    files = {
        "sources.yaml": {"sources": [feed_source("feed", origin.url("feed"))]},
        "receivers.yaml": {
            "receivers": [
                {
                    "name": name,
                    "webhook": {"url": hooks.url(), "secret_file": "secrets/desk", "timeout": "3s"},
                }
                for name in ("desk-mail", "compliance-slack", "erp-webhook")
            ]
        },
        "routes.yaml": {"route": {"receiver": "desk-mail"}},
        "watch/own.yaml": {"rules": [word_rule("own", word, team="any")]},
    }
    return {
        "rules": {"files": {path: json.dumps(data) for path, data in files.items()}},
        "receivers": {"existingSecret": "trade-receivers"},
        "settings": {"allowNetworks": ["127.0.0.0/8"], "contact": "desk@example.com"},
    }


@asynccontextmanager
async def built_in_server(manifests: list[Manifest], folder: Path, port: int) -> AsyncIterator[None]:
    """The chart's Valkey with its own configuration and password, on loopback."""
    conf = the(manifests, "ConfigMap", "-valkey")["data"]["valkey.conf"]
    (folder / "data").mkdir()
    file = folder / "valkey.conf"
    file.write_text(
        conf.replace("port 6379", f"port {port}")
        .replace("dir /data", f"dir {folder / 'data'}")
        .replace("bind * -::*", "bind 127.0.0.1")
    )
    password = the(manifests, "Secret")["stringData"]["password"]
    args = the(manifests, "StatefulSet")["spec"]["template"]["spec"]["containers"][0]["args"]
    args = [str(file), *(arg.replace("$(REDISCLI_AUTH)", password) for arg in args[1:])]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(find_binary(), *args, stdout=quiet)
    try:
        yield
    finally:
        process.kill()
        await process.wait()


@dataclass
class Cluster:
    """A release on a node, and the world that it watches."""

    node: Node
    manifests: list[Manifest]
    origin: FeedOrigin
    hooks: HookSink
    web: str
    numbers: int = 0

    async def ask(self, path: str) -> tuple[int, str]:
        """Ask the web pod; 0 while it does not listen."""
        try:
            async with aiohttp.ClientSession() as session, session.get(self.web + path) as answer:
                return answer.status, await answer.text()
        except aiohttp.ClientConnectionError:
            return 0, ""

    async def told_of(self, word: str) -> None:
        """Publish an item with the word, and wait until the desk is told."""
        self.numbers += 1
        title = f"{word} bulletin number {self.numbers} of station {self.numbers * 7919}"
        link = f"https://a.example/{self.numbers}"
        self.origin.publish("feed", Item(f"item-{self.numbers}", title, f"words {self.numbers}", link))
        await asyncio.wait_for(self.hooks.wait_for(self.numbers), 60)

    async def come_up(self) -> None:
        for component in COMPONENTS:
            await self.node.start(component)
        for probe in ("startupProbe", "readinessProbe"):
            path = self.node.pod("web").container[probe]["httpGet"]["path"]
            await until(lambda path=path: self._answers(path), f"web answers {path}")
        for component in COMPONENTS[:-1]:
            await until(lambda name=component: self._begun(name), f"{component} has begun")

    async def edit_rules(self, edited: list[Manifest]) -> None:
        """Upgrade to manifests that differ in the rules alone; return when these are in force."""
        assert of_kind(edited, "Deployment") == of_kind(self.manifests, "Deployment")
        for secret in of_kind(edited, "Secret"):  # a cluster's `lookup` finds the password again
            secret["stringData"] = the(self.manifests, "Secret")["stringData"]
        before = await self._rules()
        self.node.update(edited)

        async def in_force() -> bool:
            return await self._rules() != before

        await until(in_force, "the edited rules are in force")

    async def tested(self) -> bool:
        """Whether ``helm test`` would be content."""
        code, _ = await self.node.exec("web", self.node.pod("test").container["args"])
        return code == 0

    async def serves_what_age_scales_by(self) -> None:
        """Web's metrics hold the sample that each ScaledObject asks for."""
        _, served = await self.ask("/metrics")
        scaled = of_kind(render_case("age"), "ScaledObject")
        assert len(scaled) == 2
        for each in scaled:
            query = each["spec"]["triggers"][0]["metadata"]["query"]
            assert re.search(rf"^{re.escape(query[4:-1])} [0-9.]+", served, re.MULTILINE), query

    async def _answers(self, path: str) -> bool:
        return (await self.ask(path))[0] == 200

    async def _begun(self, component: str) -> bool:
        return (await self.node.probe(component, "startupProbe"))[0] == 0

    async def _rules(self) -> str:
        return str(json.loads((await self.ask("/healthz"))[1])["status"]["rules_version"])


def play(folder: Path, scene: Callable[[Cluster], Awaitable[None]]) -> None:
    """Play a scene on a fresh release; no process of it is left at the end."""

    async def inside() -> None:
        server, web = free_port(), free_port()
        async with FeedOrigin() as origin, HookSink(make_secret()) as hooks:
            origin.add("feed", "Feed")
            manifests = render(values(origin, hooks, "zorvex"))
            here = {"demo-exportwatch-valkey:6379": f"127.0.0.1:{server}", "0.0.0.0:8080": f"127.0.0.1:{web}"}
            node = Node(folder, manifests, here)
            node.secrets["trade-receivers"] = {"desk": hooks.secret}
            try:
                async with built_in_server(manifests, folder, server):
                    await scene(Cluster(node, manifests, origin, hooks, f"http://127.0.0.1:{web}"))
            finally:
                node.close()

    asyncio.run(inside())


def test_the_rendered_pods_do_the_main_job(tmp_path: Path) -> None:
    async def scene(cluster: Cluster) -> None:
        await cluster.come_up()
        await cluster.told_of("zorvex")
        await until(cluster.tested, "helm test's pod is content")
        await cluster.serves_what_age_scales_by()
        code, told = await cluster.node.exec("deliver", ["check"])
        assert code == 0, told
        pids = {component: cluster.node.pid(component) for component in COMPONENTS}
        await cluster.edit_rules(render(values(cluster.origin, cluster.hooks, "quillon")))
        await cluster.told_of("quillon")
        assert {component: cluster.node.pid(component) for component in COMPONENTS} == pids
        began = time.monotonic()
        codes = await asyncio.gather(*(cluster.node.end(component) for component in COMPONENTS))
        print(f"all pods ended {time.monotonic() - began:.1f} s after SIGTERM")
        assert codes == [0] * len(COMPONENTS)

    play(tmp_path, scene)


def test_a_pod_that_hangs_fails_its_own_probe_alone(tmp_path: Path) -> None:
    async def scene(cluster: Cluster) -> None:
        await cluster.come_up()
        heartbeat = tmp_path / "decide" / "tmp" / "heartbeat"
        lease = int(the(cluster.manifests, "ConfigMap", "-settings")["data"]["EXPORTWATCH_LEASE"])
        for process in service_processes(tmp_path):
            if "decide" in process.cmdline():
                process.suspend()
        past = time.time() - lease - 31  # as long ago as the probe's patience: what it judges is this age
        os.utime(heartbeat, (past, past))
        code, told = await cluster.node.probe("decide", "livenessProbe")
        assert code == 1
        assert "does not get on" in told
        assert (await cluster.node.probe("poll", "livenessProbe"))[0] == 0

    play(tmp_path, scene)
