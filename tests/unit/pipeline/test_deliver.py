"""The deliver lane over in-memory ports."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery, Outcome
from alerts.core.errors import LedgerUnavailable
from alerts.core.reasons import OutcomeReason
from alerts.core.receiver import Receiver
from alerts.pipeline import deliver
from alerts.pipeline.ports import Completion
from tests.support.builders import NOON, a_delivery, an_alert
from tests.unit.pipeline.fakes import BOUNDS, FakeClock, MemoryDeliveries, ScriptedChannel, a_book, a_receiver


def due(*targets: str) -> list[tuple[Delivery, Alert]]:
    alerts = [an_alert(number) for number in range(len(targets))]
    return [(a_delivery(alert, target), alert) for alert, target in zip(alerts, targets, strict=True)]


def deliver_all(
    ledger: MemoryDeliveries, channel: ScriptedChannel, *receivers: Receiver
) -> tuple[dict[str, Completion], list[str]]:
    told: list[str] = []

    def tell(delivery: Delivery, alert: Alert, done: Completion) -> None:
        assert delivery.alert_id == alert.id
        told.append(delivery.target)

    async def scene() -> None:
        book = a_book(*receivers)
        await deliver.run(ledger, channel, book, FakeClock(), random.Random(1), BOUNDS, tell)

    asyncio.run(asyncio.wait_for(scene(), 10))
    return {done.target: done for done in ledger.completed}, told


def test_each_outcome_is_recorded_with_its_next_step() -> None:
    ledger = MemoryDeliveries(*due("good", "gone", "busy"))
    channel = ScriptedChannel(
        {
            "gone": Outcome(OutcomeReason.GONE, "410"),
            "busy": Outcome(OutcomeReason.RATE_LIMITED, "429", timedelta(hours=1)),
        }
    )
    done, told = deliver_all(ledger, channel, *map(a_receiver, ("good", "gone", "busy")))
    assert (done["good"].reason, done["good"].due) == (OutcomeReason.DELIVERED, None)
    assert (done["gone"].reason, done["gone"].due, done["gone"].detail) == (OutcomeReason.GONE, None, "410")
    assert done["busy"].due is not None
    assert done["busy"].due >= NOON + timedelta(hours=1)
    assert sorted(told) == ["busy", "gone", "good"]


def test_a_channel_that_raises_costs_one_attempt_and_says_where() -> None:
    ledger = MemoryDeliveries(*due("broken", "good"))
    channel = ScriptedChannel({"broken": KeyError("https://hooks.example/services/hunter2")})
    done, _ = deliver_all(ledger, channel, a_receiver("broken"), a_receiver("good"))
    assert done["good"].reason is OutcomeReason.DELIVERED
    broken = done["broken"]
    assert broken.reason is OutcomeReason.INTERNAL_ERROR
    assert broken.due is not None
    assert "hunter2" not in broken.detail
    assert "KeyError" in broken.detail
    assert "send" in broken.detail  # the function that raised: without it nobody finds the bug


def test_an_unknown_receiver_is_unconfigured_and_tried_again() -> None:
    ledger, channel = MemoryDeliveries(*due("erp")), ScriptedChannel()
    done, _ = deliver_all(ledger, channel)
    assert done["erp"].reason is OutcomeReason.UNCONFIGURED
    assert done["erp"].due is not None
    assert "no receiver erp" in done["erp"].detail
    assert channel.sent == []


def test_a_lost_lease_is_not_told() -> None:
    ledger = MemoryDeliveries(*due("slow", "good"))
    ledger.lost = {ledger.due[0][0].id}
    _, told = deliver_all(ledger, ScriptedChannel(), a_receiver("slow"), a_receiver("good"))
    assert told == ["good"]


def test_a_receivers_share_is_what_the_ledger_is_asked_for() -> None:
    ledger = MemoryDeliveries()
    deliver_all(ledger, ScriptedChannel(), a_receiver("wide", max_in_flight=9), a_receiver("narrow"))
    assert ledger.shares == {"wide": 9, "narrow": 2}


def test_a_hung_target_delays_no_other() -> None:
    async def scene() -> None:
        release, all_told = asyncio.Event(), asyncio.Event()
        told: list[str] = []

        async def hang() -> Outcome:
            await release.wait()
            return Outcome(OutcomeReason.TIMEOUT)

        def tell(delivery: Delivery, *_: object) -> None:
            told.append(delivery.target)
            if told.count("good") == 5:
                all_told.set()

        ledger = MemoryDeliveries(*due("hung", *["good"] * 5))
        book = a_book(a_receiver("hung"), a_receiver("good"))
        channel = ScriptedChannel({"hung": hang})
        run = asyncio.create_task(
            deliver.run(ledger, channel, book, FakeClock(), random.Random(1), BOUNDS, tell)
        )
        await all_told.wait()
        assert not run.done()
        release.set()
        assert await run == 6
        assert told[-1] == "hung"

    asyncio.run(asyncio.wait_for(scene(), 10))


def test_a_ledger_that_is_away_ends_the_run_with_nothing_told() -> None:
    class Away(MemoryDeliveries):
        async def complete(self, completions: object) -> list[bool]:
            raise LedgerUnavailable("away")

    with pytest.raises(LedgerUnavailable):
        deliver_all(Away(*due("good")), ScriptedChannel(), a_receiver("good"))
