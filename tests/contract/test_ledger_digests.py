"""Digests on a real server: gathered in the decision's own script, sent once, nothing lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.digest import Digest
from alerts.core.event import Event
from alerts.core.measure import Recognition
from alerts.core.reasons import DecisionReason, OutcomeReason
from alerts.core.route import Routes
from alerts.core.rulebook import RuleBook
from alerts.ledger import keys
from alerts.ledger.ledger import Ledger
from alerts.pipeline.decide import run
from alerts.pipeline.lane import Bounds
from alerts.pipeline.ports import Completion, Lease
from alerts.pipeline.service_alert import address
from tests.contract.test_ledger_updates import Marked, one_more, told
from tests.support.builders import NOON, later
from tests.support.notices import a_service_alert
from tests.support.scenes import LEASE, Play, admitted

ROUTES = Routes.model_validate(
    {
        "route": {
            "receiver": "erp",
            "quiet_hours": {"name": "noon"},
            "routes": [
                {"matchers": ['issuer=~".*"'], "receiver": "erp", "continue": True},
                {"matchers": ['issuer=~"IN|CN"'], "receiver": "pager", "quiet_hours": "none"},
            ],
        },
        "time_intervals": [{"name": "noon", "times": [{"start": "12:00", "end": "13:00"}]}],
    }
)
INTERVALS = {each.name: each for each in ROUTES.time_intervals}
BOOK = RuleBook("v1", Marked(), {}, {}, ROUTES.route, INTERVALS)
HOUR = 3600.0

Claimed = Sequence[tuple[Lease, Delivery, Alert]]


async def decided(ledger: Ledger, at: float = 0, batch: int = 25) -> int:
    def recognise(title: str, text: str, **_: object) -> Recognition:
        return Recognition(relevant=False)

    ended = iter([later(at)] * 3)
    bounds = Bounds(timedelta(seconds=1), LEASE, batch=batch)
    return await run(
        ledger.decisions, recognise, BOOK, lambda: next(ended, later(at)), lambda _: None, bounds
    )


async def held(ledger: Ledger, *events: Event, at: float = 0) -> None:
    await admitted(ledger, *events)
    await decided(ledger, at)


async def claimed(ledger: Ledger, at: float) -> Claimed:
    return await ledger.deliveries.claim_deliveries(later(at), 50, LEASE, {"erp": 9, "pager": 9})


async def completed(ledger: Ledger, taken: Claimed, at: float, reason: OutcomeReason) -> list[bool]:
    return await ledger.deliveries.complete(
        [
            Completion(lease, delivery.target, later(at), reason, "said", 0.1, None)
            for lease, delivery, _ in taken
        ]
    )


def digest_in(taken: Claimed) -> Digest:
    (found,) = [alert for _, _, alert in taken if isinstance(alert, Digest)]
    return found


def test_what_is_held_goes_as_one_digest_when_the_interval_ends(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await held(ledger, *(told(issuer, "announced", n) for n, issuer in enumerate(("ID", "CD", "ZM"))))
        assert await claimed(ledger, HOUR - 1) == []
        taken = await claimed(ledger, HOUR)
        digest = digest_in(taken)
        assert len(taken) == 1
        assert (digest.count, digest.at) == (3, later(HOUR))
        assert {item.alert.measure.issuer for item in digest.items if item.alert.measure} == {
            "ID",
            "CD",
            "ZM",
        }
        waiting = await ledger.records.deliveries(DeliveryState.HELD, 9)
        assert len(waiting) == (await ledger.surveys.take(later(HOUR))).targets["erp"].held == 3
        assert await completed(ledger, taken, HOUR + 1, OutcomeReason.DELIVERED) == [True]
        assert await ledger.records.deliveries(DeliveryState.HELD, 9) == []
        arrived = await ledger.records.deliveries(DeliveryState.DELIVERED, 9)
        assert len(arrived) == 4
        assert {each.attempts[0].at for each in arrived} == {later(HOUR + 1)}
        assert await claimed(ledger, 10 * HOUR) == []

    play(scene)


def test_it_is_decided_who_is_told_at_once_and_who_is_not(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        event = told("IN", "announced", 1)
        await held(ledger, event)
        assert [delivery.target for _, delivery, _ in await claimed(ledger, 0)] == ["pager"]
        record = await ledger.records.decision(event.id)
        assert record is not None
        assert [(one["reason"], list(one["targets"])) for one in record.decided] == [
            (DecisionReason.OPENED, ["erp", "pager"]),
            (DecisionReason.MUTED, ["erp"]),
        ]
        counts = (await ledger.records.status(NOON)).counts
        assert counts["decided:in-halt:muted"] == 1

    play(scene)


def test_updates_of_a_held_story_are_folded_into_its_item(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await held(ledger, told("ID", "announced", 1))
        for number, status in enumerate(("in_force", "suspended"), 2):
            await one_more(ledger, told("ID", status, number))
            await decided(ledger, 600.0 * number)
        taken = await claimed(ledger, HOUR)
        (item,) = digest_in(taken).items
        # The second change came before the first might go by update_after: it was written into it.
        assert [alert.revision for alert in (*item.before, item.alert)] == [1, 2]
        assert item.alert.summary.startswith("Update: suspended (was announced).")
        await completed(ledger, taken, HOUR, OutcomeReason.DELIVERED)
        assert await claimed(ledger, 10 * HOUR) == []

    play(scene)


def test_an_update_in_a_claimed_digest_is_not_written_anew(play: Play) -> None:
    """The second worker's clock is behind: it still thinks that the update is pending."""

    async def scene(ledger: Ledger) -> None:
        await held(ledger, told("ID", "announced", 1))
        await one_more(ledger, told("ID", "in_force", 2))
        await decided(ledger, 600)
        taken = await claimed(ledger, HOUR)
        await one_more(ledger, told("ID", "suspended", 3))
        await decided(ledger, HOUR - 1)
        assert (await ledger.records.status(later(HOUR))).lanes["decide"].waiting == 1
        assert digest_in(taken) == digest_in(await claimed(ledger, HOUR + 61))
        await decided(ledger, HOUR + 120)
        third = max(await ledger.records.alerts(9), key=lambda alert: alert.revision)
        assert (third.revision, third.summary[:35]) == (3, "Update: suspended (was in force). In"[:35])

    play(scene)


def test_a_claimed_digest_takes_nothing_more_and_the_event_is_decided_again(play: Play) -> None:
    """The second worker's clock is behind: it still thinks that the interval holds."""

    async def scene(ledger: Ledger) -> None:
        await held(ledger, told("ID", "announced", 1))
        taken = await claimed(ledger, HOUR)
        await one_more(ledger, told("CD", "announced", 2))
        await decided(ledger, HOUR - 1)
        assert digest_in(taken).count == 1
        assert (await ledger.records.status(later(HOUR))).lanes["decide"].waiting == 1
        await completed(ledger, taken, HOUR + 1, OutcomeReason.DELIVERED)
        await decided(ledger, HOUR + 120)
        (alone,) = await claimed(ledger, HOUR + 120)
        assert not isinstance(alone[2], Digest)

    play(scene)


def test_a_worker_that_dies_with_a_digest_leaves_it_to_the_next_under_the_same_id(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await held(ledger, told("ID", "announced", 1), told("CD", "announced", 2))
        first = await claimed(ledger, HOUR)
        assert await claimed(ledger, HOUR + 59) == []
        again = await claimed(ledger, HOUR + 61)
        assert [d.id for _, d, _ in first] == [d.id for _, d, _ in again]
        assert digest_in(first) == digest_in(again)
        assert await completed(ledger, first, HOUR + 62, OutcomeReason.DELIVERED) == [False]
        assert await completed(ledger, again, HOUR + 62, OutcomeReason.DELIVERED) == [True]
        assert await completed(ledger, again, HOUR + 62, OutcomeReason.DELIVERED) == [True]
        assert "erp" not in (await ledger.surveys.take(later(HOUR))).targets

    play(scene)


def test_a_dead_digest_keeps_what_it_holds_until_it_is_redriven(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await held(ledger, told("ID", "announced", 1), told("CD", "announced", 2))
        taken = await claimed(ledger, HOUR)
        await completed(ledger, taken, HOUR + 1, OutcomeReason.GONE)
        assert len(await ledger.records.deliveries(DeliveryState.HELD, 9)) == 2
        carrier = taken[0][1].id
        assert await ledger.deliveries.redrive([carrier], later(2 * HOUR)) == [carrier]
        again = await claimed(ledger, 2 * HOUR)
        assert digest_in(again) == digest_in(taken)
        await completed(ledger, again, 2 * HOUR + 1, OutcomeReason.DELIVERED)
        assert await ledger.records.deliveries(DeliveryState.HELD, 9) == []

    play(scene)


def test_two_deciders_fill_one_digest_and_each_story_is_one_item(server_url: str, play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        issuers = ("ID", "CD", "ZM", "CL")
        await admitted(ledger, *(told(issuers[n % 4], "announced", n) for n in range(80)))
        other = Ledger(server_url)
        try:
            counts = await asyncio.gather(*(decided(each, batch=5) for each in (ledger, other)))
        finally:
            await other.close()
        assert min(counts) > 0
        digest = digest_in(await claimed(ledger, HOUR))
        assert sorted(
            item.alert.measure.issuer or "" for item in digest.items if item.alert.measure
        ) == sorted(issuers)
        assert all(item.before == () for item in digest.items)

    play(scene)


def test_a_silent_source_that_speaks_again_within_the_interval_is_one_item(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        stale = a_service_alert()
        spoken = stale.model_copy(
            update={"id": "alr_spoken", "title": "Source bis speaks again", "at": later(60)}
        )
        for alert, at in ((stale, 0.0), (spoken, 60.0), (spoken, 90.0)):
            await ledger.sweeps.raise_alert(alert, address(alert, None, BOOK, later(at)))
        (item,) = digest_in(await claimed(ledger, HOUR)).items
        assert (item.alert.id, [each.id for each in item.before]) == ("alr_spoken", ["alr_stale"])

    play(scene)


def test_a_notice_about_the_service_that_finds_its_digest_gone_goes_by_itself(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await held(ledger, told("ID", "announced", 1))
        await claimed(ledger, HOUR)
        late = a_service_alert()
        assert await ledger.sweeps.raise_alert(late, address(late, None, BOOK, later(HOUR - 1)))
        assert [alert.id for _, _, alert in await claimed(ledger, HOUR)] == [late.id]

    play(scene)


def test_alerts_are_kept_as_long_as_a_digest_waits_for_them_and_all_is_forgotten_after(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await held(ledger, told("ID", "announced", 1), told("CD", "announced", 2))
        month = 30 * 24 * HOUR
        await ledger.sweeps.expire(later(month), [])
        taken = await claimed(ledger, month)
        assert digest_in(taken).count == 2
        await completed(ledger, taken, month, OutcomeReason.GONE)
        await ledger.sweeps.expire(later(2 * month), [])
        left = await ledger._connection.do("KEYS", f"{keys.PREFIX}d*:*")
        assert [key for key in left if "digest" in key or ":dlv_" in key] == []
        assert (await ledger.surveys.take(later(2 * month))).targets.get("erp") is None

    play(scene)
