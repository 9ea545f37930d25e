"""What the decide lane makes of events that a correlation counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.core.alert import AlertType
from alerts.core.event import Event
from alerts.core.measure import Measure, Recognition
from alerts.core.reasons import DecisionReason
from alerts.core.receiver import Receiver
from alerts.core.route import Route
from alerts.core.rulebook import RuleBook
from alerts.core.taxonomy import Status
from alerts.pipeline import absence
from alerts.pipeline.correlate import Windows
from alerts.pipeline.decide import decide
from alerts.pipeline.deciding import Candidate, Stories
from alerts.pipeline.muting import Mutes
from alerts.pipeline.ports import Decision, Lease
from tests.support.builders import NOON, a_measure
from tests.support.correlating import BASE, HEAD, SECOND, SILENT, a_book, a_report, from_ministry

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class World:
    """Decides event after event, each with what the ones before it left."""

    def __init__(self, *rules: str) -> None:
        self.book: RuleBook = a_book(*rules)
        self.stories, self.windows, self.mutes = Stories(), Windows(), Mutes()

    def decide(self, event: Event, *measures: Measure) -> Decision:
        given = measures or (a_measure(),)
        matches = tuple(self.book.rules.match(event, given, NOON))
        candidate = Candidate(Lease(event.id, 1), event, Recognition(relevant=True, measures=given), matches)
        keys = list(candidate.window_keys(self.stories, self.book))
        decision = decide(candidate, self.stories, self.book, NOON, self.windows, self.mutes)
        for change in decision.stories:
            self.stories.apply(change)
        for counted in decision.windows:
            assert counted.window.key in keys or not self.windows.known.get(counted.window.key)
            self.windows.apply(counted)
        return decision


def of(decision: Decision, rule_id: str = "second") -> list[tuple[str, str]]:
    """Reason and detail of each decision under a rule."""
    return [(str(each.reason), each.detail) for each in decision.decided if each.rule_id == rule_id]


def test_a_second_publisher_makes_an_unofficial_report_critical_and_says_who_and_when() -> None:
    world = World(BASE, SECOND)
    first = world.decide(a_report(1, "Port News"))
    assert first.alerts == ()
    assert of(first, "report") == [("shadow", "")]
    counted = "1 of 2 values of source.publisher within 2d (issuer IN, commodity rare_earths)"
    assert of(first) == [("counted", counted)]
    second = world.decide(a_report(2, "Metal Post", published=NOON - HOUR))
    ((reason, why),) = of(second)
    assert reason == "opened"
    (alert,) = second.alerts
    assert alert.why == why
    for words in (
        "Port News, 2026-11-23 12:00 UTC",
        "Metal Post, 2026-11-23 11:00 UTC",
        "station 7919",
        "2d",
    ):
        assert words in why
    assert (alert.severity, alert.action) == ("critical", "Call about rare earths.")
    assert [delivery.target for delivery in second.deliveries] == ["desk"]


def test_the_same_publisher_again_and_one_after_the_timespan_are_no_second() -> None:
    world = World(BASE, SECOND)
    world.decide(a_report(1, "Port News"))
    assert of(world.decide(a_report(2, "PORT  news")))[0][0] == "counted"
    late = NOON + 49 * HOUR
    assert of(world.decide(a_report(3, "Metal Post", published=late, seen=late)))[0][0] == "counted"


def test_a_third_publisher_repeats_what_the_second_told() -> None:
    world = World(BASE, SECOND)
    world.decide(a_report(1, "Port News"))
    told = world.decide(a_report(2, "Metal Post")).alerts[0]
    third = world.decide(a_report(3, "Ore Weekly"))
    assert of(third)[0][0] == "repeated"
    assert third.alerts == ()
    assert [each.alert_id for each in third.decided if each.rule_id == "second"] == [told.id]


def test_an_event_that_is_decided_again_is_counted_once() -> None:
    world = World(BASE, SECOND)
    report = a_report(1, "Port News")
    world.decide(report)
    again = world.decide(report)
    ((reason, detail),) = of(again)
    assert (reason, detail.endswith("counted before")) == ("not_counted", True)
    assert again.windows == ()


def test_events_that_are_decided_all_over_again_give_the_same_alert() -> None:
    ids = set()
    for _ in range(2):  # as after a ledger that was set back
        world = World(BASE, SECOND)
        decisions = [world.decide(a_report(number, f"paper {number}")) for number in (1, 2)]
        ids |= {alert.id for decision in decisions for alert in decision.alerts}
    assert len(ids) == 1


def test_other_goods_and_issuers_are_counted_apart_and_families_together() -> None:
    world = World(BASE, SECOND)
    world.decide(a_report(1, "A"), a_measure(commodities=("neodymium", "gallium")))
    assert of(world.decide(a_report(2, "B"), a_measure(commodities=("nickel",))))[0][0] == "counted"
    assert of(world.decide(a_report(3, "C"), a_measure(issuer="CN")))[0][0] == "counted"
    both = world.decide(a_report(4, "D"), a_measure(commodities=("rare_earth_magnets", "gallium")))
    assert sorted(reason for reason, _ in of(both)) == ["opened", "repeated"]
    assert len(both.alerts) == 1


def test_an_event_without_a_group_says_what_it_lacks() -> None:
    world = World(BASE, SECOND)
    decision = world.decide(a_report(1, "A"), a_measure(issuer=None, commodities=()))
    detail = "report matched, but nothing is known of: issuer, commodity"
    assert of(decision) == [("not_counted", detail)]


def test_backlog_does_not_count_but_is_a_sign_of_life() -> None:
    world = World(BASE, SECOND, SILENT)
    decision = world.decide(from_ministry(1, backlog=True))
    assert of(decision) == []
    assert of(decision, "silent") == [("counted", "a sign of life")]
    assert [change.window.rule_id for change in decision.windows] == ["silent"]


def fallen_silent(world: World, days: float = 20) -> str:
    """Tell, nine days ago, of a silence that had begun so many days ago; returns the alert's id."""
    (rule,) = (each for each in world.book.rules.correlations if each.absence)
    began = absence.begin(rule, (), NOON - days * DAY)
    alert, _, told = absence.silence(rule, began.window, world.book, NOON - 9 * DAY)
    world.windows.apply(told)
    return alert.id


def test_the_end_of_a_silence_is_told_with_what_ended_it() -> None:
    world = World(BASE, SILENT)
    silence = fallen_silent(world)
    decision = world.decide(from_ministry(1))
    ((reason, detail),) = of(decision, "silent")
    assert (reason, detail) == ("resolved", f"ends the silence told as {silence}")
    (alert,) = decision.alerts
    assert (alert.type, alert.revision, alert.resolves) == (AlertType.RESOLVED, 2, silence)
    assert (alert.title, alert.severity, alert.action) == ("Resolved: The list is silent", "info", "")
    assert alert.summary == (
        "Ministry published 'station 7919 reports bulletin 104729', 2026-11-23 12:00 UTC, after 20d without "
        "anything of ministry."
    )
    assert alert.why == "You were told of the silence on 2026-11-14 12:00 UTC."
    assert alert.event is not None
    assert [(each.target, each.due) for each in decision.deliveries] == [("desk", NOON)]
    assert world.decide(from_ministry(2, published=NOON + HOUR, seen=NOON + HOUR)).alerts == ()


def test_the_end_of_a_silence_goes_to_all_who_heard_of_it_and_never_before_it() -> None:
    world = World(BASE, SILENT)
    fallen_silent(world)
    ((key, window),) = world.windows.known.items()
    assert window.told is not None
    told = window.told.model_copy(update={"at": NOON - HOUR, "receivers": ("erp", "gone")})
    world.windows.known[key] = window.model_copy(update={"told": told})
    erp = Receiver.model_validate({"name": "erp", "apprise": {"url_env": "ERP_URL"}})
    lower = Route(receiver="low", matchers=('severity="info"',))  # it is routed by the rule's severity
    critical = Route(receiver="desk", matchers=('severity="critical"', 'type="alert.resolved"'))
    tree = Route(receiver="nobody", group_wait=2 * HOUR, routes=(lower, critical))
    world.book = replace(world.book, receivers={**world.book.receivers, "erp": erp}, route=tree)
    decision = world.decide(from_ministry(1))
    assert [(each.target, each.due) for each in decision.deliveries] == [
        ("desk", NOON + HOUR),
        ("erp", NOON + HOUR),
    ]


def test_backlog_ends_a_silence_too() -> None:
    world = World(BASE, SILENT)
    fallen_silent(world)
    decision = world.decide(from_ministry(1, backlog=True))
    assert [alert.type for alert in decision.alerts] == [AlertType.RESOLVED]
    assert len(decision.deliveries) == 1


def test_what_is_older_than_the_timespan_ends_no_silence() -> None:
    world = World(BASE, SILENT)
    silence = fallen_silent(world)
    old = NOON - 12 * DAY
    late = world.decide(from_ministry(1, published=old))
    assert of(late, "silent") == [("counted", "older than the timespan: the silence goes on")]
    assert late.alerts == ()
    (alert,) = world.decide(from_ministry(2)).alerts
    assert alert.resolves == silence
    assert "after 12d without" in alert.summary


def test_nobody_hears_of_the_end_of_a_silence_that_nobody_was_told_of_or_under_a_shadow_rule() -> None:
    shadow = SILENT.replace("status: live", "status: shadow")
    noted, silenced = World(BASE, shadow), World(BASE, SILENT)
    fallen_silent(noted)
    silence = fallen_silent(silenced)
    untold = noted.decide(from_ministry(1))
    assert of(untold, "silent") == [("counted", "ends a silence that nobody was told of")]
    silenced.book = noted.book
    now_shadow = silenced.decide(from_ministry(1))
    assert of(now_shadow, "silent") == [("shadow", f"ends the silence told as {silence}")]
    assert (untold.alerts, now_shadow.alerts) == ((), ())


def test_a_shadow_correlation_is_recorded_with_its_why_and_not_sent() -> None:
    world = World(BASE, SECOND.replace("status: live", "status: shadow"))
    world.decide(a_report(1, "Port News"))
    second = world.decide(a_report(2, "Metal Post"))
    ((reason, why),) = of(second)
    assert (reason, second.alerts) == ("shadow", ())
    assert "Port News" in why


def test_what_changes_in_the_story_is_told_though_the_timespan_is_over() -> None:
    world = World(BASE, SECOND)
    world.decide(a_report(1, "Port News"))
    world.decide(a_report(2, "Metal Post"))
    later = NOON + 72 * HOUR
    lifted = a_report(3, "Port News", published=later, seen=later)
    decision = world.decide(lifted, a_measure(status=Status.LIFTED))
    ((reason, detail),) = of(decision)
    assert (reason, decision.alerts[0].revision) in {("updated", 2), ("held", 2)}
    assert "lifted" in detail
    assert decision.alerts[0].why.endswith("This rule told you of the act before.")


def test_a_live_base_alerts_by_itself_and_is_counted_once_in_its_story() -> None:
    live = (
        BASE.replace("status: shadow", HEAD).rstrip()
        + """
    tests:
      - {name: a, event: {measures: [{measure: export_ban}]}, expect: match}
      - {name: b, event: {measures: []}, expect: no_match}
"""
    )
    world = World(live, SECOND)
    first = world.decide(a_report(1, "Port News"))
    assert [change.story.reports for change in first.stories] == [1]
    assert [reason for reason, _ in of(first, "report")] == ["opened"]
    second = world.decide(a_report(2, "Metal Post"))
    assert [alert.rule.id for alert in second.alerts if alert.rule] == ["second"]
    assert [change.story.reports for change in second.stories] == [2]


def test_what_began_to_hold_in_the_shadow_is_told_when_the_rule_is_live() -> None:
    world = World(BASE, SECOND.replace("status: live", "status: shadow"))
    world.decide(a_report(1, "Port News"))
    world.decide(a_report(2, "Metal Post"))
    world.book = a_book(BASE, SECOND)
    assert of(world.decide(a_report(3, "Ore Weekly")))[0][0] == "opened"
    assert of(world.decide(a_report(4, "Mine Mail")))[0][0] == "repeated"


def test_correlations_rest_on_correlations() -> None:
    chained = f"""
  - id: twice
    title: Two goods, each confirmed
    {HEAD}
    correlation: {{type: event_count, rules: [second], group_by: issuer, timespan: 10d, condition: {{gte: 2}}}}
    tests:
      - {{name: a, events: [], expect: match}}
"""
    chained = chained[: chained.index("    tests:")].replace("status: live", "status: shadow")
    world = World(BASE, chained, SECOND)  # whichever stands first
    for number, metal in enumerate(("gallium", "gallium", "nickel"), 1):
        decision = world.decide(a_report(number, f"paper {number}"), a_measure(commodities=(metal,)))
        assert [reason for reason, _ in of(decision, "twice")] == (["counted"] if number == 2 else [])
    last = world.decide(a_report(4, "paper 4"), a_measure(commodities=("nickel",)))
    assert [reason for reason, _ in of(last, "twice")] == ["shadow"]


def test_counting_by_story_follows_the_stories_of_the_decide_lane() -> None:
    world = World(BASE, SECOND.replace("group_by: [issuer, commodity]", "group_by: story"))
    first = world.decide(a_report(1, "Port News"))
    other = world.decide(a_report(2, "Metal Post"), a_measure(issuer="CN", commodities=("nickel",)))
    assert (of(first)[0][0], of(other)[0][0]) == ("counted", "counted")
    same = world.decide(a_report(3, "Ore Weekly"))
    assert of(same)[0][0] == "opened"
    assert same.alerts[0].story is not None
    assert same.alerts[0].story.reports == 2
    assert DecisionReason.OPENED in {each.reason for each in same.decided}
