"""A real Prometheus on loopback, scraping one address every second, with rules of the test's choosing."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

LOOK_EVERY = 0.25
"""Seconds between two looks: Prometheus has no way to call us without an Alertmanager."""

needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None or shutil.which("promtool") is None,
    reason="prometheus and promtool are not installed (Debian: apt-get install prometheus)",
)


@dataclass(slots=True)
class Prometheus:
    """A running Prometheus, asked by its HTTP API."""

    base: str
    client: aiohttp.ClientSession

    async def get(self, path: str, **params: str) -> Any:
        """Ask the API; returns ``data``."""
        async with self.client.get(f"{self.base}/api/v1/{path}", params=params) as answer:
            told = await answer.json()
            assert told["status"] == "success", told
            return told["data"]

    async def query(self, expression: str) -> list[dict[str, Any]]:
        """Evaluate an expression now; returns its series."""
        result: list[dict[str, Any]] = (await self.get("query", query=expression))["result"]
        return result

    async def firing(self) -> set[str]:
        """The alerts that fire now, by name, with the thing that they name: ``LaneStuck deliver``."""
        alerts = (await self.get("alerts"))["alerts"]
        return {_name(alert["labels"]) for alert in alerts if alert["state"] == "firing"}

    async def fired_within(self, seconds: float) -> set[str]:
        """The alerts that fired at any evaluation of the last seconds."""
        found = await self.query(f'count_over_time(ALERTS{{alertstate="firing"}}[{seconds:.0f}s])')
        return {_name(each["metric"]) for each in found}

    async def rules(self) -> list[dict[str, Any]]:
        """Every rule as Prometheus sees it."""
        groups = (await self.get("rules"))["groups"]
        return [rule for group in groups for rule in group["rules"]]

    async def until_fires(
        self, wanted: Collection[str], within: float, mend: Mapping[str, Callable[[], Any]] | None = None
    ) -> dict[str, float]:
        """Wait until each wanted alert has fired; returns after how many seconds each did.

        ``mend`` is what is called as soon as an alert fires.
        """
        begin, fired = time.monotonic(), dict[str, float]()
        while missing := set(wanted) - set(fired):
            now = time.monotonic() - begin
            assert now < within, f"not fired within {within} s: {sorted(missing)}; {await self.firing()} do"
            for name in await self.firing() & missing:
                fired[name] = now
                (mend or {}).get(name, lambda: None)()
            await asyncio.sleep(LOOK_EVERY)
        return fired

    async def until_quiet(self, within: float, *, but: Collection[str] = ()) -> float:
        """Wait until nothing fires, but for what is named; returns after how many seconds."""
        begin = time.monotonic()
        while left := await self.firing() - set(but):
            assert time.monotonic() - begin < within, f"still firing after {within} s: {sorted(left)}"
            await asyncio.sleep(LOOK_EVERY)
        return time.monotonic() - begin


def _name(labels: dict[str, str]) -> str:
    about = (labels[label] for label in ("lane", "source", "target") if label in labels)
    return " ".join([labels["alertname"].removeprefix("Exportwatch"), *about])


def free_port() -> int:
    """A port that nobody listens on; Prometheus cannot be asked for one of its own choosing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def prometheus(folder: Path, scraped: str, rules: str) -> AsyncIterator[Prometheus]:
    """Run Prometheus on ``scraped`` (host:port) with a text of rules; ended with the block."""
    port = free_port()
    process = _start(folder, scraped, rules, port)
    try:
        async with aiohttp.ClientSession() as client:
            made = Prometheus(f"http://127.0.0.1:{port}", client)
            await _until_ready(made, process)
            yield made
    finally:
        process.terminate()
        process.wait()


def _start(folder: Path, scraped: str, rules: str, port: int) -> subprocess.Popen[bytes]:
    """Start it; its last words, where it does not come up, are in the folder's ``log``."""
    folder.mkdir(parents=True)
    (folder / "rules.yaml").write_text(rules, "utf-8")
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(folder / "rules.yaml")],
        "scrape_configs": [{"job_name": "exportwatch", "static_configs": [{"targets": [scraped]}]}],
    }
    (folder / "prometheus.yaml").write_text(json.dumps(config), "utf-8")
    options = {
        "config.file": folder / "prometheus.yaml",
        "storage.tsdb.path": folder / "data",
        "web.listen-address": f"127.0.0.1:{port}",
    }
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            ["prometheus", *(f"--{name}={value}" for name, value in options.items())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


async def _until_ready(made: Prometheus, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while True:
        assert process.poll() is None, "Prometheus ended at once: see its log"
        assert time.monotonic() < end, "Prometheus was not ready within 30 s"
        try:
            async with made.client.get(f"{made.base}/-/ready") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientConnectorError:
            pass  # it does not listen yet
        await asyncio.sleep(LOOK_EVERY)
