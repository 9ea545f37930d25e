"""Escalation: due after the notice, for whom the alert is not told anyway, and worded as what it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alerts.core.alert import AlertType
from alerts.core.delivery import DeliveryState, Escalation
from alerts.core.reasons import DecisionReason
from alerts.core.route import Routes
from alerts.core.rulebook import RuleBook
from alerts.core.taxonomy import Status
from alerts.pipeline.escalating import escalated
from alerts.pipeline.service_alert import address
from tests.support.builders import NOON, a_match, a_measure, later
from tests.support.notices import a_full_alert, a_service_alert
from tests.unit.pipeline.fakes import NoRules
from tests.unit.pipeline.test_updates import Desk, a_report

HALF_AN_HOUR = 1800.0


def a_book(**route: Any) -> RuleBook:
    file = {
        "route": {"receiver": "desk", "escalate": {"unless_acked_within": "30m", "to": "lead"}} | route,
        "time_intervals": [{"name": "noon", "times": [{"start": "11:30", "end": "13:00"}]}],
    }
    routes = Routes.model_validate(file)
    intervals = {each.name: each for each in routes.time_intervals}
    return RuleBook("v1", NoRules(), {}, {}, routes.route, intervals)


def desk(**route: Any) -> Desk:
    made = Desk()
    made.book = a_book(**route)
    return made


def due(decision: Any) -> dict[str, float]:
    """Seconds after noon at which each target is told."""
    return {each.target: (each.due - NOON).total_seconds() for each in decision.deliveries}


def test_somebody_else_is_told_after_the_notice_and_that_is_on_record() -> None:
    decision = desk(group_wait="10m").hears(a_report(1), a_match())
    assert due(decision) == {"desk": 600, "lead": 600 + HALF_AN_HOUR}
    lead = decision.deliveries[1]
    assert (lead.state, lead.alert_id) == (DeliveryState.DUE, decision.alerts[0].id)
    assert lead.escalation is not None
    assert (lead.escalation.told, lead.escalation.within) == ("desk", "30m")
    opened, escalates = decision.decided
    assert opened.targets == ("desk",)
    assert (escalates.reason, escalates.targets) == (DecisionReason.ESCALATES, ("lead",))
    assert escalates.detail == "at 2026-11-23 12:40:00 UTC unless it is acknowledged before"


def test_what_is_held_escalates_from_when_it_is_sent() -> None:
    assert due(desk(quiet_hours={"name": "noon"}).hears(a_report(1), a_match())) == {
        "desk": 3600,
        "lead": 3600 + HALF_AN_HOUR,
    }


def test_who_is_told_anyway_is_not_told_again_and_of_two_times_the_first_counts() -> None:
    routes = [
        {"matchers": ['team="magnets"'], "receiver": "lead", "continue": True},
        {"matchers": ['team="magnets"'], "receiver": "desk"},
    ]
    assert due(desk(routes=routes).hears(a_report(1), a_match())) == {"lead": 0, "desk": 0}
    routes = [
        {"matchers": ['team="magnets"'], "receiver": "a", "continue": True},
        {
            "matchers": ['team="magnets"'],
            "receiver": "b",
            "escalate": {"unless_acked_within": "10m", "to": "lead"},
        },
    ]
    assert due(desk(routes=routes).hears(a_report(1), a_match())) == {"a": 0, "b": 0, "lead": 600}


def test_a_child_takes_it_back() -> None:
    routes = [{"matchers": ['team="magnets"'], "escalate": "none"}]
    assert due(desk(routes=routes).hears(a_report(1), a_match())) == {"desk": 0}


def test_an_update_escalates_anew_under_an_id_of_its_own() -> None:
    of = desk(update_after="0s")
    first = of.hears(a_report(1), a_match())
    second = of.hears(a_report(2, 60), a_match(measure=a_measure(status=Status.IN_FORCE)), at=60)
    assert due(second) == {"desk": 60, "lead": 60 + HALF_AN_HOUR}
    assert first.deliveries[1].id != second.deliveries[1].id


def test_notices_about_the_service_escalate_too() -> None:
    found = address(a_service_alert(), None, a_book(), NOON)
    assert {each.target: each.due for each in found} == {"desk": NOON, "lead": NOON + timedelta(minutes=30)}


def test_the_notice_says_who_was_told_and_how_to_acknowledge() -> None:
    alert = a_full_alert(at=later(0))
    told = escalated(alert, Escalation(id="esc_1", told="desk", within="30m"))
    assert (told.id, told.type, told.title) == (
        "esc_1",
        AlertType.ESCALATED,
        f"Not acknowledged: {alert.title}",
    )
    assert told.summary == (
        "desk was told, and nobody acknowledged it within 30m. India keeps its oxides. "
        f"To acknowledge: exportwatch alerts ack {alert.id}"
    )
