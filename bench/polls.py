"""Polls a second of 30-item feeds, unchanged and changed, against the PyPI package ``reader``.

Both poll the same origin in another process. Ours is the whole service: due index, lease,
fetch, parse, admission with validators in one script, while the decide lane works on the
new events beside it. ``reader`` stores to SQLite in one process, with threads for fetching.
The rate runs from the first request that the origin sees to the last.
"""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reader import make_reader

from alerts.demo.hooks import make_secret
from alerts.ledger.records import LedgerStatus
from bench.far_side import ITEMS, NEW_ITEMS
from bench.stage import Far, host_of
from bench.table import Row, per_second
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.world import Service, service

READER_WORKERS = 8


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


def _rate(report: dict[str, Any], status: int) -> float:
    times: list[float] = sorted(at for at, code in report["polls"] if code == status)
    return (len(times) - 1) / (times[-1] - times[0])


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
            unchanged = await _round(far, running, len(urls), 304, version=0)
            changed = await _round(far, running, len(urls), 200, version=1)
    return {"unchanged": unchanged, "changed": changed}


async def _round(far: Far, running: Service, feeds: int, status: int, *, version: int) -> float:
    """Make every source due at once, and take the rate at the origin."""
    done = (await _counts(running)).get("polls", 0)
    await far.reset(version=version)
    now = datetime.now(UTC)
    for number in range(feeds):
        await running.ledger.polls.poll_now(f"f{number}", now)
    report = await far.until("polls", feeds, 120)
    await _settled(running, done + feeds)
    return _rate(report, status)


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

        await asyncio.to_thread(update, first=True)
        rates: dict[str, float] = {}
        for kind, status, version in (("unchanged", 304, 0), ("changed", 200, 1)):
            await far.reset(version=version)
            await asyncio.to_thread(update)
            rates[kind] = _rate(await far.report(), status)
    return rates
