"""The decide lane: recognise, match, cluster into stories, route; then commit.

:func:`decide` is pure: from an event and what is known of the stories it might belong to,
to everything that the commit writes. :func:`run` claims events in batches, decides each
with the stories as the events before it in the batch left them, and commits all of them in
order in one round trip. Where another worker changed a story meanwhile, the commit is
refused and the event is decided again with the story as it now is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.core.alert import Alert, AlertType, RuleRef
from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.event import Event
from alerts.core.ids import alert_id, delivery_id
from alerts.core.match import Match
from alerts.core.measure import Recognition
from alerts.core.places import place_label
from alerts.core.reasons import DecisionReason
from alerts.core.rulebook import RuleBook
from alerts.core.story import Story
from alerts.core.taxonomy import commodity_label
from alerts.pipeline.dedupe import find_story, new_story, story_keys, tell
from alerts.pipeline.lane import Bounds, Clock, Lane, Nudge
from alerts.pipeline.mishap import tell_mishap
from alerts.pipeline.ports import (
    Committed,
    Decided,
    DecideLedger,
    Decision,
    Lease,
    Recogniser,
    StoryChange,
)
from alerts.pipeline.route import facts_of, route

_MOST_ROUNDS = 20
"""Rounds of deciding again after conflicts; what is left falls due with its lease."""


@dataclass(slots=True)
class Stories:
    """What is known of stories: index key to story id, and the stories, as of now."""

    ids: dict[str, str | None] = field(default_factory=dict)
    known: dict[str, Story] = field(default_factory=dict)

    def apply(self, change: StoryChange) -> None:
        """Take a change in, as the ledger will have it once it is committed."""
        self.known[change.story.id] = change.story
        self.ids.update(dict.fromkeys(change.keys, change.story.id))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event with what the pure rooms say of it."""

    lease: Lease
    event: Event
    recognition: Recognition
    matches: tuple[Match, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The story index keys of all its matches, the surest first."""
        return tuple(
            dict.fromkeys(key for match in self.matches for key in story_keys(self.event, match.measure))
        )


def decide(candidate: Candidate, stories: Stories, book: RuleBook, now: datetime) -> Decision:
    """Decide one event: alerts, deliveries, story changes, and a reason for every match."""
    event = candidate.event
    quiet = _quiet_reason(event, book)
    live = [match for match in candidate.matches if match.status == "live" and match.excepted is None]
    if quiet is not None or not live:
        silent = _without_alert(candidate.matches, quiet) or (Decided("", quiet or DecisionReason.NO_MATCH),)
        return Decision(event, candidate.recognition, silent)
    decided = list(_without_alert([match for match in candidate.matches if match not in live], None))
    alerts: list[Alert] = []
    deliveries: list[Delivery] = []
    changes: dict[str, StoryChange] = {}
    read = {key: stories.ids.get(key) for key in candidate.keys}
    for match in live:
        keys = story_keys(event, match.measure)
        overlay = Stories(
            {**stories.ids, **{k: c.story.id for c in changes.values() for k in c.keys}},
            {**stories.known, **{c.story.id: c.story for c in changes.values()}},
        )
        found = find_story(keys, overlay.ids, overlay.known)
        story = found or new_story(event, match.measure)
        outcome = _decide_match(match, candidate, story, book, now)
        decided.append(outcome.decided)
        alerts += outcome.alerts
        deliveries += outcome.deliveries
        changes[story.id] = _change(changes.get(story.id), story, outcome, candidate, keys, stories)
    return Decision(
        event,
        candidate.recognition,
        tuple(decided),
        tuple(alerts),
        tuple(deliveries),
        tuple(changes.values()),
        read,
    )


@dataclass(frozen=True, slots=True)
class _MatchOutcome:
    decided: Decided
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()

    @property
    def opened(self) -> dict[str, str]:
        return {alert.rule.id: alert.id for alert in self.alerts if alert.rule}


def _decide_match(
    match: Match, candidate: Candidate, story: Story, book: RuleBook, now: datetime
) -> _MatchOutcome:
    earlier = story.alerts.get(match.rule_id)
    if earlier is not None:
        detail = f"report {story.reports + 1} of a story that was alerted before"
        return _MatchOutcome(Decided(match.rule_id, DecisionReason.REPEATED, earlier, story.id, detail))
    facts = facts_of(match, candidate.event)
    ways = route(facts, book.route, book.receivers)
    told = tell(story, candidate.event, {})
    alert = _alert(match, candidate.event, told, book.version, now)
    deliveries = tuple(
        Delivery(
            id=delivery_id(alert.id, way.receiver),
            alert_id=alert.id,
            target=way.receiver,
            state=DeliveryState.DUE,
            created=now,
            due=now + way.group_wait,
        )
        for way in ways
    )
    targets = tuple(way.receiver for way in ways)
    reason = DecisionReason.OPENED if ways else DecisionReason.NO_RECEIVER
    decided = Decided(match.rule_id, reason, alert.id, story.id, "", targets)
    return _MatchOutcome(decided, (alert,), deliveries)


def _change(
    before: StoryChange | None,
    story: Story,
    outcome: _MatchOutcome,
    candidate: Candidate,
    keys: Sequence[str],
    stories: Stories,
) -> StoryChange:
    """One change a story, however many rules the event matched: it is one report."""
    if before is None:
        after = tell(story, candidate.event, outcome.opened)
        read_version = story.version
    else:
        after = before.story.model_copy(update={"alerts": {**before.story.alerts, **outcome.opened}})
        read_version = before.read_version
    free = [key for key in keys if stories.ids.get(key) in (None, story.id)]
    held = before.keys if before else ()
    return StoryChange(after, read_version, tuple(dict.fromkeys((*held, *free))))


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


def _alert(match: Match, event: Event, story: Story, version: str, now: datetime) -> Alert:
    evidence = match.evidence or (match.measure.evidence if match.measure else ())
    return Alert(
        id=alert_id(match.rule_id, story.id, 1),
        type=AlertType.OPENED,
        revision=1,
        at=now,
        severity=match.severity,
        title=event.title,
        summary=match.annotations.get("summary", "") or event.title,
        action=match.annotations.get("action", ""),
        why=_why(match),
        labels=match.labels,
        rule=RuleRef(
            id=match.rule_id, title=match.rule_title, owner=match.owner, description=match.description
        ),
        event=event,
        measure=match.measure,
        story=story,
        evidence=evidence,
        rules_version=version,
    )


def _why(match: Match) -> str:
    held = " and ".join(f"“{name}”" for name in match.selections) or "its condition"
    if match.measure is None:
        return f"The text satisfies {held} of this rule."
    measure = match.measure
    who = place_label(measure.issuer) if measure.issuer else "an issuer that the text does not name"
    what = ", ".join(commodity_label(name) for name in measure.commodities) or "no commodity named"
    towards = ", ".join(place_label(code) for code in measure.targets)
    return (
        f"Recognised: {measure.kind.label} by {who} ({what}; towards {towards}; {measure.status}). "
        f"It satisfies {held} of this rule."
    )


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
            except Exception as error:
                failed(event, tell_mishap(error))
        await _commit(candidates, ledger, book, clock, nudge, told)
        total += len(claimed)
    return total


def _recognise(lease: Lease, event: Event, recognise: Recogniser, book: RuleBook, now: datetime) -> Candidate:
    recognition = recognise(event.title, event.text, lang=event.lang, published=event.published)
    matches = tuple(book.rules.match(event, recognition.measures, now))
    return Candidate(lease, event, recognition, matches)


async def _commit(
    candidates: list[Candidate],
    ledger: DecideLedger,
    book: RuleBook,
    clock: Clock,
    nudge: Nudge,
    told: Callable[[Decision], None],
) -> None:
    for _ in range(_MOST_ROUNDS):
        stories = Stories(*await ledger.stories_at([key for each in candidates for key in each.keys]))
        decisions: list[tuple[Lease, Decision]] = []
        for candidate in candidates:
            decision = decide(candidate, stories, book, clock())
            for change in decision.stories:
                stories.apply(change)
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
