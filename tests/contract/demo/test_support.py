"""The tests' own instruments: they must hurt as they say, or a kill test proves nothing."""

from __future__ import annotations

import asyncio
import gzip
import time
from datetime import UTC, datetime
from itertools import islice

import aiohttp
import pytest
import standardwebhooks

from alerts.demo.hooks import make_secret
from tests.support.bad_origin import BadOrigin, gzip_bomb
from tests.support.faulty import FaultySink
from tests.support.items import Trigger, plan_items

FEEDS = ("a", "b", "c")


def test_items_are_the_same_for_the_same_seed_and_each_is_told_apart() -> None:
    items = list(islice(plan_items(7, FEEDS), 400))
    assert items == list(islice(plan_items(7, FEEDS), 400))
    assert len({(planned.feed, planned.item.guid) for planned in items}) == 400
    fresh = [planned for planned in items if not planned.repeat]
    assert len({planned.code for planned in fresh}) == len(fresh)
    matching = [planned for planned in fresh if planned.trigger is not Trigger.NONE]
    assert 0.5 < len(matching) / len(fresh) < 0.7


def test_a_repeat_is_word_for_word_in_another_feed() -> None:
    items = list(islice(plan_items(7, FEEDS), 400))
    first = {planned.code: planned for planned in items if not planned.repeat}
    repeats = [planned for planned in items if planned.repeat]
    assert len(repeats) > 30
    for repeat in repeats:
        origin = first[repeat.code]
        assert (repeat.item.title, repeat.item.text) == (origin.item.title, origin.item.text)
        assert repeat.feed != origin.feed
        assert repeat.item.guid != origin.item.guid


def test_faulty_sink_fails_each_delivery_once_at_most_and_remembers_all() -> None:
    async def scene() -> None:
        secret = make_secret()
        timeout = aiohttp.ClientTimeout(total=0.3)
        async with (
            FaultySink(secret, seed=3, rate=1.0) as sink,
            aiohttp.ClientSession(timeout=timeout) as client,
        ):
            seen: set[str] = set()
            for number in range(40):
                seen.add(await _post(client, sink, secret, f"dlv_{number}"))
                assert await _post(client, sink, secret, f"dlv_{number}") == "204"
            assert seen == {"500", "429", "503", "TimeoutError", "ServerDisconnectedError"}
            assert sum(sink.faults.values()) == len(sink.accepted) == 40
            assert len(sink.calls) == 80

    asyncio.run(scene())


async def _post(client: aiohttp.ClientSession, sink: FaultySink, secret: str, call_id: str) -> str:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": call_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": standardwebhooks.Webhook(secret).sign(call_id, now, "{}"),
    }
    try:
        async with client.post(sink.url(), data="{}", headers=headers) as answer:
            return str(answer.status)
    except (aiohttp.ClientError, TimeoutError) as error:
        return "TimeoutError" if isinstance(error, TimeoutError) else type(error).__name__


def test_bomb_inflates_to_what_it_promises() -> None:
    bomb = gzip_bomb(20 * 1024 * 1024)
    assert len(bomb) < 200 * 1024
    assert len(gzip.decompress(bomb)) > 20 * 1024 * 1024


@pytest.mark.parametrize(
    ("kind", "wanted"), [("html", "<!doctype html>"), ("truncated", "<item>"), ("entities", "<!ENTITY")]
)
def test_bad_origin_serves_bad_documents(kind: str, wanted: str) -> None:
    async def scene() -> None:
        async with BadOrigin() as origin, aiohttp.ClientSession() as client:
            async with client.get(origin.bad_url(kind)) as answer:
                assert wanted in await answer.text()
            assert origin.asked == {kind}

    asyncio.run(scene())


def test_bad_origin_drips_and_redirects() -> None:
    async def scene() -> None:
        async with BadOrigin() as origin, aiohttp.ClientSession() as client:
            async with client.get(origin.bad_url("redirect"), allow_redirects=False) as answer:
                assert answer.headers["Location"].startswith("http://169.254.169.254/")
            start = time.monotonic()
            async with client.get(origin.bad_url("drip")) as answer:
                await answer.content.readexactly(2)
            assert time.monotonic() - start > 0.9

    asyncio.run(scene())
