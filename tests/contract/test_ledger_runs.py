"""A run's wait for work: woken by the script that makes it, and never asleep over what is there."""

from __future__ import annotations

import asyncio

from alerts.ledger import keys
from alerts.ledger.ledger import Ledger
from tests.support.builders import NOON, a_delivery, an_alert, an_event
from tests.support.scenes import Play, admitted


def test_a_waiting_run_is_woken_by_the_work_itself_and_no_task_is_wanted(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        waiting = asyncio.create_task(ledger.runs.wait("deliver", 30))
        while not await ledger._connection.do("EXISTS", keys.waiting("deliver")):  # noqa: ASYNC110 - the server calls nobody
            await asyncio.sleep(0)
        alert = an_alert()
        assert await ledger.sweeps.raise_alert(alert, [a_delivery(alert)]) is False
        assert await waiting is True
        assert not await ledger._connection.do("EXISTS", keys.waiting("deliver"))

    play(scene)


def test_work_made_before_the_wait_ends_it_at_once(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await admitted(ledger, an_event())
        assert await ledger.runs.wait("decide", 30) is True

    play(scene)


def test_a_run_that_waits_in_vain_is_told_so(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        assert await ledger.runs.wait("decide", 0.01) is False

    play(scene)


def test_without_a_waiting_run_one_task_is_wanted_and_no_more(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        one, two, three = an_alert(1), an_alert(2), an_alert(3)
        assert await ledger.sweeps.raise_alert(one, [a_delivery(one)]) is True
        assert await ledger.sweeps.raise_alert(two, [a_delivery(two)]) is False
        await ledger.runs.begin("deliver")
        assert await ledger.sweeps.raise_alert(three, [a_delivery(three)]) is True
        await ledger.runs.end("deliver", NOON)
        assert (await ledger.records.status(NOON)).lanes["deliver"].progress_seconds == 0

    play(scene)
