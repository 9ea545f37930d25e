"""One service at rest: time to its first poll, its memory, and its latency.

Latency runs from the moment that the origin has written the last byte of the poll which
holds a new item to the moment that the sink has read the webhook: parsing, admission,
recognition, matching, the decision's commit and the delivery lie between.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from alerts.demo.hooks import make_secret
from bench.stage import Far
from bench.table import Row
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.processes import Kind, memory
from tests.support.world import Service, service

MEGABYTE = 1024 * 1024


async def measure(far: Far, *, quick: bool) -> list[Row]:
    """Measure all three on one service."""
    await far.reset()
    with tempfile.TemporaryDirectory(prefix="ew-bench-") as name:
        folder = Path(name)
        rules = write_rules(
            folder / "rules",
            sources=[feed_source("growing", far.url("growing"), every="1s")],
            receivers=[hook_receiver("desk", far.url("hook/desk"), make_secret())],
            route={"receiver": "desk"},
            rules=[word_rule("word", "zorvex", team="any")],
        )
        begin = time.monotonic()
        async with service(folder, rules) as running:
            report = await far.until("polls", 1, 60)
            first_poll = report["polls"][0][0] - begin
            latencies = await _latencies(far, 20 if quick else 120)
            sizes = _sizes(running)
    return [_first_poll_row(first_poll), *_latency_rows(latencies), _memory_row(sizes)]


async def _latencies(far: Far, count: int) -> list[float]:
    await far.reset()
    rng = random.Random(1)
    earlier = 0
    found: list[float] = []
    for number in range(count):
        words = " ".join(f"lat{number}w{rng.randrange(10**6)}" for _ in range(60))
        await far.publish(f"lat-{number}", f"Latency item {number} zorvex {rng.randrange(10**6)}", words)
        report = await far.until("calls", number + 1, 30)
        polled = next(at for at, items in report["polls"] if items > earlier + number)
        found.append(report["calls"][number][1] - polled)
        await asyncio.sleep(rng.random() * 0.3)
    return found


def _sizes(running: Service) -> dict[Kind, tuple[int, int]]:
    return memory(running.child.data)


def _first_poll_row(seconds: float) -> Row:
    return Row("time from `up` to the first poll", f"{seconds:.1f} s", note="request seen by the origin")


def _latency_rows(latencies: list[float]) -> list[Row]:
    cuts = quantiles(latencies, n=100, method="inclusive")
    note = f"{len(latencies)} items, one at a time, service at rest"
    return [
        Row("latency, end of poll to webhook, p50", f"{cuts[49] * 1000:.0f} ms", aim="50 ms", note=note),
        Row("latency, end of poll to webhook, p99", f"{cuts[98] * 1000:.0f} ms", aim="250 ms"),
    ]


def _memory_row(sizes: dict[Kind, tuple[int, int]]) -> Row:
    pss = sum(size for size, _ in sizes.values()) / MEGABYTE
    rss = sum(size for _, size in sizes.values()) / MEGABYTE
    note = ", ".join(f"{kind} {size / MEGABYTE:.0f}" for kind, (size, _) in sorted(sizes.items()))
    return Row("memory of all that `up` starts", f"{pss:.0f} MB PSS, {rss:.0f} MB RSS", note=f"PSS: {note}")
