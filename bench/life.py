"""One service under a light flow: time to its first poll, its latency, its memory.

Latency runs from the moment that the origin has written the last byte of the poll which
holds a new item to the moment that the sink has read the webhook: parsing, admission,
recognition, matching, the decision's commit and the delivery lie between.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import quantiles
from typing import Any

from alerts.demo.hooks import make_secret
from bench.stage import Far, host_of
from bench.table import Row
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.processes import Kind, memory
from tests.support.world import Service, service

FEEDS = 10
"""Feeds polled once a second, each on a host of its own."""

PAUSE = 0.15
"""Mean seconds between two items: a light flow."""

MEGABYTE = 1024 * 1024


async def measure(far: Far, *, quick: bool) -> list[Row]:
    """Measure all three on one service."""
    await far.reset()
    with tempfile.TemporaryDirectory(prefix="ew-bench-") as name:
        folder = Path(name)
        rules = write_rules(
            folder / "rules",
            sources=[
                feed_source(f"g{number}", far.url(f"growing/g{number}", host_of(number)))
                for number in range(FEEDS)
            ],
            receivers=[hook_receiver("desk", far.url("hook/desk"), make_secret())],
            route={"receiver": "desk"},
            rules=[word_rule("word", "zorvex", team="any")],
        )
        begin = time.monotonic()
        async with service(folder, rules) as running:
            report = await far.until("polls", 1, 60)
            first_poll = report["polls"][0][0] - begin
            latencies = await _latencies(far, 20 if quick else 200)
            sizes = _sizes(running)
    return [_first_poll_row(first_poll), *_latency_rows(latencies), _memory_row(sizes)]


async def _latencies(far: Far, count: int) -> list[float]:
    await far.reset()
    rng = random.Random(1)
    published: Counter[str] = Counter()
    places: dict[str, tuple[str, int]] = {}
    for number in range(count):
        code, feed = f"LAT{number:05d}", f"g{number % FEEDS}"
        words = " ".join(f"word{number}x{rng.randrange(10**6)}" for _ in range(60))
        await far.publish(feed, code, f"{code} zorvex about {rng.randrange(10**6)}", words)
        published[feed] += 1
        places[code] = (feed, published[feed])
        await asyncio.sleep(rng.random() * 2 * PAUSE)
    report = await far.until("calls", count, 60)
    return [_polled_to_called(report, code, *place) for code, place in places.items()]


def _polled_to_called(report: dict[str, Any], code: str, feed: str, position: int) -> float:
    """Find the first poll of the feed that held the item, and the call that told of it."""
    polled = next(at for at, name, items in report["polls"] if name == feed and items >= position)
    called = next(at for at, told, _ in report["calls"] if told == code)
    return float(called - polled)


def _sizes(running: Service) -> dict[Kind, tuple[int, int]]:
    return memory(running.child.data)


def _first_poll_row(seconds: float) -> Row:
    return Row("time from `up` to the first poll", f"{seconds:.1f} s", note="request seen by the origin")


def _latency_rows(latencies: list[float]) -> list[Row]:
    cuts = quantiles(latencies, n=100, method="inclusive")
    note = f"{len(latencies)} items, about {1 / PAUSE:.0f} a second in {FEEDS} feeds polled every second"
    return [
        Row("latency, end of poll to webhook, p50", f"{cuts[49] * 1000:.0f} ms", aim="50 ms", note=note),
        Row("latency, end of poll to webhook, p99", f"{cuts[98] * 1000:.0f} ms", aim="250 ms"),
    ]


def _memory_row(sizes: dict[Kind, tuple[int, int]]) -> Row:
    pss = sum(size for size, _ in sizes.values()) / MEGABYTE
    rss = sum(size for _, size in sizes.values()) / MEGABYTE
    note = ", ".join(f"{kind} {size / MEGABYTE:.0f}" for kind, (size, _) in sorted(sizes.items()))
    return Row("memory of all that `up` starts", f"{pss:.0f} MB PSS, {rss:.0f} MB RSS", note=f"PSS: {note}")
