"""Inhibitions on a real server: marks are compared and set with the decision, whoever decides."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.core.event import Event
from alerts.core.measure import Recognition
from alerts.core.reasons import DecisionReason
from alerts.core.route import Routes
from alerts.core.rulebook import RuleBook
from alerts.core.taxonomy import Status
from alerts.ledger import keys
from alerts.ledger.ledger import Ledger
from alerts.pipeline.decide import decide, run
from alerts.pipeline.deciding import Candidate, Stories
from alerts.pipeline.inhibiting import mark_keys
from alerts.pipeline.lane import Bounds
from alerts.pipeline.muting import Mutes
from alerts.pipeline.ports import Committed
from tests.contract.test_ledger_updates import one_more
from tests.support.builders import NOON, a_match, a_measure, an_event, later
from tests.support.scenes import LEASE, Play, admitted

ROUTES = Routes.model_validate(
    {
        "route": {"receiver": "erp"},
        "inhibit_rules": [
            {
                "name": "grave",
                "source_matchers": ['severity="critical"'],
                "target_matchers": ['severity="low"'],
                "equal": ["issuer"],
                "for": "1h",
            }
        ],
    }
)


class Marked:
    """Rules that hold on every event; issuer, severity and a kind of its own are read from the title."""

    correlations: Sequence[object] = ()

    def __len__(self) -> int:
        return 1

    def match(self, event: Event, measures: object, now: datetime) -> list[object]:
        issuer, severity = event.title.split()
        measure = a_measure(issuer=issuer, status=Status.ANNOUNCED, targets=("*",))
        return [a_match(f"{severity}-{event.key}", severity=severity, measure=measure)]


BOOK = RuleBook("v1", Marked(), {}, {}, ROUTES.route, inhibit_rules=ROUTES.inhibit_rules)


def item(issuer: str, severity: str, number: int) -> Event:
    return an_event(f"{issuer} {severity}", "", key=str(number), publisher=f"paper {number}")


async def decided(ledger: Ledger, at: float = 0, batch: int = 25) -> None:
    def recognise(title: str, text: str, **_: object) -> Recognition:
        return Recognition(relevant=False)

    ended = iter([later(at)] * 3)
    bounds = Bounds(timedelta(seconds=1), LEASE, batch=batch)
    await run(ledger.decisions, recognise, BOOK, lambda: next(ended, later(at)), lambda _: None, bounds)


async def reason(ledger: Ledger, event: Event) -> tuple[str, str | None]:
    record = await ledger.records.decision(event.id)
    assert record is not None
    return record.decided[0]["reason"], record.decided[0]["alert_id"]


def test_the_record_names_the_alert_that_inhibits_and_the_mark_ends(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        grave, slight, other, after = (
            item(*each)
            for each in (("IN", "critical", 1), ("IN", "low", 2), ("CN", "low", 3), ("IN", "low", 4))
        )
        await admitted(ledger, grave)
        await decided(ledger)
        for each, at in ((slight, 60), (other, 60), (after, 3600)):
            await one_more(ledger, each)
            await decided(ledger, at)
        _, alert = await reason(ledger, grave)
        assert await reason(ledger, slight) == (DecisionReason.INHIBITED, alert)
        assert (await reason(ledger, other))[0] == DecisionReason.OPENED
        assert (await reason(ledger, after))[0] == DecisionReason.OPENED
        (mark,) = mark_keys(ROUTES.inhibit_rules, grave, [a_measure()])
        assert 0 < int(await ledger._connection.do("PTTL", keys.mark(mark))) <= 3600_000
        assert (await ledger.records.status(NOON)).counts["decided:low-2:inhibited"] == 1

    play(scene)


def test_a_decision_that_did_not_see_the_mark_is_refused(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await admitted(ledger, item("IN", "low", 1))
        ((lease, slight),) = await ledger.decisions.claim_events(NOON, 1, LEASE)
        matches = tuple(Marked().match(slight, (), NOON))
        candidate = Candidate(lease, slight, Recognition(relevant=False), matches)
        unaware = decide(candidate, Stories(), BOOK, NOON, mutes=Mutes())
        assert unaware.deliveries
        await one_more(ledger, item("IN", "critical", 2))
        await decided(ledger)
        assert await ledger.decisions.commit_decisions([(lease, unaware)], "v1", NOON) == [Committed.CONFLICT]

    play(scene)


def test_two_deciders_never_tell_what_is_inhibited_after_the_source_was_told(
    server_url: str, play: Play
) -> None:
    async def scene(ledger: Ledger) -> None:
        issuers = ("IN", "CN", "ID", "CD")
        await admitted(ledger, *(item(issuer, "critical", n) for n, issuer in enumerate(issuers)))
        await decided(ledger)
        slight = [item(issuers[n % 4], "low", 10 + n) for n in range(40)]
        for each in slight:
            await one_more(ledger, each)
        other = Ledger(server_url)
        try:
            await asyncio.gather(*(decided(each, 60, batch=5) for each in (ledger, other)))
        finally:
            await other.close()
        reasons = Counter([(await reason(ledger, each))[0] for each in slight])
        assert reasons == {DecisionReason.INHIBITED: 40}

    play(scene)
