"""The ledger's server goes away for a while: nothing ends, nothing is lost, work resumes by itself.

TEST_AWAY_SECONDS makes it longer than CI has time for.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from alerts.demo.hooks import HookSink, make_secret
from alerts.demo.origin import FeedOrigin, Item
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.own_server import OwnServer
from tests.support.world import service

AWAY_SECONDS = float(os.environ.get("TEST_AWAY_SECONDS", "8"))


def _item(number: int) -> Item:
    return Item(f"item-{number}", f"Item {number} zorvex", f"words {number}", f"https://a.example/{number}")


async def _scene(folder: Path) -> None:
    server = OwnServer(folder)
    server.start()
    try:
        async with FeedOrigin() as origin, HookSink(make_secret()) as hooks:
            origin.add("feed", "Feed")
            origin.publish("feed", _item(1))
            rules = write_rules(
                folder / "rules",
                sources=[feed_source("feed", origin.url("feed"))],
                receivers=[hook_receiver("desk", hooks.url(), hooks.secret)],
                route={"receiver": "desk"},
                rules=[word_rule("word", "zorvex", team="any")],
            )
            async with service(folder, rules, redis_url=server.url) as running:
                await asyncio.wait_for(hooks.wait_for(1), 40)
                server.stop()
                origin.publish("feed", _item(2))
                await asyncio.sleep(AWAY_SECONDS)  # the outage itself
                running.child.check()
                assert len(hooks.calls) == 1
                server.start()
                back = time.monotonic()
                # Longest: a lease that was taken as the server went (60 s), and the broker's back-off.
                await asyncio.wait_for(hooks.wait_for(2), 100)
                took = time.monotonic() - back
                print(f"away {AWAY_SECONDS:.0f} s, next notice {took:.1f} s after its return")
                running.child.check()
                assert len({call.id for call in hooks.calls}) == 2
    finally:
        server.stop()


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_work_resumes_by_itself_after_an_outage(tmp_path: Path) -> None:
    asyncio.run(_scene(tmp_path))
