"""The end of an absence's silence among what holds, mutes and escalates notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.inhibition import InhibitRule, Mark
from alerts.core.route import Routes
from alerts.core.silence import Silences, make_silence
from alerts.pipeline import absence
from alerts.pipeline.holding import thread_of
from alerts.pipeline.inhibiting import mark_keys
from alerts.pipeline.muting import Mutes
from alerts.pipeline.route import route
from tests.support.builders import NOON, a_measure
from tests.support.correlating import BASE, HEAD, SILENT, from_ministry
from tests.unit.pipeline.test_correlate import DAY, HOUR, World, fallen_silent, of

ONE = NOON + HOUR
NIGHT: dict[str, Any] = {
    "route": {"receiver": "desk", "group_wait": "0s", "quiet_hours": {"name": "noon"}},
    "time_intervals": [{"name": "noon", "times": [{"start": "11:00", "end": "13:00"}]}],
}
ALL_GIVE_WAY = InhibitRule.model_validate(
    {
        "name": "all",
        "source_matchers": ['severity="none"'],
        "target_matchers": ['owner="metals"'],
        "equal": ["issuer"],
        "for": "1h",
    }
)


def routed(world: World, file: dict[str, Any]) -> None:
    routes = Routes.model_validate(file)
    intervals = {each.name: each for each in routes.time_intervals}
    world.book = replace(world.book, route=routes.route, intervals=intervals)


def silent_since(world: World, at: datetime) -> tuple[str, tuple[Delivery, ...]]:
    """Tell of a silence now; returns its alert's id, and its deliveries."""
    (rule,) = (each for each in world.book.rules.correlations if each.absence)
    began = absence.begin(rule, (), at - 11 * DAY)
    alert, deliveries, told = absence.silence(rule, began.window, world.book, at)
    world.windows.apply(told)
    return alert.id, deliveries


def test_the_end_of_a_silence_that_is_still_held_goes_with_it() -> None:
    world = World(BASE, SILENT)
    routed(world, NIGHT)
    silence, (first,) = silent_since(world, NOON - HOUR / 2)
    assert (first.state, first.due) == (DeliveryState.HELD, ONE)
    loud = {"matchers": ['type="alert.resolved"'], "quiet_hours": "none", "receiver": "desk"}
    routed(world, NIGHT | {"route": NIGHT["route"] | {"routes": [loud]}})  # even where an end is not held
    decision = world.decide(from_ministry(1))
    (last,) = decision.deliveries
    assert first.held is not None
    assert last.held is not None
    assert (last.due, last.held.digest, last.held.thread) == (ONE, first.held.digest, silence)
    assert thread_of(decision.alerts[0]) == silence
    assert [reason for reason, _ in of(decision, "silent")] == ["resolved", "gathered"]


def test_the_end_of_a_silence_is_held_as_the_tree_says() -> None:
    world = World(BASE, SILENT)
    routed(world, NIGHT)
    fallen_silent(world)  # was told nine days ago
    decision = world.decide(from_ministry(1))
    assert [(each.state, each.due) for each in decision.deliveries] == [(DeliveryState.HELD, ONE)]
    assert [reason for reason, _ in of(decision, "silent")] == ["resolved", "muted"]


def test_the_end_of_a_silence_that_somebody_silenced_is_on_record_and_not_told() -> None:
    world = World(BASE, SILENT)
    alert = fallen_silent(world)
    silenced = make_silence(('rule="silent"',), "anna", "strike", NOON, NOON, ONE)
    world.mutes = Mutes(Silences((silenced,), 3))
    decision = world.decide(from_ministry(1))
    detail = f"ends the silence told as {alert}; silenced by {silenced.id} of anna until 2026-11-23 13:00:00 UTC: strike"
    assert of(decision, "silent") == [("silenced", detail)]
    assert (decision.alerts, decision.deliveries, decision.ended) == ((), (), (alert,))
    (window,) = world.windows.known.values()
    assert window.told is None  # it is over: the next one is told anew
    assert decision.silences_version == 3


def test_an_item_that_is_inhibited_ends_a_silence_and_the_end_is_told_whatever_is_inhibited() -> None:
    cases = """
    tests:
      - {name: a, event: {measures: [{measure: export_ban}]}, expect: match}
      - {name: b, event: {measures: []}, expect: no_match}
"""
    world = World(BASE.replace("status: shadow", HEAD).rstrip() + cases, SILENT)
    alert = fallen_silent(world)
    world.book = replace(world.book, inhibit_rules=(ALL_GIVE_WAY,))
    item, mark = from_ministry(1), Mark(alert="alr_1", title="The ministry's own", until=ONE)
    world.mutes = Mutes(marks=dict.fromkeys(mark_keys((ALL_GIVE_WAY,), item, (a_measure(),)), mark))
    decision = world.decide(item)
    assert [reason for reason, _ in of(decision, "report")] == ["inhibited"]
    assert [reason for reason, _ in of(decision, "silent")] == ["resolved"]
    assert [each.resolves for each in decision.alerts] == [alert]


def test_an_end_escalates_to_nobody_and_names_the_alert_that_is_over() -> None:
    world = World(BASE, SILENT)
    routed(
        world,
        {
            "route": {
                "receiver": "desk",
                "group_wait": "0s",
                "escalate": {"unless_acked_within": "2h", "to": "lead"},
            }
        },
    )
    silence, deliveries = silent_since(world, NOON - HOUR)
    assert [each.target for each in deliveries] == ["desk", "lead"]
    decision = world.decide(from_ministry(1))
    assert [(each.target, each.escalation) for each in decision.deliveries] == [("desk", None)]
    assert decision.ended == (silence,)
    ways = [route({"type": (kind,)}, world.book.route) for kind in ("alert.opened", "alert.resolved")]
    assert [[plan.to for way in each for plan in way.escalate] for each in ways] == [["lead"], []]
