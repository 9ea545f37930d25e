"""The whole service on a server found by Sentinel: its primary dies, and the next alert still comes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from alerts.demo.hooks import HookSink, make_secret
from alerts.demo.origin import FeedOrigin, Item
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.sentinels import Watched
from tests.support.world import service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_alerts_go_on_after_the_primary_died(tmp_path: Path) -> None:
    (tmp_path / "servers").mkdir()
    servers = Watched(tmp_path / "servers")

    async def scene() -> None:
        async with FeedOrigin() as origin, HookSink(make_secret()) as hooks:
            origin.add("feed", "Feed")
            rules = write_rules(
                tmp_path / "rules",
                sources=[feed_source("feed", origin.url("feed"))],
                receivers=[hook_receiver("desk", hooks.url(), hooks.secret)],
                route={"receiver": "desk"},
                rules=[word_rule("word", "zorvex", team="any")],
            )
            await servers.start()
            async with service(tmp_path, rules, redis_url=servers.url()) as running:
                origin.publish(
                    "feed", Item("1", "zorvex bulletin of the first station", "", "https://a.example/1")
                )
                await asyncio.wait_for(hooks.wait_for(1), 60)
                await servers.fail_over()
                origin.publish(
                    "feed", Item("2", "zorvex notice from another harbour", "", "https://a.example/2")
                )
                await asyncio.wait_for(hooks.wait_for(2), 60)
                running.child.check()
                ids = {call.headers["webhook-id"] for call in hooks.calls}
                assert len(ids) == 2

    try:
        asyncio.run(scene())
    finally:
        servers.stop()
