"""Polls a second of 30-item feeds, unchanged and changed, against the PyPI package ``reader``.

Both poll the same origin in another process. Ours is the whole service: due index, lease,
fetch, parse, admission with validators in one script, while the decide lane works on the
new events beside it. ``reader`` stores to SQLite in one process, with threads for fetching.
The rate runs from the first request that the origin sees until the last poll is stored.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from reader import make_reader

from alerts.core.status import LedgerStatus
from alerts.demo.hooks import make_secret
from bench.far_side import ITEMS, NEW_ITEMS
from bench.stage import Far, host_of
from bench.table import Row, per_second
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.world import Service, service

READER_WORKERS = 8
ROUNDS = 3


async def measure(far: Far, *, quick: bool) -> list[Row]:
    """Measure both on both kinds of feed."""
    feeds = 20 if quick else 200
    urls = [far.url(f"feed/f{number}", host_of(number)) for number in range(feeds)]
    ours = await _ours(far, urls)
    theirs = await _reader(far, urls)
    changed = f"{feeds} feeds of {ITEMS} items, {NEW_ITEMS} of them new"
    notes = {"unchanged": f"{feeds} feeds, answered with 304", "changed": changed}
    return [
        Row(
            f"polls of {kind} feeds, against reader",
            per_second(ours[kind], "polls"),
            per_second(theirs[kind], "polls"),
            ours[kind] / theirs[kind],
            "",
            notes[kind],
        )
        for kind in ("unchanged", "changed")
    ]


def _rate(report: dict[str, Any], feeds: int, status: int, end: float) -> float:
    """Feeds over the time from the first request to the moment when the last was stored."""
    times: list[float] = [at for at, _, code in report["polls"] if code == status]
    if len(times) < feeds:
        raise RuntimeError(f"{len(times)} of {feeds} polls were answered with {status}")
    return feeds / (end - min(times))


async def _ours(far: Far, urls: list[str]) -> dict[str, float]:
    await far.reset(version=0)
    with tempfile.TemporaryDirectory(prefix="ew-bench-") as name:
        folder = Path(name)
        rules = write_rules(
            folder / "rules",
            sources=[feed_source(f"f{number}", url, every="10m") for number, url in enumerate(urls)],
            receivers=[hook_receiver("desk", far.url("hook/desk"), make_secret())],
            route={"receiver": "desk"},
            rules=[word_rule("never", "zzyzx", team="none")],
        )
        async with service(folder, rules) as running:
            await _settled(running, len(urls))
            return await _rounds(lambda status: _round(far, running, len(urls), status), far)


async def _rounds(take: Callable[[int], Awaitable[float]], far: Far) -> dict[str, float]:
    """Take each figure three times, the two kinds in turn, and keep the medians."""
    rates: dict[str, list[float]] = {"unchanged": [], "changed": []}
    for version in range(1, ROUNDS + 1):
        await far.reset()
        rates["unchanged"].append(await take(304))
        await far.reset(version=version)
        rates["changed"].append(await take(200))
    return {kind: median(taken) for kind, taken in rates.items()}


async def _round(far: Far, running: Service, feeds: int, status: int) -> float:
    """Make every source due at once, and wait until the ledger has every poll."""
    wanted = (await _counts(running)).get("polls", 0) + feeds
    now = datetime.now(UTC)
    for number in range(feeds):
        await running.ledger.polls.poll_now(f"f{number}", now)
    while (await _counts(running)).get("polls", 0) < wanted:
        running.child.check()
        await asyncio.sleep(0.02)
    end = time.monotonic()
    await _settled(running, wanted)
    return _rate(await far.report(), feeds, status, end)


async def _settled(running: Service, polls: int) -> None:
    def settled(status: LedgerStatus) -> bool:
        return status.counts.get("polls", 0) >= polls and status.lanes["decide"].waiting == 0

    if not await running.until(settled, 240):
        raise RuntimeError(f"the service did not settle: {await running.status()}")


async def _counts(running: Service) -> dict[str, int]:
    status = await running.status()
    return {} if status is None else status.counts


async def _reader(far: Far, urls: list[str]) -> dict[str, float]:
    await far.reset(version=0)
    with tempfile.TemporaryDirectory(prefix="ew-bench-") as folder:

        def update(*, first: bool = False) -> None:
            with make_reader(str(Path(folder) / "reader.sqlite")) as reader:
                if first:
                    for url in urls:
                        reader.add_feed(url)
                reader.update_feeds(scheduled=False, workers=READER_WORKERS)

        async def take(status: int) -> float:
            await asyncio.to_thread(update)
            end = time.monotonic()
            return _rate(await far.report(), len(urls), status, end)

        await asyncio.to_thread(update, first=True)
        return await _rounds(take, far)
