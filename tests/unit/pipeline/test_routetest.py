"""Tests beside the routes: they pass, and fail, as the tree says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.core.errors import Place
from alerts.core.route import Routes
from alerts.pipeline.facts import given_facts
from alerts.pipeline.routeexplain import explain_route
from alerts.pipeline.routetest import run_route_tests

TREE: dict[str, Any] = {
    "receiver": "desk",
    "group_wait": "5m",
    "routes": [
        {"matchers": ['severity="critical"'], "receiver": "now", "group_wait": "0s", "continue": True},
        {"matchers": ['team="magnets"'], "receiver": "slack"},
        {"matchers": ['commodity="rare_earths"'], "receiver": "earths"},
    ],
}


def faults(expect: Any, **alert: Any) -> tuple[str, ...]:
    """What a test of the tree comes to."""
    routes = Routes.model_validate({"route": TREE, "tests": [{"alert": alert, "expect": expect}]})
    (result,) = run_route_tests([(routes.tests[0], Place("routes.yaml"))], routes.route, {})
    assert result.passed is not bool(result.faults)
    return result.faults


@pytest.mark.parametrize(
    ("alert", "expect"),
    [
        ({"severity": "critical", "team": "magnets"}, ["slack", "now"]),
        ({"severity": "critical", "team": "magnets"}, {"now": {"wait": "0s"}, "slack": {"wait": "5m"}}),
        ({"severity": "low"}, ["desk"]),
        ({"commodity": ["lead", "neodymium"]}, ["earths"]),
        ({"type": "source.stale"}, {"desk": {}}),
    ],
)
def test_what_the_tree_does_passes(alert: dict[str, Any], expect: Any) -> None:
    assert faults(expect, **alert) == ()


def test_one_too_few_one_too_many_and_another_wait_are_faults() -> None:
    assert faults(["desk"], severity="critical") == (
        "desk: expected to be told, is not",
        "now: is told, not expected",
    )
    assert faults([], severity="low") == ("desk: is told, not expected",)
    assert faults({"now": {"wait": "1m"}}, severity="critical") == ("now: expected to wait 1m, waits 0ms",)


def test_a_clock_says_until_when_what_is_held_is_held() -> None:
    file = {
        "route": {"receiver": "desk", "quiet_hours": {"name": "night"}},
        "time_intervals": [{"name": "night", "location": "Europe/Berlin", "times": [{"start": "20:00", "end": "07:00"}]}],
    }  # fmt: skip
    at = {"alert": {"severity": "low"}, "at": "2026-11-23T02:10:00+01:00"}
    until = "2026-11-23T07:00:00+01:00"

    def run(expect: Any, **more: str) -> tuple[str, ...]:
        routes = Routes.model_validate(file | {"tests": [at | {"expect": expect} | more]})
        intervals = {each.name: each for each in routes.time_intervals}
        (result,) = run_route_tests([(routes.tests[0], Place("r.yaml"))], routes.route, {}, intervals)
        return result.faults

    assert run({"desk": {"held_until": until}}) == ()
    assert run(["desk"]) == (f"desk: is held until {until}, expected not to be",)
    assert run({"desk": {"held_until": "2026-11-23T06:00:00Z"}}) == ()
    day = {"at": "2026-11-23T12:00:00+01:00"}
    assert run(["desk"], **day) == ()
    assert run({"desk": {"held_until": until}}, **day) == (f"desk: is not held, expected until {until}",)


def test_an_escalation_is_asked_for_by_whom_and_when() -> None:
    route = {"receiver": "desk", "escalate": {"unless_acked_within": "30m", "to": "lead"}}

    def run(expect: Any) -> tuple[str, ...]:
        routes = Routes.model_validate({"route": route, "tests": [{"alert": {}, "expect": expect}]})
        (result,) = run_route_tests([(routes.tests[0], Place("r.yaml"))], routes.route, {})
        return result.faults

    assert run(["desk"]) == ()
    assert run({"desk": {"escalate": {"to": "lead", "at": "2026-01-01T13:30:00+01:00"}}}) == ()
    assert run({"desk": {"escalate": {"to": "boss"}}}) == ("desk: escalates to lead, expected to boss",)
    assert run({"desk": {"escalate": {"to": "lead", "at": "2026-01-01T13:00:00Z"}}}) == (
        "desk: escalates at 2026-01-01T12:30:00+00:00, expected at 2026-01-01T13:00:00+00:00",
    )
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    tree = Routes.model_validate({"route": route}).route
    last = explain_route(given_facts({}), tree, {}, at).timeline[-1]
    assert (f"{last.at:%H:%M}", last.receiver) == ("12:30", "lead")
    assert last.what == "told unless the notice to desk is acknowledged before"


def test_an_explanation_tells_each_node_that_was_asked_and_when_who_is_told() -> None:
    at = datetime(2026, 11, 23, 1, 10, tzinfo=UTC)
    tree = Routes.model_validate({"route": TREE}).route
    explained = explain_route(given_facts({"severity": ("critical",), "team": ("magnets",)}), tree, {}, at)
    assert [(each.path, each.takes, each.told) for each in explained.asked] == [
        ((), True, ""),
        ((0,), True, "now"),
        ((1,), True, "slack"),
    ]
    assert explained.asked[1].why == 'severity="critical" holds; its later siblings are asked too'
    assert [(f"{each.at:%H:%M}", each.receiver) for each in explained.timeline] == [
        ("01:10", ""), ("01:10", "now"), ("01:15", "slack"),
    ]  # fmt: skip
    refused = explain_route(given_facts({"severity": ("low",)}), tree, {}, at).asked[1]
    assert refused.why == 'severity="critical" does not hold: severity is low'
