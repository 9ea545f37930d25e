"""What holds a notice, and until when: down the tree, over several ways, for a story's updates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.core.alert import AlertType
from alerts.core.delivery import DeliveryState
from alerts.core.digest import DigestItem
from alerts.core.ids import delivery_id, digest_id
from alerts.core.reasons import DecisionReason
from alerts.core.route import Routes
from alerts.core.rulebook import RuleBook
from alerts.core.taxonomy import Status
from alerts.pipeline.digest import gather
from alerts.pipeline.facts import given_facts
from alerts.pipeline.holding import thread_of
from alerts.pipeline.route import route
from alerts.pipeline.sending import openings
from alerts.pipeline.service_alert import address
from tests.support.builders import NOON, a_match, a_measure, later
from tests.support.notices import a_full_alert, a_service_alert
from tests.unit.pipeline.fakes import NoRules
from tests.unit.pipeline.test_updates import Desk, a_report

FILE: dict[str, Any] = {
    "route": {
        "receiver": "desk",
        "routes": [
            {
                "matchers": ['team="magnets"'],
                "receiver": "slack",
                "quiet_hours": {"name": "noon", "except": ['severity="critical"']},
                "continue": True,
                "routes": [{"matchers": ['issuer="CN"'], "quiet_hours": "none", "receiver": "china"}],
            },
            {
                "matchers": ['severity=~"info|low|medium"'],
                "digest": {"cron": "0 7 * * *", "max_items": 9},
                "routes": [{"matchers": ['owner="urgent"'], "digest": "none"}],
            },
            {"matchers": ['lang="de"'], "receiver": "slack"},
        ],
    },
    "time_intervals": [{"name": "noon", "times": [{"start": "11:30", "end": "13:00"}]}],
}
ONE = datetime(2026, 11, 23, 13, tzinfo=UTC)
SEVEN = datetime(2026, 11, 24, 7, tzinfo=UTC)


def book(file: dict[str, Any] | None = None) -> RuleBook:
    routes = Routes.model_validate(file or FILE)
    intervals = {each.name: each for each in routes.time_intervals}
    return RuleBook("v1", NoRules(), {}, {}, routes.route, intervals)


def until(at: datetime = NOON, **facts: str) -> dict[str, datetime | None]:
    """Until when each target is held."""
    of = book()
    given = given_facts({name: (value,) for name, value in facts.items()})
    sent = openings(route(given, of.route, {}, of.intervals), at)
    return {each.receiver: each.holding.until if each.holding else None for each in sent}


def test_quiet_hours_hold_until_they_end_but_for_what_is_excepted() -> None:
    assert until(team="magnets", severity="high") == {"slack": ONE}
    assert until(team="magnets", severity="critical") == {"slack": None}
    assert until(ONE, team="magnets", severity="high") == {"slack": None}


def test_a_child_takes_what_holds_from_its_parent_unless_it_says_none() -> None:
    assert until(team="magnets", severity="high", issuer="CN") == {"china": None}
    assert until(severity="low") == {"desk": SEVEN}
    assert until(severity="low", owner="urgent") == {"desk": None}


def test_of_two_ways_to_a_receiver_the_one_that_lets_go_first_counts() -> None:
    assert until(team="magnets", severity="high", lang="de") == {"slack": None}


def test_a_digest_that_would_go_in_quiet_hours_goes_at_their_end() -> None:
    file = {
        "route": {
            "receiver": "desk", "quiet_hours": {"name": "noon"}, "digest": {"cron": "0 12 * * *"},
        },
        "time_intervals": FILE["time_intervals"],
    }  # fmt: skip
    of = book(file)
    (sent,) = openings(route({}, of.route, {}, of.intervals), NOON - timedelta(hours=2))
    assert sent.due == ONE
    assert sent.holding is not None
    assert sent.holding.reason is DecisionReason.GATHERED


def test_what_waits_for_other_publishers_is_held_by_what_holds_when_the_wait_is_over() -> None:
    file = FILE | {"route": {"receiver": "desk", "group_wait": "2h", "quiet_hours": {"name": "noon"}}}
    of = book(file)
    (sent,) = openings(route({}, of.route, {}, of.intervals), NOON)
    assert (sent.due, sent.holding) == (later(7200), None)


class Quiet(Desk):
    """A desk whose buyers of magnets are at lunch."""

    def __init__(self) -> None:
        super().__init__()
        self.book = book()


def test_a_held_notice_is_on_record_with_its_digest() -> None:
    desk = Quiet()
    decision = desk.hears(a_report(1), a_match(severity="high"))
    opened, held = decision.decided
    assert (opened.reason, opened.targets) == (DecisionReason.OPENED, ("slack",))
    assert (held.reason, held.targets) == (DecisionReason.MUTED, ("slack",))
    assert held.detail == "held until 2026-11-23 13:00:00 UTC: quiet hours noon"
    (delivery,) = decision.deliveries
    assert (delivery.state, delivery.due) == (DeliveryState.HELD, ONE)
    assert delivery.held is not None
    assert delivery.held.digest == digest_id("slack", ONE)
    assert delivery.held.delivery == delivery_id(delivery.held.digest, "slack")


def test_an_update_of_a_held_story_goes_into_the_same_digest() -> None:
    """Though by update_after it would go an hour after, when the quiet hours are over."""
    desk = Quiet()
    first = desk.hears(a_report(1, 1800), a_match(severity="high"), at=1800)
    second = desk.hears(
        a_report(2, 2400), a_match(severity="high", measure=a_measure(status=Status.SUSPENDED)), at=2400
    )
    (one,), (two,) = first.deliveries, second.deliveries
    assert one.held is not None
    assert two.held is not None
    assert (two.state, two.due) == (DeliveryState.HELD, ONE)
    assert (two.held.digest, two.held.thread) == (one.held.digest, one.held.thread)
    assert second.decided[1].reason is DecisionReason.GATHERED


def test_an_update_that_may_not_wait_goes_at_once_though_the_first_notice_is_held() -> None:
    desk = Quiet()
    desk.hears(a_report(1), a_match(severity="high"))
    urgent = a_match(severity="critical", measure=a_measure(status=Status.IN_FORCE))
    second = desk.hears(a_report(2, 3600), urgent, at=3599)
    assert {d.target: d.state for d in second.deliveries} == {"slack": DeliveryState.HELD}
    third = desk.hears(
        a_report(3, 7200), a_match(severity="critical", measure=a_measure(status=Status.LIFTED)), at=7200
    )
    assert {d.target: d.state for d in third.deliveries} == {"slack": DeliveryState.DUE}


def test_who_heard_of_a_story_before_hears_of_its_easing_as_their_notices_are_held() -> None:
    desk = Quiet()
    desk.hears(a_report(1, -7200), a_match(severity="high"), at=-7200)
    easing = a_match(severity="high", labels={}, measure=a_measure(status=Status.SUSPENDED))
    second = desk.hears(a_report(2), easing)
    assert {d.target: d.due for d in second.deliveries} == {"desk": NOON, "slack": ONE}


def test_notices_about_the_service_are_held_like_any_other() -> None:
    of = book(FILE | {"route": {"receiver": "desk", "quiet_hours": {"name": "noon"}}})
    (delivery,) = address(a_service_alert(), None, of, NOON)
    assert (delivery.state, delivery.due) == (DeliveryState.HELD, ONE)
    assert delivery.held is not None
    assert delivery.held.thread == "source|bis"


def test_a_thread_is_a_story_under_a_rule_or_a_source() -> None:
    opened, stale = a_full_alert(), a_service_alert()
    updated = opened.model_copy(update={"id": "alr_2", "type": AlertType.UPDATED})
    assert thread_of(opened) == thread_of(updated) == "in-halt|sty_1"
    assert thread_of(stale) == "source|bis"
    assert thread_of(opened.model_copy(update={"story": None})) == opened.id


@pytest.mark.parametrize("count", [0, 1, 3, 300])
def test_a_digest_begins_with_the_gravest_and_counts_all(count: int) -> None:
    severities = ("low", "critical", "medium")
    items = [
        DigestItem(
            alert=a_full_alert(id=f"alr_{n}", severity=severities[n % 3], title=f"Number {n}", story=None)
        )
        for n in range(count)
    ]
    digest = gather("dig_1", ONE, "x", items, 2, beyond=1)
    assert digest.count == count + 1
    assert len(digest.items) == min(count, 2)
    assert len(digest.headlines) == min(max(count - 2, 0), 200)
    shown = [item.alert.severity for item in digest.items]
    assert shown == ["critical", "medium" if count == 3 else "critical"][: len(shown)] or count == 1
