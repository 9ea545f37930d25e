"""The facts of an alert: all that a matcher of a route may ask. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.core.alert import Alert, AlertType
from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.matcher import Facts
from alerts.core.measure import Measure
from alerts.core.taxonomy import COMMODITIES, commodity_ancestors


def facts_of(match: Match, event: Event, kind: AlertType = AlertType.OPENED) -> Facts:
    """Everything that a matcher may ask of an alert; a rule's labels never hide a fact.

    A commodity brings what contains it along: ``commodity="rare_earths"`` takes dysprosium.
    """
    facts = {name: (value,) for name, value in match.labels.items()} | {"type": (kind.value,)}
    facts |= {"severity": (match.severity,), "rule": (match.rule_id,), "owner": (match.owner,)}
    return facts | _facts_of_event(event) | _facts_of_measure(match.measure)


def facts_of_alert(alert: Alert) -> Facts:
    """The same of an alert that is stored; notices about the service have fewer."""
    facts = {name: (value,) for name, value in alert.labels.items()} | {"type": (alert.type.value,)}
    facts |= {"severity": (alert.severity,)}
    if alert.rule is not None:
        facts |= {"rule": (alert.rule.id,), "owner": (alert.rule.owner,)}
    elif source := alert.labels.get("source"):
        facts |= {"source.id": (source,)}
    return facts | _facts_of_event(alert.event) | _facts_of_measure(alert.measure)


def facts_of_end(silence: Alert) -> Facts:
    """The facts of the end of an absence's silence: it is routed as the silence was."""
    return {**facts_of_alert(silence), "type": (AlertType.RESOLVED.value,)}


def given_facts(facts: Facts) -> Facts:
    """Facts as somebody describes an alert by them, with what follows from them."""
    given = {"type": (AlertType.OPENED.value,)} | dict(facts)
    if "commodity" in given:
        given["commodity"] = tuple(dict.fromkeys(_with_ancestors(given["commodity"])))
    return given


def _facts_of_event(event: Event | None) -> dict[str, tuple[str, ...]]:
    if event is None:
        return {}
    source = event.source
    return {
        "source.id": (source.id,),
        "source.publisher": (source.publisher,),
        "source.tier": (source.tier.value,),
        "source.country": (source.country or "",),
        "lang": (event.lang or "",),
    }


def _facts_of_measure(measure: Measure | None) -> dict[str, tuple[str, ...]]:
    if measure is None:
        return {}
    return {
        "issuer": (measure.issuer or "",),
        "target": measure.targets,
        "measure": (measure.kind.value,),
        "status": (measure.status.value,),
        "commodity": tuple(dict.fromkeys(_with_ancestors(measure.commodities))),
        "hs": tuple(code.replace(".", "") for code in measure.hs),
        "entity": measure.entities,
    }


def _with_ancestors(commodities: tuple[str, ...]) -> Iterator[str]:
    for commodity in commodities:
        yield from commodity_ancestors(commodity) if commodity in COMMODITIES else (commodity,)
