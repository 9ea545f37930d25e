"""Updates on a real server: pending ones are written anew, and two deciders tell each story once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from alerts.core.alert import Alert
from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.measure import Measure, Recognition
from alerts.core.reasons import DecisionReason, OutcomeReason
from alerts.core.route import Route
from alerts.core.rulebook import RuleBook
from alerts.core.taxonomy import Status
from alerts.ledger.ledger import Ledger
from alerts.pipeline.decide import run
from alerts.pipeline.lane import Bounds
from alerts.pipeline.ports import Completion, SourceState
from tests.support.builders import NOON, a_match, a_measure, an_event, later
from tests.support.scenes import LEASE, Play, admitted

ISSUERS = ("IN", "CN", "ID", "CD")


class Marked:
    """Rules that hold on every event; the measure is read from the title (``IN in_force``)."""

    correlations: Sequence[Any] = ()

    def __len__(self) -> int:
        return 1

    def match(self, event: Event, measures: Sequence[Measure], now: datetime) -> list[Match]:
        issuer, status = event.title.split()
        return [a_match(measure=a_measure(issuer=issuer, status=Status(status), targets=("*",)))]


BOOK = RuleBook("v1", Marked(), {}, {}, Route(receiver="erp"))


def told(issuer: str, status: str, number: int) -> Event:
    return an_event(f"{issuer} {status}", "", key=str(number), publisher=f"paper {number}")


async def decided(ledger: Ledger, at: datetime = NOON, batch: int = 25) -> int:
    def recognise(title: str, text: str, **_: object) -> Recognition:
        return Recognition(relevant=False)

    ended = iter([at] * 3)
    bounds = Bounds(timedelta(seconds=1), LEASE, batch=batch)
    return await run(ledger.decisions, recognise, BOOK, lambda: next(ended, at), lambda _: None, bounds)


async def one_more(ledger: Ledger, event: Event) -> None:
    (lease,) = await ledger.polls.claim_sources(later(86400), 1, LEASE)
    state = SourceState(next_poll=later(900))
    await ledger.polls.admit(lease, state, [event], {event.key: "v"}, [event.key], NOON)


async def alerts_of(ledger: Ledger) -> list[Alert]:
    return sorted(await ledger.records.alerts(99), key=lambda alert: (alert.revision, alert.id))


def test_two_deciders_tell_each_story_once_and_count_every_report(server_url: str, play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        events = [told(ISSUERS[number % 4], "announced", number) for number in range(80)]
        await admitted(ledger, *events)
        other = Ledger(server_url)
        try:
            counts = await asyncio.gather(*(decided(each, batch=5) for each in (ledger, other)))
        finally:
            await other.close()
        assert min(counts) > 0
        assert sum(counts) >= len(events)
        alerts = await alerts_of(ledger)
        assert (
            len(alerts)
            == len({(a.rule.id, a.story.id) for a in alerts if a.rule and a.story})
            == len(ISSUERS)
        )
        records = [await ledger.records.decision(event.id) for event in events]
        reasons = Counter(record.decided[0]["reason"] for record in records if record)
        assert reasons == {DecisionReason.OPENED: 4, DecisionReason.REPEATED: 76}
        stories = {record.decided[0]["story_id"] for record in records if record}
        raw = [await ledger._connection.do("GET", f"ew:story:{name}") for name in stories]
        reports = [int(text.split('"reports":')[1].split(",")[0]) for text in raw]
        assert reports == [20] * 4

    play(scene)


def test_a_held_update_is_written_anew_until_it_goes_out(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await admitted(ledger, told("IN", "announced", 1))
        await decided(ledger)
        await one_more(ledger, told("IN", "in_force", 2))
        await decided(ledger, later(60))
        await one_more(ledger, told("IN", "suspended", 3))
        await decided(ledger, later(120))
        first, update = await alerts_of(ledger)
        assert (first.revision, update.revision) == (1, 2)
        assert update.summary.startswith("Update: suspended (was announced).")
        assert (await ledger.records.status(later(120))).counts["alerts"] == 2
        sent = await ledger.deliveries.claim_deliveries(later(3599), 9, LEASE, {})
        assert [alert.revision for _, _, alert in sent] == [1]
        sent = await ledger.deliveries.claim_deliveries(later(3600), 9, LEASE, {})
        assert [alert.summary for _, _, alert in sent if alert.revision == 2] == [update.summary]

    play(scene)


def test_an_update_that_is_on_its_way_is_not_written_anew(play: Play) -> None:
    """The second worker's clock is behind: the first has claimed what that one thinks is pending."""

    async def scene(ledger: Ledger) -> None:
        await admitted(ledger, told("IN", "announced", 1))
        await decided(ledger)
        await one_more(ledger, told("IN", "in_force", 2))
        await decided(ledger, later(60))
        claimed = await ledger.deliveries.claim_deliveries(later(3601), 9, LEASE, {})
        await one_more(ledger, told("IN", "suspended", 3))
        await decided(ledger, later(3500))
        assert [alert.revision for alert in await alerts_of(ledger)] == [1, 2]
        assert (await ledger.records.status(later(3602))).lanes["decide"].waiting == 1
        done = [
            Completion(lease, delivery.target, later(3602), OutcomeReason.DELIVERED, "", 0.1, None)
            for lease, delivery, _ in claimed
        ]
        assert all(await ledger.deliveries.complete(done))
        await decided(ledger, later(3700))
        assert [alert.revision for alert in await alerts_of(ledger)] == [1, 2, 3]
        third = (await alerts_of(ledger))[-1]
        assert third.summary.startswith("Update: suspended (was in force).")

    play(scene)
