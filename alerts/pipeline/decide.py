"""The decide lane: recognise, match, cluster into stories, route; then commit.

:func:`decide` is pure: from an event and what is known of the stories it might belong to and
of the correlations that it may count for, to everything that the commit writes. :func:`run`
claims events in batches, decides each with stories and windows as the events before it in the
batch left them, and commits all of them in order in one round trip. Where another worker
changed one of them meanwhile, the commit is refused and the event is decided again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.reasons import DecisionReason
from alerts.core.rulebook import RuleBook
from alerts.pipeline.correlate import Windows
from alerts.pipeline.deciding import Candidate, Deciding, Stories
from alerts.pipeline.lane import Bounds, Clock, Lane, Nudge
from alerts.pipeline.mishap import tell_mishap
from alerts.pipeline.muting import Mutes
from alerts.pipeline.ports import (
    Committed,
    Decided,
    DecideLedger,
    Decision,
    Lease,
    Recogniser,
)

_MOST_ROUNDS = 20
"""Rounds of deciding again after conflicts; what is left falls due with its lease."""


def decide(
    candidate: Candidate,
    stories: Stories,
    book: RuleBook,
    now: datetime,
    windows: Windows | None = None,
    mutes: Mutes | None = None,
) -> Decision:
    """Decide one event: alerts, deliveries, story changes, and a reason for every match."""
    event, mutes = candidate.event, mutes or Mutes()
    quiet = _quiet_reason(event, book)
    live = [match for match in candidate.matches if match.status == "live" and match.excepted is None]
    deciding = Deciding(candidate, stories, book, now, windows or Windows(), mutes)
    if quiet is not None:
        deciding.hear()
        silent = _without_alert(candidate.matches, quiet) or (Decided("", quiet),)
        return Decision(
            event,
            candidate.recognition,
            (*silent, *deciding.decided),
            tuple(deciding.alerts),
            tuple(deciding.deliveries),
            windows=tuple(deciding.counting.changes.values()),
            silences_version=mutes.silences.version,
            ended=tuple(deciding.ended),
            began=candidate.began,
        )
    for match in sorted(live, key=lambda match: (match.measure is None, not deciding.inhibits(match))):
        deciding.take(match)
    deciding.hear()
    deciding.correlate()
    deciding.follow_up()
    silent = _without_alert([match for match in candidate.matches if match not in live], None)
    decided = (*silent, *deciding.decided) or (Decided("", DecisionReason.NO_MATCH),)
    return Decision(
        event,
        candidate.recognition,
        decided,
        tuple(deciding.alerts),
        tuple(deciding.deliveries),
        tuple(deciding.changes.values()),
        {key: stories.ids.get(key) for key in candidate.keys} if deciding.changes else {},
        frozenset(deciding.rewrites),
        tuple(deciding.counting.changes.values()),
        mutes.silences.version,
        candidate.began,
        deciding.marks_read,
        deciding.marks,
        tuple(deciding.ended),
    )


def _quiet_reason(event: Event, book: RuleBook) -> DecisionReason | None:
    """Why nothing of this event may alert, whatever matches; None if it may."""
    if event.backlog:
        return DecisionReason.BACKLOG
    source = book.sources.get(event.source.id)
    limit = source.max_age if source else None
    if limit is not None and event.published is not None and event.seen - event.published > limit:
        return DecisionReason.TOO_OLD
    return None


def _without_alert(matches: Sequence[Match], quiet: DecisionReason | None) -> tuple[Decided, ...]:
    decided: list[Decided] = []
    for match in matches:
        if match.excepted is not None:
            decided.append(Decided(match.rule_id, DecisionReason.EXCEPTED, detail=match.excepted))
        elif match.status != "live":
            decided.append(Decided(match.rule_id, DecisionReason.SHADOW))
        else:
            decided.append(Decided(match.rule_id, quiet or DecisionReason.NO_MATCH))
    return tuple(decided)


async def run(
    ledger: DecideLedger,
    recognise: Recogniser,
    book: RuleBook,
    clock: Clock,
    nudge: Nudge,
    bounds: Bounds,
    told: Callable[[Decision], None] = lambda _: None,
    failed: Callable[[Event, str], None] = lambda *_: None,
) -> int:
    """Decide what is due until nothing is, or the run's time is over; returns how many.

    An event that sets off a bug in a pure room is told of by ``failed`` and stays leased: it
    is tried again when the lease ends, and holds up none of its batch.
    """
    end = clock() + bounds.run
    total = 0
    while clock() < end:
        claimed = await ledger.claim_events(clock(), bounds.batch, bounds.lease)
        if not claimed:
            break
        candidates: list[Candidate] = []
        for lease, event in claimed:
            try:
                candidates.append(_recognise(lease, event, recognise, book, clock()))
            except Exception as error:  # a bug in a pure room must cost its event alone
                failed(event, tell_mishap(error))
        await _commit(candidates, ledger, book, clock, nudge, told)
        total += len(claimed)
    return total


def _recognise(lease: Lease, event: Event, recognise: Recogniser, book: RuleBook, now: datetime) -> Candidate:
    recognition = recognise(event.title, event.text, lang=event.lang, published=event.published)
    matches = tuple(book.rules.match(event, recognition.measures, now))
    return Candidate(lease, event, recognition, matches, now)


async def _commit(
    candidates: list[Candidate],
    ledger: DecideLedger,
    book: RuleBook,
    clock: Clock,
    nudge: Nudge,
    told: Callable[[Decision], None],
) -> None:
    for _ in range(_MOST_ROUNDS):
        silences, marks, found = await asyncio.gather(
            ledger.silences(),
            ledger.marks_at([key for each in candidates for key in each.mark_keys(book)]),
            ledger.stories_at([key for each in candidates for key in each.keys]),
        )
        mutes = Mutes(silences, marks)
        stories = Stories(*found)
        decisions: list[tuple[Lease, Decision]] = []
        windows = Windows(
            await ledger.windows_at([key for each in candidates for key in each.window_keys(stories, book)])
        )
        for candidate in candidates:
            decision = decide(candidate, stories, book, clock(), windows, mutes)
            for change in decision.stories:
                stories.apply(change)
            for counted in decision.windows:
                windows.apply(counted)
            mutes.apply(decision.marks)
            decisions.append((candidate.lease, decision))
        results = await ledger.commit_decisions(decisions, book.version, clock())
        if Committed.NUDGE in results:
            nudge(Lane.DELIVER)
        for (_, decision), result in zip(decisions, results, strict=True):
            if result in (Committed.DONE, Committed.NUDGE):
                told(decision)
        candidates = [
            candidate
            for candidate, result in zip(candidates, results, strict=True)
            if result is Committed.CONFLICT
        ]
        if not candidates:
            return
