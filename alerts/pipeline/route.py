"""Which receivers an alert goes to, by the tree in ``routes.yaml``. Pure and deterministic.

The tree is walked as Alertmanager walks it: children in order; the first that matches takes
the alert, and its later siblings are asked only if it says ``continue: true``; an alert that
no child takes stays with its parent. The root takes everything. What a child does not say it
takes from its parent. A receiver that several ways lead to is told once, after the shortest
``group_wait`` and ``update_after``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

from alerts.core.alert import AlertType
from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.matcher import Facts, parse_matcher
from alerts.core.receiver import Receiver
from alerts.core.route import DEFAULT_GROUP_WAIT, DEFAULT_UPDATE_AFTER, Route
from alerts.core.taxonomy import COMMODITIES, commodity_ancestors


@dataclass(frozen=True, slots=True)
class Way:
    """One target of an alert; how long to wait for other publishers first, and between updates."""

    receiver: str
    group_wait: timedelta
    update_after: timedelta = DEFAULT_UPDATE_AFTER


def route(facts: Facts, tree: Route, receivers: Mapping[str, Receiver] | None = None) -> list[Way]:
    """Return the ways of an alert, in the tree's order, each receiver once.

    Where ``receivers`` are given, a webhook that did not subscribe to the alert's ``type``
    is left out.
    """
    ways: dict[str, Way] = {}
    for way in _walk(facts, tree, _inherit(tree, Way("", DEFAULT_GROUP_WAIT))):
        ways[way.receiver] = _shorter(way, ways.get(way.receiver, way))
    return [way for way in ways.values() if way.receiver and wants(way.receiver, facts, receivers or {})]


def facts_of(match: Match, event: Event, kind: AlertType = AlertType.OPENED) -> Facts:
    """Everything that a matcher may ask of an alert; a rule's labels never hide a fact.

    A commodity brings what contains it along: ``commodity="rare_earths"`` takes dysprosium.
    """
    facts: dict[str, tuple[str, ...]] = {name: (value,) for name, value in match.labels.items()}
    source = event.source
    facts |= {
        "type": (kind.value,),
        "severity": (match.severity,),
        "rule": (match.rule_id,),
        "owner": (match.owner,),
        "source.id": (source.id,),
        "source.publisher": (source.publisher,),
        "source.tier": (source.tier.value,),
        "source.country": (source.country or "",),
        "lang": (event.lang or "",),
    }
    measure = match.measure
    if measure is not None:
        facts |= {
            "issuer": (measure.issuer or "",),
            "target": measure.targets,
            "measure": (measure.kind.value,),
            "status": (measure.status.value,),
            "commodity": tuple(dict.fromkeys(_with_ancestors(measure.commodities))),
            "hs": tuple(code.replace(".", "") for code in measure.hs),
            "entity": measure.entities,
        }
    return facts


def _walk(facts: Facts, node: Route, here: Way) -> Iterator[Way]:
    taken = False
    for child in node.routes:
        if not all(parse_matcher(matcher).holds(facts) for matcher in child.matchers):
            continue
        taken = True
        yield from _walk(facts, child, _inherit(child, here))
        if not child.continue_:
            break
    if not taken:
        yield here


def _inherit(child: Route, parent: Way) -> Way:
    wait = parent.group_wait if child.group_wait is None else child.group_wait
    after = parent.update_after if child.update_after is None else child.update_after
    return Way(child.receiver or parent.receiver, wait, after)


def _shorter(one: Way, other: Way) -> Way:
    wait, after = min(one.group_wait, other.group_wait), min(one.update_after, other.update_after)
    return Way(one.receiver, wait, after)


def wants(name: str, facts: Facts, receivers: Mapping[str, Receiver]) -> bool:
    """Tell whether a receiver takes alerts of this type; a webhook subscribes to some."""
    receiver = receivers.get(name)
    kind = facts.get("type")
    if receiver is None or receiver.webhook is None or not kind:
        return True
    return any(fnmatchcase(kind[0], pattern) for pattern in receiver.webhook.events)


def _with_ancestors(commodities: tuple[str, ...]) -> Iterator[str]:
    for commodity in commodities:
        yield from commodity_ancestors(commodity) if commodity in COMMODITIES else (commodity,)
