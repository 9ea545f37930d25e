"""Absence: telling that nothing came, which no event sets off, and that it is over. Pure.

A silence is told by the sweep lane when the timespan since the last event is over, we have looked
since then, and nothing that was found awaits its decision. So a service that was away itself, or a
source that fails, is no silence: of those, ``max_staleness`` tells. A silence is told once; the next
event ends it, which the decide lane tells to all who heard of the silence, and the next silence is
told anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.core.alert import Alert, AlertType, RuleRef
from alerts.core.correlation import Told, Window
from alerts.core.delivery import Delivery
from alerts.core.event import Event
from alerts.core.ids import make_id
from alerts.core.match import Match
from alerts.core.matcher import Facts
from alerts.core.reasons import DecisionReason
from alerts.core.rulebook import RuleBook
from alerts.core.silence import Silence
from alerts.engine.correlation import CorrelationRule
from alerts.engine.rule import RuleStatus
from alerts.pipeline.alerting import ways_again
from alerts.pipeline.correlate import keep
from alerts.pipeline.escalating import escalations_of
from alerts.pipeline.muting import silenced
from alerts.pipeline.ports import Decided, SourceState, WindowChange
from alerts.pipeline.route import route
from alerts.pipeline.sending import decided_holds, deliveries_of, endings, held_until, openings

AWAITED = timedelta(hours=1)
"""For so long an event that awaits its decision may end a silence; one that sets off a bug may not for ever."""


def watched(book: RuleBook) -> list[tuple[CorrelationRule, tuple[str, ...]]]:
    """Every absence rule with each of its groups."""
    return [(rule, group) for rule in book.rules.correlations if rule.absence for group in groups_of(rule)]


def groups_of(rule: CorrelationRule) -> Iterator[tuple[str, ...]]:
    """The groups of an absence rule: each of its sources, or one for all."""
    if rule.correlation.group_by:
        yield from ((name,) for name in rule.correlation.sources)
    else:
        yield ()


def looked_at(rule: CorrelationRule, group: tuple[str, ...], book: RuleBook) -> list[str]:
    """The sources whose polls tell that we have looked."""
    named = group or rule.correlation.sources
    enabled = [name for name, source in book.sources.items() if source.enabled]
    return [name for name in named if name in enabled] if named else enabled


def begin(rule: CorrelationRule, group: tuple[str, ...], now: datetime) -> WindowChange:
    """Begin to watch: the timespan counts from now until the first event comes."""
    window = rule.window(group).model_copy(update={"version": 1, "since": now})
    return WindowChange(window, 0, keep(rule))


def is_silent(
    rule: CorrelationRule, window: Window, states: Mapping[str, SourceState], now: datetime
) -> bool:
    """Whether a silence is to be told now; ``states`` are those of the sources it is looked for in."""
    since, told = window.newest, window.told
    live = rule.head.status is RuleStatus.LIVE
    if since is None or (told is not None and (told.alert_id is not None or not live)):
        return False
    over = since + rule.correlation.timespan
    polls = [state.last_success for state in states.values() if state.last_success is not None]
    return now >= over and any(poll >= over for poll in polls)


def silence(
    rule: CorrelationRule, window: Window, book: RuleBook, now: datetime
) -> tuple[Alert, tuple[Delivery, ...], WindowChange]:
    """The alert of a silence with its deliveries, and the window that remembers it."""
    since = window.newest or now
    last = window.members[-1] if window.members else None
    match = rule.silence(rule.absence_words(last, since))
    alert = _alert(match, window, since, book.version, now)
    live = rule.head.status is RuleStatus.LIVE
    facts = told_facts(rule, window, book)
    ways = route(facts, book.route, book.receivers, book.intervals) if live else []
    sent = openings(ways, now)
    told = Told(
        event_id=last.event_id if last else "",
        at=now,
        alert_id=alert.id if live else None,
        receivers=tuple(each.receiver for each in sent),
        held=held_until(sent),
    )
    after = window.model_copy(update={"told": told, "version": window.version + 1})
    reason = DecisionReason.OPENED if ways else DecisionReason.NO_RECEIVER
    change = WindowChange(after, window.version, keep(rule), reason if live else DecisionReason.SHADOW)
    return alert, (*deliveries_of(alert, sent, now), *escalations_of(alert, sent)), change


@dataclass(frozen=True, slots=True)
class Heard:
    """What a sign of life comes to: the end of a silence with its notice, or nothing to tell.

    ``ended`` is the alert of the silence that is over, whoever is told so: nobody need be told of it any more.
    """

    decided: tuple[Decided, ...]
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    ended: tuple[str, ...] = ()


def end(
    rule: CorrelationRule,
    before: Window,
    after: Window,
    event: Event,
    book: RuleBook,
    now: datetime,
    silences: Iterable[Silence] = (),
) -> Heard:
    """What an event comes to that changed an absence's window from ``before`` to ``after``."""
    told = before.told
    if told is None:
        return _untold(rule, DecisionReason.COUNTED, "a sign of life")
    if after.told is not None:
        return _untold(rule, DecisionReason.COUNTED, "older than the timespan: the silence goes on")
    if told.alert_id is None:
        return _untold(rule, DecisionReason.COUNTED, "ends a silence that nobody was told of")
    ended, over = f"ends the silence told as {told.alert_id}", (told.alert_id,)
    if rule.head.status is not RuleStatus.LIVE:
        return _untold(rule, DecisionReason.SHADOW, ended, over)
    facts = told_facts(rule, before, book, AlertType.RESOLVED)
    if muted := silenced(facts, silences, now):
        return _untold(rule, muted.reason, f"{ended}; silenced {muted.detail}", over)
    match = rule.silence(f"You were told of the silence on {told.at:%Y-%m-%d %H:%M} UTC.")
    silent = _alert(match, before, before.newest or now, book.version, now)
    alert = _resolved(silent, told.alert_id, event, rule.end_words(before, after.members[-1]))
    ways = ways_again(facts, told.receivers, book)
    sent = endings(ways, told.at, now, told.held)
    names = tuple(way.receiver for way in ways)
    reason = DecisionReason.RESOLVED if ways else DecisionReason.NO_RECEIVER
    decided = Decided(rule.head.id, reason, alert.id, detail=ended, targets=names)
    held = decided_holds(rule.head.id, alert, sent)
    return Heard((decided, *held), (alert,), deliveries_of(alert, sent, now), over)


def _untold(rule: CorrelationRule, reason: DecisionReason, detail: str, over: tuple[str, ...] = ()) -> Heard:
    return Heard((Decided(rule.head.id, reason, detail=detail),), ended=over)


def _resolved(silence: Alert, told_as: str, event: Event, summary: str) -> Alert:
    """The second and last notice of a silence: what came. It is routed as the first was, and asks for nothing."""
    return silence.model_copy(
        update={
            "id": make_id("alr", "resolved", told_as),
            "type": AlertType.RESOLVED,
            "revision": 2,
            "severity": "info",
            "title": f"Resolved: {silence.title}",
            "summary": summary,
            "action": "",
            "event": event,
            "resolves": told_as,
        }
    )


def _alert(match: Match, window: Window, since: datetime, version: str, now: datetime) -> Alert:
    return Alert(
        id=make_id("alr", "absence", match.rule_id, window.key, since.isoformat()),
        type=AlertType.OPENED,
        revision=1,
        at=now,
        severity=match.severity,
        title=match.rule_title + (f": {window.group[0]}" if window.group else ""),
        summary=match.annotations.get("summary", "") or match.description or match.why,
        action=match.annotations.get("action", ""),
        why=match.why,
        labels=match.labels,
        rule=RuleRef(
            id=match.rule_id, title=match.rule_title, owner=match.owner, description=match.description
        ),
        rules_version=version,
    )


def told_facts(
    rule: CorrelationRule, window: Window, book: RuleBook, kind: AlertType = AlertType.OPENED
) -> Facts:
    """What routes and silences may ask: everything of the rule, and the source where it is just one."""
    match = rule.silence("")
    facts: dict[str, tuple[str, ...]] = {name: (value,) for name, value in match.labels.items()}
    source = book.sources.get(window.group[0]) if window.group else None
    if source is not None:
        facts |= {"source.id": (source.id,), "source.tier": (source.tier.value,)}
    return facts | {
        "type": (kind.value,),
        "severity": (match.severity,),
        "rule": (match.rule_id,),
        "owner": (match.owner,),
    }
