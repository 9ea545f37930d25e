"""``alerts ack`` as a person calls it, and what ``why`` and ``show`` say after it."""

from __future__ import annotations

import json

from tests.contract.cli.conftest import Fill, Run
from tests.contract.cli.test_why import EVENT, RULES, alert_id, decided

ESCALATING = RULES | {
    "receivers.yaml": "receivers:\n  - {name: desk, apprise: {url_env: DESK_URL}}\n"
    "  - {name: lead, apprise: {url_env: LEAD_URL}}\n",
    "routes.yaml": "route: {receiver: desk, escalate: {unless_acked_within: 30m, to: lead}}\n",
}


def test_an_acknowledged_alert_says_so_and_whom_it_kept_from_being_told(run: Run, fill: Fill) -> None:
    fill(decided(ESCALATING))
    before = run("why", EVENT.id).out
    assert "escalates" in before
    assert "lead: due 2026-11-23 12:30:00" in before
    alert = alert_id(run)
    ran = run("alerts", "ack", alert, "--by", "anna", "--comment", "calling the mine")
    assert ran.code == 0
    assert "acknowledged by anna at " in ran.out
    assert "not told any more: lead" in ran.out
    assert "lead: cancelled" in run("why", EVENT.id).out
    assert "by anna at " in run("alerts", "show", alert).out
    assert (
        json.loads(run("alerts", "show", alert, "--format", "json").out)["ack"]["comment"]
        == "calling the mine"
    )
    again = json.loads(run("alerts", "ack", alert, "--by", "bert", "--format", "json").out)
    assert (again["by"], again["cancelled"]) == ("anna", [])


def test_a_deliverys_id_will_do(run: Run, fill: Fill) -> None:
    fill(decided(ESCALATING))
    found = json.loads(run("deliveries", "list", "--format", "json").out)
    (desk,) = [each["id"] for each in found if each["target"] == "desk"]
    (lead,) = [each["id"] for each in found if each["target"] == "lead"]
    assert "desk was told, and has 30m" in run("deliveries", "show", lead).out
    assert json.loads(run("alerts", "ack", desk, "--format", "json").out)["cancelled"] == ["lead"]


def test_what_is_not_there_exits_1(run: Run, fill: Fill) -> None:
    fill(decided(ESCALATING))
    for wanted in ("alr_none", "dlv_none"):
        ran = run("alerts", "ack", wanted)
        assert (ran.code, "alerts list" in ran.err) == (1, True)
    assert "the alert (alr_…) that its text names" in run("alerts", "ack", "esc_x").err
