"""Alerts about the service itself: a silent source, dead letters, rejected rules, a test. Pure.

They travel the same routes as any alert (matchers may ask for ``type``) and their ids follow
from what they tell, so that telling twice is telling once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.core.alert import Alert, AlertType
from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.durations import format_duration
from alerts.core.ids import delivery_id, make_id
from alerts.core.matcher import Facts
from alerts.core.rulebook import RuleBook
from alerts.core.source import Source
from alerts.pipeline.escalating import escalations_of
from alerts.pipeline.ports import Notice, SourceState
from alerts.pipeline.route import route
from alerts.pipeline.sending import deliveries_of, openings

_SHOWN = 1500
"""Characters of a rejected rule set's problems that the notice quotes; `check` shows all."""


def silence_of(source: Source, state: SourceState, told: str | None, now: datetime) -> Alert | None:
    """Decide whether a source's silence, or its end, is news; ``told`` is the alert that told of it.

    A source is silent when it brought nothing new within ``max_staleness``, counted from its
    first poll where it never brought a thing: answering well is not enough (an address or a
    selector that is wrong from the beginning answers well, with nothing, for ever).
    """
    limit = source.max_staleness
    since = state.last_new or state.first_poll
    if limit is None or since is None:
        return None
    about = {"source": source.id}
    if now - since > limit and told is None:
        last = f"last new item {since:%Y-%m-%d %H:%M} UTC" if state.last_new else "nothing new so far"
        summary = (
            f"Nothing new from {source.id} for {format_duration(now - since)} "
            f"(expected within {format_duration(limit)}; {last}). "
            f"Last poll: {state.reason or 'none'}. {state.detail}"
        ).strip()
        action = "Run `exportwatch sources test` for it; look at the publisher's page; mend its URL."
        title = f"Source {source.id} is silent"
        return _alert(AlertType.SOURCE_STALE, since.isoformat(), title, summary, action, about, now)
    if now - since <= limit and told is not None:
        summary = f"{source.id} has new items again, since {since:%Y-%m-%d %H:%M} UTC."
        title = f"Source {source.id} speaks again"
        return _alert(AlertType.SOURCE_RECOVERED, since.isoformat(), title, summary, "", about, now)
    return None


def exhaustion_of(target: str, dead: Sequence[Delivery], now: datetime) -> Alert:
    """Tell of a target's dead letters; one alert a target and hour, however many there are."""
    last = dead[-1].attempts[-1] if dead[-1].attempts else None
    said = f"The last try ended as {last.reason}. {last.detail}".rstrip() if last else ""
    summary = f"{len(dead)} notice(s) to {target} were given up within the last hour. {said}"
    action = (
        f"Mend the receiver, then `exportwatch deliveries redrive --target {target}`; "
        "`exportwatch deliveries list --state dead` shows them."
    )
    title = f"Notices to {target} were not delivered"
    about = {"target": target}
    return _alert(AlertType.DELIVERY_EXHAUSTED, f"{now:%Y-%m-%dT%H}", title, summary, action, about, now)


def rejection_of(problem: str, in_force: str | None, now: datetime, owners: Sequence[str] = ()) -> Alert:
    """Tell that edited rules do not load and that the last good set stays; ``owners`` answer for them."""
    count = len(problem.splitlines())
    whose = f" The rules in these files are {' and '.join(owners)}'s." if owners else ""
    summary = f"{count} problem(s); {in_force or 'no version'} stays in force.{whose}\n{problem[:_SHOWN]}"
    action = "Run `exportwatch check`, mend what it names; the mended files are taken up within seconds."
    title = "The edited rules were rejected"
    return _alert(AlertType.RULES_REJECTED, problem, title, summary, action, {}, now)


def trial_of(target: str, now: datetime) -> Notice:
    """Make the notice by which ops try a receiver; it stands in no ledger and answers to no route."""
    title = f"Test of receiver {target}"
    summary = "If you read this, notices of Exportwatch reach you here. Nothing has been restricted."
    alert = _alert(AlertType.RECEIVER_TEST, now.isoformat(), title, summary, "", {"target": target}, now)
    return Notice(alert, _due(alert, target, now))


def facts_of_rules(rules: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, tuple[str, ...]]:
    """What leads a notice about rules to those whose they are: owners and fixed labels of each."""
    facts: dict[str, dict[str, None]] = {}
    for owner, labels in rules:
        for name, value in ({"owner": owner} | dict(labels)).items():
            if value and "{" not in value:
                facts.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in facts.items()}


def service_facts(
    alert: Alert, source: Source | None, about: Mapping[str, tuple[str, ...]] | None = None
) -> Facts:
    """What a matcher may ask of a notice about the service."""
    facts = dict(about or {})
    facts |= {"type": (alert.type.value,), "severity": (alert.severity,)}
    if source is not None:
        facts |= {"source.id": (source.id,), "source.tier": (source.tier.value,)}
    return facts


def address(
    alert: Alert,
    source: Source | None,
    book: RuleBook,
    now: datetime,
    about: Mapping[str, tuple[str, ...]] | None = None,
) -> list[Delivery]:
    """Give an alert its deliveries; never to the very target that it complains of.

    ``about`` are further facts that routes may ask for.
    """
    facts = service_facts(alert, source, about)
    ways = [
        replace(way, group_wait=timedelta(0))
        for way in route(facts, book.route, book.receivers, book.intervals)
        if way.receiver != alert.labels.get("target")
    ]
    sent = openings(ways, now)
    return [*deliveries_of(alert, sent, now), *escalations_of(alert, sent)]


def _due(alert: Alert, target: str, now: datetime) -> Delivery:
    return Delivery(
        id=delivery_id(alert.id, target),
        alert_id=alert.id,
        target=target,
        state=DeliveryState.DUE,
        created=now,
        due=now,
    )


def _alert(
    kind: AlertType,
    occasion: str,
    title: str,
    summary: str,
    action: str,
    about: Mapping[str, str],
    now: datetime,
) -> Alert:
    return Alert(
        id=make_id("alr", kind, *about.values(), occasion),
        type=kind,
        revision=1,
        at=now,
        severity="info" if kind in (AlertType.SOURCE_RECOVERED, AlertType.RECEIVER_TEST) else "high",
        title=title,
        summary=summary,
        action=action,
        labels=dict(about),
    )
