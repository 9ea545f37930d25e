"""Feeds that are anything but feeds: each gives a clear error, and the good one beside goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from alerts.core.reasons import PollReason
from alerts.demo.hooks import HookSink, make_secret
from alerts.demo.origin import FeedOrigin, Item
from tests.support.bad_origin import BadOrigin
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.processes import service_processes
from tests.support.world import Service, service

EXPECTED = {
    "html": PollReason.NOT_A_FEED,
    "truncated": PollReason.TRUNCATED,
    "entities": PollReason.ENTITIES_REFUSED,
    "bomb": PollReason.TOO_LARGE,
    "drip": PollReason.TIMEOUT,
    "redirect": PollReason.ADDRESS_REFUSED,
}
MOST_MEMORY = 400 * 1024 * 1024
"""Peak RSS of any one process; an inflated bomb alone would be 200 MB more than a worker."""


def _item(number: int) -> Item:
    return Item(
        f"good-{number}", f"Good item {number} zorvex", f"words {number}", f"https://a.example/{number}"
    )


def _peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


async def _all_failed(running: Service) -> dict[str, tuple[PollReason | None, str]]:
    """Wait until every bad source has been polled."""
    async with asyncio.timeout(100):
        while True:
            states = await running.ledger.records.source_states(list(EXPECTED))
            if all(state.polls > 0 for state in states.values()):
                return {name: (state.reason, state.detail) for name, state in states.items()}
            running.child.check()
            await asyncio.sleep(0.2)


async def _scene(folder: Path) -> None:
    async with (
        FeedOrigin() as good,
        BadOrigin() as bad,
        HookSink(make_secret()) as hooks,
    ):
        good.add("good", "Good feed")
        good.publish("good", _item(1))
        rules = write_rules(
            folder / "rules",
            sources=[feed_source("good", good.url("good"))]
            + [feed_source(kind, bad.bad_url(kind)) for kind in BadOrigin.KINDS],
            receivers=[hook_receiver("desk", hooks.url(), hooks.secret)],
            route={"receiver": "desk"},
            rules=[word_rule("good-word", "zorvex", team="any")],
        )
        async with service(folder, rules) as running:
            await asyncio.wait_for(hooks.wait_for(1), 40)
            found = await _all_failed(running)
            good.publish("good", _item(2))
            await asyncio.wait_for(hooks.wait_for(2), 20)
            for name, (reason, detail) in found.items():
                print(f"{name}: {reason}: {detail}")
            assert {name: reason for name, (reason, _) in found.items()} == EXPECTED
            assert all(detail for _, detail in found.values())
            assert bad.asked == set(EXPECTED)
            titles = [call.payload()["data"]["title"] for call in hooks.calls]
            assert titles == [_item(1).title, _item(2).title]
            peaks = {process.pid: _peak(process.pid) for process in service_processes(running.child.data)}
            assert max(peaks.values()) < MOST_MEMORY, peaks


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_each_bad_feed_gives_a_clear_error_and_harms_nothing_else(tmp_path: Path) -> None:
    asyncio.run(_scene(tmp_path))
