"""Silences on a real server: compared when a decision is committed, on record, over by themselves."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from alerts.core.measure import Recognition
from alerts.core.reasons import DecisionReason
from alerts.core.silence import Silence, make_silence
from alerts.ledger.ledger import Ledger
from alerts.ledger.silences import MOST
from alerts.pipeline.decide import decide
from alerts.pipeline.deciding import Candidate, Stories
from alerts.pipeline.muting import Mutes
from alerts.pipeline.ports import Committed, Decided, DecisionRecord
from tests.contract.test_ledger_updates import BOOK, Marked, decided, one_more, told
from tests.support.builders import NOON, later
from tests.support.scenes import LEASE, Play, admitted


def a_silence(*matchers: str, ends: float = 3600) -> Silence:
    return make_silence(
        matchers or ('issuer="IN"',), "anna", "the mine is on strike", NOON, NOON, later(ends)
    )


async def reasons(ledger: Ledger, event_id: str) -> list[tuple[str, str]]:
    record = await ledger.records.decision(event_id)
    assert isinstance(record, DecisionRecord)
    return [(one["reason"], one["detail"]) for one in record.decided]


def test_a_silenced_match_is_on_record_and_the_first_report_after_the_end_is_told(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        silence = a_silence()
        assert await ledger.silences.put(silence)
        first, second = told("IN", "announced", 1), told("IN", "announced", 2)
        await admitted(ledger, first, told("CN", "announced", 3))
        await decided(ledger)
        assert [alert.measure.issuer for alert in await ledger.records.alerts(9) if alert.measure] == ["CN"]
        ((reason, detail),) = await reasons(ledger, first.id)
        assert reason == DecisionReason.SILENCED
        assert detail == f"by {silence.id} of anna until 2026-11-23 13:00:00 UTC: the mine is on strike"
        await one_more(ledger, second)
        await decided(ledger, later(3600))
        assert [reason for reason, _ in await reasons(ledger, second.id)] == [DecisionReason.OPENED]
        (newest, _) = await ledger.records.alerts(9)
        assert newest.story is not None
        assert newest.story.reports == 2

    play(scene)


def test_a_silenced_update_is_told_with_the_first_report_after_the_end(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await admitted(ledger, told("IN", "announced", 1))
        await decided(ledger)
        await ledger.silences.put(a_silence('type="alert.updated"'))
        for number, at, status in ((2, 60, "in_force"), (3, 3700, "in_force")):
            await one_more(ledger, event := told("IN", status, number))
            await decided(ledger, later(at))
        assert [reason for reason, _ in await reasons(ledger, event.id)] == [DecisionReason.UPDATED]
        update = max(await ledger.records.alerts(9), key=lambda alert: alert.revision)
        assert update.summary.startswith("Update: in force (was announced).")

    play(scene)


def test_a_decision_by_silences_that_have_changed_is_refused(play: Play) -> None:
    """Whoever silenced it and was told so must not see it go out."""

    async def scene(ledger: Ledger) -> None:
        await admitted(ledger, told("IN", "announced", 1))
        ((lease, event),) = await ledger.decisions.claim_events(NOON, 1, LEASE)
        matches = tuple(Marked().match(event, (), NOON))
        candidate = Candidate(lease, event, Recognition(relevant=False), matches)
        decision = decide(candidate, Stories(), BOOK, NOON, mutes=Mutes(await ledger.decisions.silences()))
        assert decision.deliveries
        await ledger.silences.put(a_silence())
        assert await ledger.decisions.commit_decisions([(lease, decision)], "v1", NOON) == [
            Committed.CONFLICT
        ]
        again = decide(candidate, Stories(), BOOK, NOON, mutes=Mutes(await ledger.decisions.silences()))
        assert again.decided[0].reason is DecisionReason.SILENCED
        assert isinstance(again.decided[0], Decided)
        assert await ledger.decisions.commit_decisions([(lease, again)], "v1", NOON) == [Committed.DONE]
        assert await ledger.deliveries.claim_deliveries(later(9), 9, LEASE, {}) == []

    play(scene)


def test_a_silence_is_ended_before_its_time_once(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        silence = a_silence()
        await ledger.silences.put(silence)
        ended = await ledger.silences.expire(silence.id, later(60))
        assert ended is not None
        assert ended.ends == later(60)
        assert await ledger.silences.expire(silence.id, later(120)) == ended
        assert await ledger.silences.expire("sil_none", later(60)) is None
        assert (await ledger.silences.read()).kept == (ended,)
        assert (await ledger.surveys.take(later(30))).silences == 1
        assert (await ledger.surveys.take(later(60))).silences == 0

    play(scene)


def test_what_is_over_is_forgotten_with_the_retention_and_what_holds_is_kept(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        over, holds = a_silence(), a_silence(ends=30 * 86400)
        for each in (over, holds):
            await ledger.silences.put(each)
        await ledger.sweeps.expire(NOON + timedelta(days=10), [])
        assert (await ledger.silences.read()).kept == (holds,)

    play(scene)


def test_there_cannot_be_so_many_that_deciding_is_slow(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        many = [a_silence(f'rule="{number}"') for number in range(MOST)]
        assert all(await asyncio.gather(*map(ledger.silences.put, many)))
        assert not await ledger.silences.put(a_silence('rule="x"'))
        assert await ledger.silences.put(many[0])

    play(scene)
