"""Which receivers an alert goes to, by the tree in ``routes.yaml``. Pure and deterministic.

The tree is walked as Alertmanager walks it: children in order; the first that matches takes
the alert, and its later siblings are asked only if it says ``continue: true``; an alert that
no child takes stays with its parent. The root takes everything. What a child does not say it
takes from its parent. A receiver that several ways lead to is told once, after the shortest
``group_wait`` and ``update_after``, and is held only if every way holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

from alerts.core.alert import AlertType
from alerts.core.interval import TimeInterval
from alerts.core.matcher import Facts, parse_matcher
from alerts.core.receiver import Receiver
from alerts.core.route import (
    DEFAULT_GROUP_WAIT,
    DEFAULT_UPDATE_AFTER,
    NONE,
    DigestPlan,
    EscalationPlan,
    QuietHours,
    Route,
)
from alerts.pipeline.holding import Hold

Intervals = Mapping[str, TimeInterval]


@dataclass(frozen=True, slots=True)
class Way:
    """One target of an alert: how long to wait for other publishers, and between updates.

    ``holds`` are what may hold it longer, one a way in the tree; empty where one way has none.
    ``escalate`` is who is told where nobody acknowledges it, by any way.
    """

    receiver: str
    group_wait: timedelta
    update_after: timedelta = DEFAULT_UPDATE_AFTER
    holds: tuple[Hold, ...] = ()
    escalate: tuple[EscalationPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """A node that was asked: where it is in the tree (child by child), and what it says.

    ``failed`` is the first matcher that does not hold, None where the node takes the alert;
    ``way`` is set where the alert stays with the node.
    """

    path: tuple[int, ...]
    failed: str | None = None
    way: Way | None = None


def route(
    facts: Facts,
    tree: Route,
    receivers: Mapping[str, Receiver] | None = None,
    intervals: Intervals | None = None,
) -> list[Way]:
    """Return the ways of an alert, in the tree's order, each receiver once.

    Where ``receivers`` are given, a webhook that did not subscribe to the alert's ``type``
    is left out.
    """
    ways: dict[str, Way] = {}
    for visit in walk(facts, tree, intervals or {}):
        if (way := visit.way) is not None:
            ways[way.receiver] = _shorter(way, ways.get(way.receiver, way))
    return [way for way in ways.values() if way.receiver and wants(way.receiver, facts, receivers or {})]


def walk(facts: Facts, tree: Route, intervals: Intervals) -> Iterator[Visit]:
    """Every node that is asked for an alert, in order, and what each says."""
    walker = _Walker(facts, intervals)
    yield from walker.visit(tree, walker.inherit(tree, _Said()), ())


def usual_holds(receiver: str, facts: Facts, tree: Route, intervals: Intervals) -> tuple[Hold, ...]:
    """What holds a receiver's notices anywhere in the tree; for one that no node leads to now."""
    walker = _Walker(facts, intervals)
    every = walker.every(tree, walker.inherit(tree, _Said()))
    return tuple(dict.fromkeys(hold for way in every if way.receiver == receiver for hold in way.holds))


@dataclass(frozen=True, slots=True)
class _Said:
    """What a node says, with what it takes from those above it."""

    receiver: str = ""
    group_wait: timedelta = DEFAULT_GROUP_WAIT
    update_after: timedelta = DEFAULT_UPDATE_AFTER
    quiet: QuietHours | None = None
    digest: DigestPlan | None = None
    escalate: EscalationPlan | None = None


@dataclass(frozen=True, slots=True)
class _Walker:
    """A walk for one alert."""

    facts: Facts
    intervals: Intervals

    def visit(self, node: Route, here: _Said, path: tuple[int, ...]) -> Iterator[Visit]:
        below: list[Visit] = []
        taken = False
        for number, child in enumerate(node.routes):
            place = (*path, number)
            failed = next((each for each in child.matchers if not self._holds(each)), None)
            if failed is not None:
                below.append(Visit(place, failed))
                continue
            taken = True
            below += self.visit(child, self.inherit(child, here), place)
            if not child.continue_:
                break
        yield Visit(path, way=None if taken else self._way(here))
        yield from below

    def every(self, node: Route, here: _Said) -> Iterator[Way]:
        """The way that every node would be, whatever its matchers say."""
        yield self._way(here)
        for child in node.routes:
            yield from self.every(child, self.inherit(child, here))

    def inherit(self, child: Route, parent: _Said) -> _Said:
        quiet, digest = child.quiet_hours or parent.quiet, child.digest or parent.digest
        return _Said(
            child.receiver or parent.receiver,
            parent.group_wait if child.group_wait is None else child.group_wait,
            parent.update_after if child.update_after is None else child.update_after,
            quiet,
            digest,
            child.escalate or parent.escalate,
        )

    def _way(self, here: _Said) -> Way:
        quiet = self._interval(here.quiet) if here.quiet else None
        digest = here.digest if here.digest and here.digest.cron != NONE else None
        holds = (Hold(quiet, digest),) if quiet or digest else ()
        return Way(here.receiver, here.group_wait, here.update_after, holds, self._escalate(here))

    def _escalate(self, here: _Said) -> tuple[EscalationPlan, ...]:
        """Who is told next; of the end of a silence nobody, since it asks for nothing."""
        over = self.facts.get("type") == (AlertType.RESOLVED.value,)
        return (here.escalate,) if here.escalate and here.escalate.to != NONE and not over else ()

    def _interval(self, quiet: QuietHours) -> TimeInterval | None:
        excepted = bool(quiet.except_) and all(map(self._holds, quiet.except_))
        return None if excepted else self.intervals.get(quiet.name)

    def _holds(self, matcher: str) -> bool:
        return parse_matcher(matcher).holds(self.facts)


def _shorter(one: Way, other: Way) -> Way:
    wait, after = min(one.group_wait, other.group_wait), min(one.update_after, other.update_after)
    holds = tuple(dict.fromkeys(one.holds + other.holds)) if one.holds and other.holds else ()
    return Way(one.receiver, wait, after, holds, tuple(dict.fromkeys(one.escalate + other.escalate)))


def wants(name: str, facts: Facts, receivers: Mapping[str, Receiver]) -> bool:
    """Tell whether a receiver takes alerts of this type; a webhook subscribes to some."""
    kind = facts.get("type")
    return not kind or takes(receivers.get(name), kind[0])


def takes(receiver: Receiver | None, kind: str) -> bool:
    """Tell whether a receiver takes what is of a type; one that is not known is not in the way."""
    if receiver is None or receiver.webhook is None:
        return True
    return any(fnmatchcase(kind, pattern) for pattern in receiver.webhook.events)
