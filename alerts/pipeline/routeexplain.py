"""What the routes make of an alert: every node that was asked, and a dated timeline. Pure.

It is the walk that runs in service, told: nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.core.durations import format_duration
from alerts.core.matcher import Facts, parse_matcher
from alerts.core.receiver import Receiver
from alerts.core.route import Route
from alerts.pipeline.route import Intervals, Visit, Way, route, walk, wants
from alerts.pipeline.sending import openings


@dataclass(frozen=True, slots=True)
class Asked:
    """A node that was asked: where it is, whether it takes the alert, and why in words.

    ``told`` is its receiver where the alert stays with it.
    """

    path: tuple[int, ...]
    takes: bool
    why: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, and what happens then; ``receiver`` is empty for the decision itself."""

    at: datetime
    receiver: str
    what: str


@dataclass(frozen=True, slots=True)
class RouteExplanation:
    """An alert's way through the tree."""

    facts: Facts
    asked: tuple[Asked, ...]
    timeline: tuple[Moment, ...]


def explain_route(
    facts: Facts,
    tree: Route,
    receivers: Mapping[str, Receiver],
    at: datetime,
    intervals: Intervals | None = None,
) -> RouteExplanation:
    """Explain where an alert with these facts goes if it is decided at a time."""
    asked = tuple(_asked(visit, facts, tree, receivers) for visit in walk(facts, tree, intervals or {}))
    ways = route(facts, tree, receivers, intervals)
    told = {way.receiver for way in ways}
    moments = [moment for way in ways for moment in _moments(way, at, told)]
    moments.sort(key=lambda moment: moment.at)
    return RouteExplanation(facts, asked, (Moment(at, "", "decided"), *moments))


def _asked(visit: Visit, facts: Facts, tree: Route, receivers: Mapping[str, Receiver]) -> Asked:
    if visit.failed is not None:
        return Asked(visit.path, takes=False, why=f"{visit.failed} does not hold: {_is(visit.failed, facts)}")
    node = node_at(tree, visit.path)
    why = " and ".join(node.matchers) + " holds" if node.matchers else "takes everything"
    why += "; its later siblings are asked too" if node.continue_ else ""
    told = visit.way.receiver if visit.way else ""
    if told and not wants(told, facts, receivers):
        return Asked(visit.path, takes=True, why=f"{why}; {told} does not subscribe to {facts['type'][0]}")
    return Asked(visit.path, takes=True, why=why, told=told)


def node_at(tree: Route, path: tuple[int, ...]) -> Route:
    """The node that a path leads to."""
    for number in path:
        tree = tree.routes[number]
    return tree


def _is(matcher: str, facts: Facts) -> str:
    name = parse_matcher(matcher).name
    values = [value for value in facts.get(name, ()) if value]
    return f"{name} is {' and '.join(values)}" if values else f"the alert has no {name}"


def _moments(way: Way, at: datetime, told: Collection[str]) -> Iterator[Moment]:
    wait = f"after a group_wait of {format_duration(way.group_wait)}" if way.group_wait else "at once"
    (sending,) = openings([way], at)
    what = f"sent {wait}"
    if sending.holding is not None:
        what = f"sent in a digest; held until then ({sending.holding.reason}): {sending.holding.why}"
    yield Moment(sending.due, way.receiver, what)
    for plan in way.escalate:
        if plan.to not in told:
            what = f"told unless the notice to {way.receiver} is acknowledged before"
            yield Moment(sending.due + plan.unless_acked_within, plan.to, what)
