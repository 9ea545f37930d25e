"""Absence: telling that nothing came, which no event sets off. The sweep lane asks.

A silence is told when the timespan since the last event is over, we have looked since then,
and nothing that was found awaits its decision. So a service that was away itself, or a source
that fails, is no silence: of those, ``max_staleness`` tells. A silence is told once; the next
event ends it, and the next silence is told anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from alerts.core.alert import Alert, AlertType, RuleRef
from alerts.core.correlation import Told, Window
from alerts.core.delivery import Delivery
from alerts.core.ids import make_id
from alerts.core.match import Match
from alerts.core.matcher import Facts
from alerts.core.reasons import DecisionReason
from alerts.core.rulebook import RuleBook
from alerts.engine.correlation import CorrelationRule
from alerts.engine.rule import RuleStatus
from alerts.pipeline.correlate import keep
from alerts.pipeline.escalating import escalations_of
from alerts.pipeline.ports import SourceState, WindowChange
from alerts.pipeline.route import route
from alerts.pipeline.sending import deliveries_of, openings

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
    told = Told(event_id=last.event_id if last else "", at=now, alert_id=alert.id if live else None)
    after = window.model_copy(update={"told": told, "version": window.version + 1})
    facts = told_facts(rule, window, book)
    ways = route(facts, book.route, book.receivers, book.intervals) if live else []
    reason = DecisionReason.OPENED if ways else DecisionReason.NO_RECEIVER
    change = WindowChange(after, window.version, keep(rule), reason if live else DecisionReason.SHADOW)
    sent = openings(ways, now)
    return alert, (*deliveries_of(alert, sent, now), *escalations_of(alert, sent)), change


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


def told_facts(rule: CorrelationRule, window: Window, book: RuleBook) -> Facts:
    """What routes and silences may ask: everything of the rule, and the source where it is just one."""
    match = rule.silence("")
    facts: dict[str, tuple[str, ...]] = {name: (value,) for name, value in match.labels.items()}
    source = book.sources.get(window.group[0]) if window.group else None
    if source is not None:
        facts |= {"source.id": (source.id,), "source.tier": (source.tier.value,)}
    return facts | {
        "type": (AlertType.OPENED.value,),
        "severity": (match.severity,),
        "rule": (match.rule_id,),
        "owner": (match.owner,),
    }
