"""Tests that stand in ``routes.yaml``, run by the walk that runs in service. Pure.

A test names exactly those who are told: one too many is as wrong as one too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.core.durations import format_duration
from alerts.core.errors import Place
from alerts.core.receiver import Receiver
from alerts.core.route import Expected, ExpectedEscalation, Route, RouteTest
from alerts.pipeline.facts import given_facts
from alerts.pipeline.route import Intervals, Way, route
from alerts.pipeline.sending import Sending, openings


@dataclass(frozen=True, slots=True)
class RouteResult:
    """How one test ended; ``faults`` say receiver by receiver what went otherwise."""

    name: str
    place: Place
    told: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the routes did what the test expects."""
        return not self.faults


def run_route_tests(
    tests: Iterable[tuple[RouteTest, Place]],
    tree: Route,
    receivers: Mapping[str, Receiver],
    intervals: Intervals | None = None,
) -> list[RouteResult]:
    """Run every test against a tree."""
    results: list[RouteResult] = []
    for test, place in tests:
        ways = route(given_facts(test.alert), tree, receivers, intervals)
        told = tuple(way.receiver for way in ways)
        results.append(RouteResult(_name_of(test), place, told, tuple(_faults(test, ways))))
    return results


def _name_of(test: RouteTest) -> str:
    return test.name or " ".join(f"{name}={'|'.join(values)}" for name, values in test.alert.items())


def _faults(test: RouteTest, ways: list[Way]) -> Iterator[str]:
    told = {way.receiver: way for way in ways}
    for name, expected in test.expect.items():
        if name in told:
            yield from _differences(told[name], expected, test.at)
        else:
            yield f"{name}: expected to be told, is not"
    for name in told.keys() - test.expect.keys():
        yield f"{name}: is told, not expected"


def _differences(way: Way, expected: Expected, at: datetime) -> Iterator[str]:
    if expected.wait is not None and expected.wait != way.group_wait:
        wanted, got = format_duration(expected.wait), format_duration(way.group_wait)
        yield f"{way.receiver}: expected to wait {wanted}, waits {got}"
    (sending,) = openings([way], at)
    until = sending.holding.until if sending.holding else None
    if until != expected.held_until:
        zone = (expected.held_until or at).tzinfo
        held = f"is held until {until.astimezone(zone).isoformat()}" if until else "is not held"
        wanted = expected.held_until.isoformat() if expected.held_until else ""
        yield f"{way.receiver}: {held}, expected {f'until {wanted}' if wanted else 'not to be'}"
    if expected.escalate is not None:
        yield from _escalation_differences(sending, expected.escalate)


def _escalation_differences(sending: Sending, expected: ExpectedEscalation) -> Iterator[str]:
    times = {plan.to: sending.due + plan.unless_acked_within for plan in sending.escalate}
    at = times.get(expected.to)
    if at is None:
        found = " and ".join(times) or "nobody"
        yield f"{sending.receiver}: escalates to {found}, expected to {expected.to}"
    elif expected.at is not None and at != expected.at:
        shown = at.astimezone(expected.at.tzinfo).isoformat()
        yield f"{sending.receiver}: escalates at {shown}, expected at {expected.at.isoformat()}"
