"""Two publishers with a kill of everything between them: the second one makes it an alert, once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from alerts.demo.child import Child
from alerts.demo.origin import Item
from alerts.ledger.ledger import Ledger
from alerts.pipeline.lane import Lane
from alerts.wiring import ledger_url, now
from tests.acceptance.test_up import World, healthy, play
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.processes import end_all, service_processes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

LEASE = "5"
"""Seconds after which what a killed worker held is taken over."""


def second_publisher() -> dict[str, object]:
    """A live rule over the shadow rule `report`, told when a second publisher has it."""

    def event(hour: int, publisher: str) -> dict[str, object]:
        return {"at": f"2026-03-02T{hour:02}:00:00Z", "title": "zorvex", "source": {"publisher": publisher}}

    rule = word_rule("second", "", team="any", severity="critical")
    del rule["detection"]
    return rule | {
        "correlation": {
            "type": "value_count",
            "rules": ["report"],
            "timespan": "48h",
            "condition": {"field": "source.publisher", "gte": 2},
        },
        "tests": [
            {"name": "two", "events": [event(1, "A"), event(2, "B")], "expect": "match"},
            {"name": "one", "events": [event(1, "A"), event(2, "A")], "expect": "no_match"},
        ],
    }


def write(here: World) -> None:
    for name in ("port-news", "metal-post", "ore-weekly"):
        here.origin.add(name, name)
    write_rules(
        here.rules,
        sources=[feed_source(name, here.origin.url(name)) for name in here.origin.feeds],
        receivers=[hook_receiver("desk", here.hooks.url(), here.hooks.secret)],
        route={"receiver": "desk", "group_wait": "0s"},
        rules=[word_rule("report", "zorvex", team="any", status="shadow"), second_publisher()],
    )


def publish(here: World, feed: str, number: int) -> None:
    words = f"zorvex notice {number * 7919} of station {number * 104729}"
    here.origin.publish(feed, Item(f"i{number}", words, words, f"https://a.example/{number}"))


async def counts_of(child: Child, reason: str, least: int) -> None:
    """Wait until the ledger has counted so many decisions of the correlation."""
    ledger = Ledger(ledger_url(child.settings()))
    try:
        async with asyncio.timeout(90):
            while (await ledger.records.status(now())).counts.get(f"decided:second:{reason}", 0) < least:
                await ledger.runs.wait(Lane.DECIDE, 0.1)
    finally:
        await ledger.close()


def test_the_count_survives_a_kill_of_everything_and_the_second_publisher_is_told_once(
    tmp_path: Path,
) -> None:
    async def scene(here: World) -> None:
        write(here)
        child = here.child(lease=LEASE)
        await child.start()
        await healthy(child)
        publish(here, "port-news", 1)
        await counts_of(child, "counted", 1)
        assert here.hooks.calls == []
        await child.kill()
        end_all(here.data)
        assert service_processes(here.data) == []
        again = here.child("again", lease=LEASE)
        await again.start()
        publish(here, "metal-post", 2)
        await here.told(1, within=90)
        publish(here, "ore-weekly", 3)
        await counts_of(again, "repeated", 1)
        (call,) = here.hooks.calls
        told = call.payload()["data"]
        assert (told["rule"]["id"], told["severity"]) == ("second", "critical")
        for words in (
            "2 values of source.publisher within 2d",
            "port-news",
            "metal-post",
            "zorvex notice 7919",
        ):
            assert words in told["why"]
        assert await again.stop(grace=20) == 0

    play(tmp_path, scene)
