"""Alerts from a match, and where they go: the first of a story under a rule, and its updates. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from alerts.core.alert import Alert, AlertType, RuleRef
from alerts.core.event import Event
from alerts.core.ids import alert_id
from alerts.core.match import Match
from alerts.core.matcher import Facts
from alerts.core.measure import Measure
from alerts.core.places import place_label
from alerts.core.rulebook import RuleBook
from alerts.core.story import Story, Told
from alerts.core.taxonomy import commodity_label
from alerts.pipeline.facts import facts_of
from alerts.pipeline.route import Way, route, usual_holds, wants


def opening_ways(match: Match, event: Event, book: RuleBook) -> list[Way]:
    """Where the first alert of a story goes."""
    return route(facts_of(match, event), book.route, book.receivers, book.intervals)


def update_ways(match: Match, event: Event, told: Told, book: RuleBook) -> list[Way]:
    """Where an update goes: where it is routed now, and to all who were told of the story before.

    An easing may be routed elsewhere than the restriction was; who heard of the one hears of
    the other, held as their notices usually are. A receiver that is no longer in the book has
    nobody to tell.
    """
    return ways_again(facts_of(match, event, AlertType.UPDATED), told.receivers, book)


def ways_again(facts: Facts, told: Iterable[str], book: RuleBook) -> list[Way]:
    """Where these facts are routed now, and beside them all who were told before."""
    ways = route(facts, book.route, book.receivers, book.intervals)
    routed = {way.receiver for way in ways}
    for name in told:
        known = not book.receivers or name in book.receivers
        if name not in routed and known and wants(name, facts, book.receivers):
            holds = usual_holds(name, facts, book.route, book.intervals)
            ways.append(Way(name, timedelta(0), _longest_rest(ways), holds))
    return ways


def _longest_rest(ways: Sequence[Way]) -> timedelta:
    return max((way.update_after for way in ways), default=Way("", timedelta(0)).update_after)


def opening(match: Match, event: Event, story: Story, version: str, now: datetime) -> Alert:
    """The first alert of a story under a rule."""
    summary = match.annotations.get("summary", "") or event.title
    return _alert(match, event, story, version, now).model_copy(update={"summary": summary})


def update(
    match: Match,
    event: Event,
    story: Story,
    version: str,
    now: datetime,
    revision: int,
    changes: Iterable[str],
) -> Alert:
    """An update: the same alert under its next revision, which says what has changed."""
    said = match.annotations.get("summary", "").strip()
    summary = f"Update: {'; '.join(changes)}." + (f" {said}" if said and said != event.title else "")
    return _alert(match, event, story, version, now).model_copy(
        update={
            "id": alert_id(match.rule_id, story.id, revision),
            "type": AlertType.UPDATED,
            "revision": revision,
            "title": f"Update: {event.title}",
            "summary": summary,
        }
    )


def told_before(rule_id: str, told: Told, measure: Measure) -> Match:
    """A match for a rule that does not ask for easings, where it told of the restriction."""
    return Match(
        rule_id=rule_id,
        rule_title=told.title,
        owner=told.owner,
        status="live",
        severity=told.severity,
        labels=told.labels,
        annotations={"action": told.action},
        description=told.description,
        selections=(),
        measure=measure,
        evidence=measure.evidence,
    )


def _alert(match: Match, event: Event, story: Story, version: str, now: datetime) -> Alert:
    evidence = match.evidence or (match.measure.evidence if match.measure else ())
    return Alert(
        id=alert_id(match.rule_id, story.id, 1),
        type=AlertType.OPENED,
        revision=1,
        at=now,
        severity=match.severity,
        title=event.title,
        summary=event.title,
        action=match.annotations.get("action", ""),
        why=_why(match),
        labels=match.labels,
        rule=RuleRef(
            id=match.rule_id, title=match.rule_title, owner=match.owner, description=match.description
        ),
        event=event,
        measure=match.measure,
        story=story.model_copy(update={"told": {}}),
        evidence=evidence,
        rules_version=version,
    )


def _why(match: Match) -> str:
    if match.why:
        return match.why
    held = f"It satisfies {' and '.join(match.selections)} of this rule."
    if not match.selections:
        held = "This rule told you of the act before."
    if match.measure is None:
        return f"The text satisfies {' and '.join(match.selections) or 'its condition'} of this rule."
    measure = match.measure
    who = place_label(measure.issuer) if measure.issuer else "an issuer that the text does not name"
    what = ", ".join(commodity_label(name) for name in measure.commodities) or "no commodity named"
    towards = ", ".join(place_label(code) for code in measure.targets)
    return f"Recognised: {measure.kind.label} by {who} ({what}; towards {towards}; {measure.status}). {held}"
