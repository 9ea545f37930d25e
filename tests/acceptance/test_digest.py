"""Notices gathered for a digest, with a kill of everything between: one notice, with all of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from alerts.channels.digestpayload import DigestEvent
from alerts.demo.child import Child
from alerts.demo.origin import Item
from alerts.ledger.ledger import Ledger
from alerts.wiring import ledger_url, now
from tests.acceptance.test_up import World, healthy, play
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.processes import end_all, service_processes

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

WORDS = ("zorvex", "quimbal", "trandel")
LEASE = "5"
AHEAD = timedelta(seconds=90)
"""From the scene's beginning to the minute of the digest: time for decisions and a restart."""


def write(here: World) -> None:
    here.origin.add("wire", "wire")
    minute = (now() + AHEAD).minute
    write_rules(
        here.rules,
        sources=[feed_source("wire", here.origin.url("wire"))],
        receivers=[hook_receiver("desk", here.hooks.url(), here.hooks.secret)],
        route={"receiver": "desk", "digest": {"cron": f"{minute} * * * *"}},
        rules=[word_rule(word, word, team="any") for word in WORDS],
    )


def publish(here: World, word: str, number: int) -> None:
    text = f"{word} notice {number * 7919} of station {number * 104729}"
    here.origin.publish("wire", Item(f"i{number}", text, text, f"https://a.example/{number}"))


async def gathered(child: Child, words: tuple[str, ...]) -> None:
    """Wait until a notice of each rule is held."""
    ledger = Ledger(ledger_url(child.settings()))
    try:
        async with asyncio.timeout(60):
            counts: dict[str, int] = {}
            while not all(counts.get(f"decided:{word}:gathered") for word in words):
                await ledger.runs.wait("decide", 0.1)
                counts = (await ledger.records.status(now())).counts
    finally:
        await ledger.close()


def test_what_was_gathered_survives_a_kill_of_everything_and_is_sent_once(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        write(here)
        child = here.child(lease=LEASE)
        await child.start()
        await healthy(child)
        publish(here, WORDS[0], 1)
        publish(here, WORDS[1], 2)
        await gathered(child, WORDS[:2])
        assert here.hooks.calls == []
        await child.kill()
        end_all(here.data)
        assert service_processes(here.data) == []
        again = here.child("again", lease=LEASE)
        await again.start()
        await healthy(again)
        publish(here, WORDS[2], 3)
        await gathered(again, WORDS)
        await here.told(1, within=120)
        (call,) = here.hooks.calls
        told = call.payload()
        jsonschema.validate(told, DigestEvent.model_json_schema(mode="serialization"))
        assert told["type"] == "alert.digest"
        assert told["data"]["count"] == len(WORDS)
        assert sorted(item["rule"]["id"] for item in told["data"]["items"]) == sorted(WORDS)
        assert await again.stop(grace=20) == 0
        assert len(here.hooks.calls) == 1

    play(tmp_path, scene)
