"""The web endpoint over a real ledger, and over none."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from alerts.core.errors import ExportwatchError
from alerts.ledger.ledger import Ledger
from alerts.pipeline.lane import Lane
from alerts.web.app import serve
from tests.support.scenes import Play

AWAY = "redis://me:hunter2@127.0.0.1:1/0"


async def get(ledger: Ledger, path: str) -> tuple[int, str, Any]:
    async with (
        serve("127.0.0.1:0", ledger) as address,
        aiohttp.ClientSession() as session,
        session.get(address + path) as answer,
    ):
        text = await answer.text()
        return answer.status, text, await answer.json() if "json" in answer.content_type else None


async def away(path: str) -> tuple[int, str, Any]:
    ledger = Ledger(AWAY)
    try:
        return await get(ledger, path)
    finally:
        await ledger.close()


def test_healthz_is_200_while_lanes_make_progress_and_503_with_reasons_else(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        status, _, told = await get(ledger, "/healthz")
        assert (status, told["ok"]) == (503, False)
        assert len(told["faults"]) == len(Lane)
        for lane in Lane:
            await ledger.runs.end(lane, datetime.now(UTC))
        status, _, told = await get(ledger, "/healthz")
        assert (status, told["ok"], told["faults"]) == (200, True, [])

    play(scene)


def test_livez_and_readyz_ask_less_than_healthz(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        assert (await get(ledger, "/livez"))[0] == 200
        assert (await get(ledger, "/readyz"))[0] == 200
        assert (await get(ledger, "/healthz"))[0] == 503

    play(scene)


def test_without_a_ledger_it_lives_and_is_not_ready() -> None:
    assert asyncio.run(away("/livez"))[0] == 200
    status, text, told = asyncio.run(away("/readyz"))
    assert (status, told["ok"]) == (503, False)
    assert "hunter2" not in text


def test_metrics_are_what_the_ledger_counts(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        for lane in Lane:
            await ledger.runs.end(lane, datetime.now(UTC))
        status, text, _ = await get(ledger, "/metrics")
        assert status == 200
        assert "exportwatch_ledger_up 1.0" in text
        for lane in Lane:
            assert f'exportwatch_progress_age_seconds{{lane="{lane}"}}' in text

    play(scene)


def test_without_a_ledger_healthz_is_503_and_keeps_the_password() -> None:
    status, text, told = asyncio.run(away("/healthz"))
    assert (status, told["ok"]) == (503, False)
    assert "127.0.0.1:1" in text
    assert "hunter2" not in text


def test_without_a_ledger_a_scrape_still_tells_so() -> None:
    status, text, _ = asyncio.run(away("/metrics"))
    assert status == 200
    assert "exportwatch_ledger_up 0.0\n" in text
    assert "exportwatch_build_info" in text
    assert "hunter2" not in text


def test_an_address_in_use_names_the_setting(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        async with serve("127.0.0.1:0", ledger) as address:
            taken = address.removeprefix("http://")
            with pytest.raises(ExportwatchError, match="EXPORTWATCH_WEB_BIND") as caught:
                async with serve(taken, ledger):
                    pass
            assert taken in str(caught.value)

    play(scene)
