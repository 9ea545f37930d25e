"""A story that was told and changes: updated, held, or told of under the rule that told before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from alerts.core.alert import AlertType
from alerts.core.event import Event
from alerts.core.ids import alert_id
from alerts.core.match import Match
from alerts.core.measure import Measure, Recognition
from alerts.core.reasons import DecisionReason
from alerts.core.route import Route
from alerts.core.rulebook import RuleBook
from alerts.core.source import Tier
from alerts.core.taxonomy import MeasureKind, Status
from alerts.pipeline.decide import decide
from alerts.pipeline.deciding import Candidate, Stories
from alerts.pipeline.ports import Decision, Lease
from tests.support.builders import a_match, a_measure, an_event, later
from tests.unit.pipeline.fakes import NoRules

HOUR = 3600.0
ROUTE = Route(receiver="desk", routes=(Route(receiver="magnets", matchers=('status!~"lifted|eased"',)),))


class Desk:
    """Decides one event after the other, as one worker would, and keeps what is left of them."""

    def __init__(self, route: Route = ROUTE) -> None:
        self.book = RuleBook("v1", NoRules(), {}, {}, route)
        self.stories = Stories()
        self.sent: list[Decision] = []

    def hears(
        self, event: Event, *matches: Match, at: float = 0, measures: tuple[Measure, ...] = ()
    ) -> Decision:
        measures = measures or tuple(m.measure for m in matches if m.measure)
        recognition = Recognition(relevant=True, measures=measures)
        now = later(at)
        decision = decide(
            Candidate(Lease(event.id, 1), event, recognition, matches), self.stories, self.book, now
        )
        for change in decision.stories:
            self.stories.apply(change)
        self.sent.append(decision)
        return decision

    def report(self, number: int, at: float = 0, tier: Tier = Tier.PRESS, **changes: Any) -> Decision:
        return self.hears(a_report(number, at, tier), a_match(measure=a_measure(**changes)), at=at)


def a_report(number: int, at: float = 0, tier: Tier = Tier.PRESS) -> Event:
    event = an_event(f"Report {number}", "", key=str(number), seen=later(at), published=later(at))
    return event.model_copy(update={"source": event.source.model_copy(update={"tier": tier})})


def reason(decision: Decision) -> DecisionReason:
    (decided,) = decision.decided
    return decided.reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": Status.IN_FORCE}, "in force (was announced)"),
        ({"status": Status.SUSPENDED}, "suspended (was announced)"),
        ({"effective_date": date(2026, 12, 1)}, "effective 1 December 2026"),
        ({"targets": ("JP", "KR")}, "towards South Korea too"),
        ({"commodities": ("rare_earths", "graphite")}, "on graphite too"),
        ({"tier": Tier.OFFICIAL}, "now from an official source"),
    ],
)
def test_a_material_change_is_sent_as_an_update(change: dict[str, Any], said: str) -> None:
    desk = Desk()
    first = desk.report(1)
    update = desk.report(2, at=2 * HOUR, **change)
    assert reason(update) is DecisionReason.UPDATED
    assert update.decided[0].detail == said
    (alert,) = update.alerts
    story = update.stories[0].story
    assert (alert.type, alert.revision, alert.id) == (AlertType.UPDATED, 2, alert_id("in-halt", story.id, 2))
    assert (alert.title, alert.summary) == ("Update: Report 2", f"Update: {said}. India halts")
    assert story.id == first.stories[0].story.id
    assert {delivery.due for delivery in update.deliveries} == {later(2 * HOUR)}


def test_the_same_again_is_no_update() -> None:
    desk = Desk()
    desk.report(1)
    for number in (2, 3):
        assert reason(desk.report(number, at=number * HOUR)) is DecisionReason.REPEATED
    desk.report(4, at=4 * HOUR, status=Status.IN_FORCE)
    assert reason(desk.report(5, at=9 * HOUR, status=Status.IN_FORCE)) is DecisionReason.REPEATED
    assert reason(desk.report(6, at=10 * HOUR, status=Status.PROPOSED)) is DecisionReason.REPEATED
    assert [len(decision.alerts) for decision in desk.sent] == [1, 0, 0, 1, 0, 0]


def test_changes_within_update_after_are_held_and_sent_together() -> None:
    desk = Desk()
    desk.report(1)
    held = desk.report(2, at=60, status=Status.IN_FORCE)
    assert reason(held) is DecisionReason.HELD
    assert held.decided[0].detail == "in force (was announced); sent at 2026-11-23 13:00:00 UTC"
    assert {delivery.due for delivery in held.deliveries} == {later(HOUR)}
    more = desk.report(3, at=120, targets=("JP", "KR"))
    assert reason(more) is DecisionReason.HELD
    assert more.alerts[0].id == held.alerts[0].id
    assert more.rewrites == {held.alerts[0].id}
    assert more.alerts[0].summary.startswith("Update: in force (was announced); towards South Korea too.")
    assert {delivery.id for delivery in more.deliveries} == {delivery.id for delivery in held.deliveries}
    assert {delivery.due for delivery in more.deliveries} == {later(HOUR)}


def test_the_next_change_waits_from_when_the_last_update_went_out() -> None:
    desk = Desk()
    desk.report(1)
    desk.report(2, at=60, status=Status.IN_FORCE)
    third = desk.report(3, at=HOUR + 60, targets=("JP", "KR"))
    assert (reason(third), third.rewrites) == (DecisionReason.HELD, frozenset())
    assert (third.alerts[0].revision, third.deliveries[0].due) == (3, later(2 * HOUR))
    assert third.alerts[0].summary.startswith("Update: towards South Korea too.")


def test_a_route_that_waits_for_nothing_gets_every_change_at_once() -> None:
    desk = Desk(Route(receiver="desk", update_after=timedelta(0)))
    desk.report(1)
    assert reason(desk.report(2, at=1, status=Status.IN_FORCE)) is DecisionReason.UPDATED


def test_an_easing_reaches_who_heard_of_the_restriction() -> None:
    desk = Desk()
    assert desk.report(1).decided[0].targets == ("magnets",)
    eased = desk.report(2, at=2 * HOUR, status=Status.LIFTED)
    assert eased.decided[0].targets == ("desk", "magnets")
    assert {delivery.target for delivery in eased.deliveries} == {"desk", "magnets"}


def test_a_rule_that_does_not_ask_for_easings_tells_of_them_all_the_same() -> None:
    desk = Desk()
    desk.report(1)
    lifted = a_measure(status=Status.LIFTED)
    told = desk.hears(a_report(2, 2 * HOUR), at=2 * HOUR, measures=(lifted,))
    (decided,) = told.decided
    assert (decided.rule_id, decided.reason) == ("in-halt", DecisionReason.UPDATED)
    assert (told.alerts[0].severity, told.alerts[0].labels) == ("critical", {"team": "magnets"})
    assert "told you of the act before" in told.alerts[0].why
    again = desk.hears(a_report(3, 9 * HOUR), at=9 * HOUR, measures=(lifted,))
    assert reason(again) is DecisionReason.REPEATED


def test_an_easing_of_what_nobody_heard_of_is_no_news() -> None:
    desk = Desk()
    eased = desk.hears(a_report(1), measures=(a_measure(status=Status.LIFTED),))
    assert (reason(eased), eased.stories) == (DecisionReason.NO_MATCH, ())


def test_an_easing_that_an_exception_takes_back_is_not_told() -> None:
    desk = Desk()
    desk.report(1)
    lifted = a_measure(status=Status.LIFTED)
    excepted = Match(
        **{**{f: getattr(a_match(), f) for f in Match.__slots__}, "excepted": "no", "measure": lifted}
    )
    assert reason(desk.hears(a_report(2, HOUR * 2), excepted, at=2 * HOUR)) is DecisionReason.EXCEPTED


def official(number: int, title: str, at: float, **changes: Any) -> tuple[Event, Match]:
    event = a_report(number, at, Tier.OFFICIAL).model_copy(update={"title": title})
    return event, a_match(measure=a_measure(**changes))


def test_two_official_documents_with_numbers_of_their_own_are_two_stories() -> None:
    desk = Desk()
    licence = {"issuer": "CN", "kind": MeasureKind.EXPORT_LICENSING, "targets": ("*",)}
    first = desk.hears(*official(1, "Announcement No. 61 of 2026", 0, **licence))
    second = desk.hears(*official(2, "Announcement No. 62 of 2026", 60, **licence), at=60)
    again = desk.hears(*official(3, "Announcement No. 61 of 2026, with its annex", 90, **licence), at=90)
    assert reason(second) is DecisionReason.OPENED
    assert again.stories[0].story.id == first.stories[0].story.id
    assert reason(again) is DecisionReason.REPEATED


def test_a_ministry_s_document_is_not_taken_for_more_of_what_has_died_down() -> None:
    desk, day = Desk(), 86400.0
    licence = {"issuer": "CN", "kind": MeasureKind.EXPORT_LICENSING, "targets": ("*",)}
    desk.report(1, status=Status.IN_FORCE, **licence)
    soon = desk.hears(*official(2, "Announcement No. 61 of 2026", 4 * day, **licence), at=4 * day)
    assert reason(soon) is not DecisionReason.OPENED
    desk = Desk()
    desk.report(1, status=Status.IN_FORCE, **licence)
    late = desk.hears(*official(2, "Announcement No. 61 of 2026", 6 * day, **licence), at=6 * day)
    assert reason(late) is DecisionReason.OPENED


def test_a_ministry_s_document_confirms_what_was_only_announced() -> None:
    desk, day = Desk(), 86400.0
    desk.report(1, issuer="CN", targets=("*",))
    late = desk.hears(
        *official(2, "Announcement No. 61 of 2026", 6 * day, issuer="CN", targets=("*",)), at=6 * day
    )
    assert reason(late) is DecisionReason.UPDATED


def test_a_list_of_parties_elsewhere_is_another_act() -> None:
    desk = Desk()
    listing = {"issuer": "US", "kind": MeasureKind.ENTITY_LISTING, "commodities": ("semiconductors",)}
    desk.report(1, targets=("CN",), **listing)
    assert reason(desk.report(2, at=60, targets=("IR",), **listing)) is DecisionReason.OPENED
    assert reason(desk.report(3, at=120, targets=("CN",), **listing)) is DecisionReason.REPEATED
    assert reason(desk.report(4, at=180, targets=("IR",), **listing)) is DecisionReason.REPEATED


def test_the_same_act_a_month_later_is_told_anew_however_much_was_written_meanwhile() -> None:
    desk, day = Desk(), 86400.0
    desk.report(1)
    for number in range(2, 6):
        assert reason(desk.report(number, at=7 * day * (number - 1))) is DecisionReason.REPEATED
    assert reason(desk.report(9, at=35 * day)) is DecisionReason.OPENED


def test_two_acts_in_one_text_stay_apart() -> None:
    desk = Desk()
    text = " ".join(f"word{number}" for number in range(60))
    event = an_event("India halts, China licences: two acts in one long headline", text)
    ban, licence = a_measure(), a_measure(issuer="CN", kind=MeasureKind.EXPORT_LICENSING, targets=("*",))
    decision = desk.hears(event, a_match("a", measure=ban), a_match("b", measure=licence))
    assert {change.story.issuer for change in decision.stories} == {"IN", "CN"}
    text_only = desk.hears(
        event.model_copy(update={"id": "evt_copy"}), a_match("c", measure=None), measures=()
    )
    assert len(text_only.stories) == 1


def test_an_agreement_is_one_story_from_both_sides() -> None:
    desk = Desk()
    deal = {"kind": MeasureKind.SUPPLY_AGREEMENT}
    desk.report(1, issuer="AU", targets=("US",), **deal)
    assert reason(desk.report(2, at=60, issuer="US", targets=("AU",), **deal)) is DecisionReason.REPEATED
    assert reason(desk.report(3, at=90, issuer="AU", targets=("KR",), **deal)) is DecisionReason.OPENED


def test_a_copy_of_the_alert_does_not_carry_what_others_were_told() -> None:
    desk = Desk()
    desk.report(1)
    update = desk.report(2, at=2 * HOUR, status=Status.IN_FORCE)
    assert update.alerts[0].story is not None
    assert update.alerts[0].story.told == {}


def test_rules_that_held_on_words_alone_tell_an_act_once_too() -> None:
    desk = Desk()
    for number, wanted in ((1, DecisionReason.OPENED), (2, DecisionReason.REPEATED)):
        decision = desk.hears(a_report(number), a_match(measure=None), measures=(a_measure(),))
        assert reason(decision) is wanted


def test_old_items_that_a_search_brings_up_go_with_the_story_and_change_nothing() -> None:
    desk = Desk()
    desk.report(1)
    for number in (2, 3):
        old = a_report(number, 2 * HOUR).model_copy(update={"published": later(-400 * 24 * HOUR)})
        decision = desk.hears(old, a_match(measure=a_measure(status=Status.LIFTED)), at=2 * HOUR)
        assert reason(decision) is DecisionReason.REPEATED
