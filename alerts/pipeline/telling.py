"""What becomes of one match: opened, repeated, updated, or held until the next update may go out.

Pure. A held change is an alert like any other, written at once with deliveries that fall due
when ``update_after`` has passed since the last notice (or go with the digest that they are held for); a further change before that is written
into the same revision. So nothing waits anywhere but in the index of due deliveries, and a
receiver gets one update that says all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery
from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.reasons import DecisionReason
from alerts.core.route import DEFAULT_UPDATE_AFTER
from alerts.core.rulebook import RuleBook
from alerts.core.story import Facts, Story, Told
from alerts.pipeline.alerting import opening, opening_ways, update, update_ways
from alerts.pipeline.changes import absorb, changes, facts_in, fill
from alerts.pipeline.dedupe import is_late
from alerts.pipeline.escalating import decided_escalations, escalations_of
from alerts.pipeline.muting import Muted
from alerts.pipeline.ports import Decided
from alerts.pipeline.route import Way
from alerts.pipeline.sending import (
    NO_HELD,
    Sending,
    decided_holds,
    deliveries_of,
    held_until,
    openings,
    updates,
)


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """What one match comes to. ``rewrites``: the alert is pending and is written anew.

    ``beside`` are the decisions on targets that are held, and on escalations.
    """

    decided: Decided
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    told: Told | None = None
    rewrites: bool = False
    beside: tuple[Decided, ...] = ()

    def noted(self, story: Story, rule_id: str, when: datetime) -> Story:
        """The story with what was told under the rule."""
        update: dict[str, object] = {}
        if self.told is not None:
            update["told"] = {**story.told, rule_id: self.told}
        if self.alerts:
            update["alerts"] = {**story.alerts, rule_id: self.alerts[0].id}
            update["moved"] = max(story.moved or when, when)
        return story.model_copy(update=update)


def decide_match(
    match: Match, event: Event, story: Story, book: RuleBook, now: datetime, muted: Muted | None = None
) -> MatchOutcome:
    """Decide a match; ``story`` holds the event's report already. ``muted``: nobody is told of it."""
    told = story.told.get(match.rule_id)
    if told is not None:
        return _again(match, event, story, told, book, now, muted)
    if match.rule_id in story.alerts:
        return _repeated(match, story, None)
    if muted:
        return _muted(match, story, muted)
    ways = opening_ways(match, event, book)
    alert = opening(match, event, story, book.version, now)
    facts = facts_in(event, match.measure)
    sent = openings(ways, now)
    escalations = escalations_of(alert, sent)
    return MatchOutcome(
        _decided(match, story, DecisionReason.OPENED, alert, ways, match.why),
        (alert,),
        (*deliveries_of(alert, sent, now), *escalations),
        _told(match, 1, now, facts, facts, sent),
        beside=_beside(match, alert, sent, escalations),
    )


def _again(
    match: Match,
    event: Event,
    story: Story,
    told: Told,
    book: RuleBook,
    now: datetime,
    muted: Muted | None,
) -> MatchOutcome:
    if is_late(story, event):
        return _repeated(match, story, told)
    known = absorb(told.facts, facts_in(event, match.measure))
    if not changes(told.facts, known):
        filled = {"facts": fill(told.facts, known), "before": fill(told.before, known)}
        return _repeated(match, story, told.model_copy(update=filled))
    if muted:
        return _muted(match, story, muted)
    pending = told.revision > 1 and now < told.at
    before = told.before if pending else told.facts
    revision = told.revision if pending else told.revision + 1
    ways = update_ways(match, event, told, book)
    rest = min((way.update_after for way in ways), default=DEFAULT_UPDATE_AFTER)
    due = told.at if pending else max(now, told.at + rest)
    said = changes(before, known)
    alert = update(match, event, story, book.version, now, revision, said)
    waiting = {name: until for name, until in told.held.items() if until > now}
    sent = updates(ways, due, now, waiting)
    escalations = escalations_of(alert, sent)
    reason = DecisionReason.UPDATED if due <= now else DecisionReason.HELD
    detail = "; ".join(said) + ("" if due <= now else f"; sent at {due:%Y-%m-%d %H:%M:%S} UTC")
    return MatchOutcome(
        _decided(match, story, reason, alert, ways, detail),
        (alert,),
        (*deliveries_of(alert, sent, now), *escalations),
        _told(match, revision, due, known, before, sent, waiting),
        pending,
        _beside(match, alert, sent, escalations),
    )


def _beside(
    match: Match, alert: Alert, sent: Sequence[Sending], escalations: Sequence[Delivery]
) -> tuple[Decided, ...]:
    held = decided_holds(match.rule_id, alert, sent)
    return (*held, *decided_escalations(match.rule_id, alert, escalations))


def _muted(match: Match, story: Story, muted: Muted) -> MatchOutcome:
    return MatchOutcome(Decided(match.rule_id, muted.reason, muted.alert_id, story.id, muted.detail))


def _repeated(match: Match, story: Story, told: Told | None) -> MatchOutcome:
    detail = f"report {story.reports} of a story that was alerted before"
    earlier = story.alerts[match.rule_id]
    decided = Decided(match.rule_id, DecisionReason.REPEATED, earlier, story.id, detail)
    return MatchOutcome(decided, told=told)


def _decided(
    match: Match, story: Story, reason: DecisionReason, alert: Alert, ways: list[Way], detail: str
) -> Decided:
    said = reason if ways else DecisionReason.NO_RECEIVER
    return Decided(match.rule_id, said, alert.id, story.id, detail, tuple(way.receiver for way in ways))


def _told(
    match: Match,
    revision: int,
    at: datetime,
    facts: Facts,
    before: Facts,
    sent: Sequence[Sending],
    waiting: Mapping[str, datetime] = NO_HELD,
) -> Told:
    return Told(
        revision=revision,
        at=at,
        facts=facts,
        before=before,
        receivers=tuple(each.receiver for each in sent),
        held={**waiting, **held_until(sent)},
        severity=match.severity,
        labels=match.labels,
        title=match.rule_title,
        owner=match.owner,
        description=match.description,
        action=match.annotations.get("action", ""),
    )
