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

from alerts.core.matcher import Facts, parse_matcher
from alerts.core.receiver import Receiver
from alerts.core.route import DEFAULT_GROUP_WAIT, DEFAULT_UPDATE_AFTER, Route


@dataclass(frozen=True, slots=True)
class Way:
    """One target of an alert; how long to wait for other publishers first, and between updates."""

    receiver: str
    group_wait: timedelta
    update_after: timedelta = DEFAULT_UPDATE_AFTER


@dataclass(frozen=True, slots=True)
class Visit:
    """A node that was asked: where it is in the tree (child by child), and what it says.

    ``failed`` is the first matcher that does not hold, None where the node takes the alert;
    ``way`` is set where the alert stays with the node.
    """

    path: tuple[int, ...]
    failed: str | None = None
    way: Way | None = None


def route(facts: Facts, tree: Route, receivers: Mapping[str, Receiver] | None = None) -> list[Way]:
    """Return the ways of an alert, in the tree's order, each receiver once.

    Where ``receivers`` are given, a webhook that did not subscribe to the alert's ``type``
    is left out.
    """
    ways: dict[str, Way] = {}
    for visit in walk(facts, tree):
        if (way := visit.way) is not None:
            ways[way.receiver] = _shorter(way, ways.get(way.receiver, way))
    return [way for way in ways.values() if way.receiver and wants(way.receiver, facts, receivers or {})]


def walk(facts: Facts, tree: Route) -> Iterator[Visit]:
    """Every node that is asked for an alert, in order, and what each says."""
    yield from _visit(facts, tree, _inherit(tree, Way("", DEFAULT_GROUP_WAIT)), ())


def _visit(facts: Facts, node: Route, here: Way, path: tuple[int, ...]) -> Iterator[Visit]:
    below: list[Visit] = []
    taken = False
    for number, child in enumerate(node.routes):
        place = (*path, number)
        failed = next((each for each in child.matchers if not parse_matcher(each).holds(facts)), None)
        if failed is not None:
            below.append(Visit(place, failed))
            continue
        taken = True
        below += _visit(facts, child, _inherit(child, here), place)
        if not child.continue_:
            break
    yield Visit(path, way=None if taken else here)
    yield from below


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
