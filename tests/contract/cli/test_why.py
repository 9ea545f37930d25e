"""``why`` and ``rules explain --item``: answered from the record, by the rules that decided."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from alerts.core.event import Event
from alerts.core.measure import Recognition
from alerts.engine.loading import load
from alerts.ledger.ledger import Ledger
from alerts.pipeline.decide import run as decide
from alerts.pipeline.lane import Bounds
from tests.contract.cli.conftest import Fill, Run
from tests.support.builders import NOON, a_measure, an_event
from tests.support.correlating import AROUND, BASE, SECOND, a_report
from tests.support.scenes import LEASE, admitted

HALT = """
  - id: halt
    title: India halts
    status: live
    owner: magnets
    review_by: 2099-01-01
    detection:
      sel: {issuer: IN, title|query: stops NEAR/3 shipments}
    tests:
      - {name: a, event: {title: stops shipments, measures: [{issuer: IN, measure: export_ban}]}, expect: match}
      - {name: b, event: {title: stops, measures: [{issuer: IN, measure: export_ban}]}, expect: no_match}
"""
RULES = AROUND | {"watch.yaml": "rules:" + BASE + SECOND + HALT}
EDITED = AROUND | {"watch.yaml": RULES["watch.yaml"].replace("NEAR/3", "NEAR/1")}
GONE = AROUND | {"watch.yaml": "rules:" + BASE}
EVENT = an_event(key="1", url="https://news.example/A#top")
OTHER = a_report(2, "Port News")


def decided(*versions: dict[str, str]) -> Callable[[Ledger], Awaitable[None]]:
    """Two items decided by the first version; the others were in force since."""

    def recognise(title: str, text: str, **_: object) -> Recognition:
        issuer = "CN" if "station" in title else "IN"
        return Recognition(relevant=True, measures=(a_measure(issuer=issuer),))

    async def scene(ledger: Ledger) -> None:
        book = load(versions[0])
        await ledger.rulebooks.put(book, versions[0], NOON)
        await admitted(ledger, EVENT, OTHER)
        bounds = Bounds(timedelta(seconds=1), LEASE)
        ended = iter([NOON] * 3)
        await decide(ledger.decisions, recognise, book, lambda: next(ended, NOON), lambda _: None, bounds)
        for files in versions[1:]:
            await ledger.rulebooks.put(load(files), files, NOON)

    return scene


def alert_id(run: Run) -> str:
    (alert,) = json.loads(run("alerts", "list", "--format", "json").out)
    return str(alert["id"])


HELD = RULES | {
    "routes.yaml": "route: {receiver: desk, quiet_hours: {name: noon}}\n"
    'time_intervals: [{name: noon, times: [{start: "11:00", end: "13:00"}]}]\n'
}


def test_a_held_notice_says_until_when_and_where_it_waits(run: Run, fill: Fill) -> None:
    fill(decided(HELD))
    text = run("why", EVENT.id).out
    assert "desk: held 2026-11-23 13:00:00" in text
    assert "muted" in text
    assert "held until 2026-11-23 13:00:00 UTC: quiet hours noon" in text
    (held,) = json.loads(run("deliveries", "list", "--state", "held", "--format", "json").out)
    assert "held until 2026-11-23 13:00" in run("deliveries", "list", "--state", "held").out
    assert held["held"]["why"] == "quiet hours noon"
    assert held["held"]["delivery"] in run("deliveries", "show", held["id"]).out
    shown = run("deliveries", "show", held["held"]["delivery"]).out
    assert "a digest of 1 notice(s):" in shown
    assert held["alert_id"] in shown


def test_an_item_is_found_by_id_alert_address_and_words_and_tells_every_decision(
    run: Run, fill: Fill
) -> None:
    fill(decided(RULES))
    wanted = [(EVENT.id,), (alert_id(run),), ("http://NEWS.example/a/",), ("shipments", "India")]
    answers = {run("why", *words).out for words in wanted}
    (text,) = answers
    for words in (
        EVENT.title, EVENT.id, "(in force now)", "export_ban by IN, rare_earths, towards JP, announced",
        "opened", alert_id(run), "desk: due", "counted", "1 of 2 values of source.publisher within 2d",
        "shadow", f"rules explain RULE --item {EVENT.id}",
    ):  # fmt: skip
        assert words in text, words
    data = json.loads(run("why", EVENT.id, "--format", "json").out)
    assert data["event"]["id"] == EVENT.id
    assert {one["reason"] for one in data["decision"]["decided"]} == {"opened", "shadow", "counted"}
    assert [delivery["target"] for delivery in data["deliveries"]] == ["desk"]


def test_several_items_are_listed_and_none_is_an_error(run: Run, fill: Fill) -> None:
    fill(decided(RULES))
    several = run("why", "s")
    assert several.code == 1
    assert {EVENT.id, OTHER.id} <= set(several.out.split())
    for words in ("nothing like it", "evt_none", "alr_none", "dlv_none", "https://news.example/none"):
        none = run("why", words)
        assert (none.code, none.out) == (1, "")
        assert "no item" in none.err


def test_the_tree_of_a_rule_on_a_stored_item_has_its_words_and_what_was_decided(run: Run, fill: Fill) -> None:
    fill(decided(RULES))
    text = run("rules", "explain", "halt", "--item", EVENT.id).out
    assert "halt: opened" in text
    assert "PASS rule halt" in text
    assert "words apart, NEAR/3 allows 3" in text
    assert "changed since" not in text
    missed = run("rules", "explain", "halt", "--item", OTHER.id).out
    assert "no decision on record" in missed
    assert "FAIL rule halt" in missed
    counted = run("rules", "explain", "second", "--item", OTHER.id).out
    assert "second: counted" in counted
    assert "PASS rule report" in counted


def test_a_rule_that_has_changed_since_is_shown_as_it_was_and_as_it_is(run: Run, fill: Fill) -> None:
    fill(decided(RULES, EDITED))
    text = run("rules", "explain", "halt", "--item", EVENT.id).out
    then, now = text.split("The rules have changed since. Today:")
    assert "PASS rule halt" in then
    assert "FAIL rule halt" in now
    assert "NEAR/1 allows 1" in now
    assert "not in force any more" in then
    same = run("rules", "explain", "report", "--item", EVENT.id).out
    assert "this rule says the same of the item today" in same
    data = json.loads(run("rules", "explain", "halt", "--item", EVENT.id, "--format", "json").out)
    assert (data["tree"]["then"]["held"], data["tree"]["now"]["held"]) == (True, False)


def test_a_rule_that_is_gone_and_rules_that_are_no_longer_kept_are_told_as_such(
    run: Run, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(decided(RULES, GONE))
    assert "the rule is gone" in run("rules", "explain", "halt", "--item", EVENT.id).out
    assert run("rules", "explain", "nowhere", "--item", EVENT.id).code == 1
    monkeypatch.setattr("alerts.ledger.rulebooks.VERSIONS_KEPT", 1)
    fill(decided(RULES, EDITED))
    text = run("rules", "explain", "halt", "--item", EVENT.id).out
    assert "The rules of then are no longer kept" in text
    assert "FAIL rule halt" in text


def test_an_item_that_awaits_its_decision_says_so(run: Run, fill: Fill) -> None:
    waiting: Event = an_event(key="9")
    fill(lambda ledger: admitted(ledger, waiting))
    assert "not decided yet" in run("why", waiting.id).out


def test_explain_wants_exactly_one_thing_to_explain_on(run: Run) -> None:
    assert run("rules", "explain", "halt", "--item", "x", "--test", "a").code == 2
