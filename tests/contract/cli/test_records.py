"""``alerts``, ``deliveries``, ``health``, ``settings``: tables for people, JSON for machines."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery
from alerts.core.reasons import OutcomeReason
from alerts.ledger.ledger import Ledger
from alerts.pipeline.lane import Lane
from alerts.settings import Settings
from alerts.wiring import now
from tests.contract.cli.conftest import Fill, Run
from tests.support.builders import NOON, an_alert
from tests.support.scenes import LEASE, done, with_deliveries


async def one_of_each(ledger: Ledger) -> dict[str, Delivery]:
    """A delivery that was made, one that is dead, one that waits."""
    await with_deliveries(ledger, "good", "gone", "busy")
    claimed = await ledger.deliveries.claim_deliveries(NOON, 9, LEASE, {})
    leases = {delivery.target: lease for lease, delivery, _ in claimed}
    await ledger.deliveries.complete(
        [
            done(leases["good"], "good", OutcomeReason.DELIVERED),
            done(leases["gone"], "gone", OutcomeReason.GONE),
            done(leases["busy"], "busy", OutcomeReason.TIMEOUT, due=300),
        ]
    )
    return {delivery.target: delivery for _, delivery, _ in claimed}


def test_an_empty_ledger_is_told_in_a_sentence(run: Run, fill: Fill) -> None:
    fill(lambda ledger: ledger.records.alerts(1))
    assert run("alerts", "list").out == "No alerts yet.\n"
    assert run("deliveries", "list").out == "No deliveries.\n"
    assert json.loads(run("alerts", "list", "--format", "json").out) == []


def test_alerts_are_listed_with_whole_ids_one_a_line(run: Run, fill: Fill) -> None:
    """A pipe is 80 columns wide to rich: ids and titles must not be folded for that."""
    fill(one_of_each)
    lines = run("alerts", "list").out.splitlines()
    assert len(lines) == 4
    assert all(any(an_alert(number).id in line for line in lines) for number in (1, 2, 3))
    assert all("India stops rare earth shipments to Japan" in line for line in lines[1:])


def test_alerts_as_json_are_the_alerts(run: Run, fill: Fill) -> None:
    fill(one_of_each)
    found = [Alert.model_validate(row) for row in json.loads(run("alerts", "list", "--format", "json").out)]
    assert sorted(found, key=lambda alert: alert.id) == sorted(
        (an_alert(number) for number in (1, 2, 3)), key=lambda alert: alert.id
    )


def test_an_alert_is_shown_with_who_what_and_towards_whom(run: Run, fill: Fill) -> None:
    fill(one_of_each)
    shown = run("alerts", "show", an_alert(1).id)
    assert shown.code == 0
    for word in ("India", "Japan", "rare earths", "in-halt", "https://news.example/1"):
        assert word.lower() in shown.out.lower()
    told = json.loads(run("alerts", "show", an_alert(1).id, "--format", "json").out)
    assert Alert.model_validate(told) == an_alert(1)


@pytest.mark.parametrize(
    ("command", "remedy"),
    [
        (("alerts", "show", "alr_none"), "exportwatch alerts list"),
        (("deliveries", "show", "dlv_none"), "exportwatch deliveries list"),
        (("deliveries", "redrive", "dlv_none"), "exportwatch deliveries list --state dead"),
    ],
)
def test_an_unknown_id_is_exit_1_with_a_remedy(
    command: tuple[str, ...], remedy: str, run: Run, fill: Fill
) -> None:
    fill(one_of_each)
    ran = run(*command)
    assert ran.code == 1
    assert "none" in ran.err
    assert remedy in ran.err


def test_deliveries_are_listed_by_state(run: Run, fill: Fill) -> None:
    made = fill(one_of_each)
    dead = json.loads(run("deliveries", "list", "--state", "dead", "--format", "json").out)
    assert [row["id"] for row in dead] == [made["gone"].id]
    assert len(json.loads(run("deliveries", "list", "--format", "json").out)) == 3
    lines = run("deliveries", "list").out.splitlines()
    assert len(lines) == 4
    (line,) = [line for line in lines if "busy" in line]
    assert made["busy"].id in line
    assert "timeout" in line


def test_a_delivery_is_shown_with_every_attempt(run: Run, fill: Fill) -> None:
    made = fill(one_of_each)
    shown = run("deliveries", "show", made["busy"].id)
    assert "timeout" in shown.out
    assert made["busy"].alert_id in shown.out
    told = Delivery.model_validate(
        json.loads(run("deliveries", "show", made["busy"].id, "--format", "json").out)
    )
    assert [attempt.reason for attempt in told.attempts] == [OutcomeReason.TIMEOUT]


@pytest.mark.parametrize("how", [("ID",), ("--all",), ("--target", "gone")])
def test_dead_letters_are_redriven(how: tuple[str, ...], run: Run, fill: Fill) -> None:
    made = fill(one_of_each)
    arguments = [made["gone"].id if word == "ID" else word for word in how]
    ran = run("deliveries", "redrive", *arguments, "--format", "json")
    assert (ran.code, json.loads(ran.out)) == (0, {"redriven": [made["gone"].id]})
    assert run("deliveries", "list", "--state", "dead").out == "No deliveries.\n"
    again = run("deliveries", "redrive", "--all")
    assert (again.code, again.out) == (0, "0 put back on the schedule\n")


def test_what_is_not_dead_is_told_and_the_rest_redriven(run: Run, fill: Fill) -> None:
    made = fill(one_of_each)
    ran = run("deliveries", "redrive", made["gone"].id, made["good"].id)
    assert ran.code == 1
    assert made["good"].id in ran.err
    assert made["gone"].id not in ran.err
    assert "1 put back" in ran.out


def test_redrive_without_a_choice_is_a_wrong_call(run: Run) -> None:
    assert run("deliveries", "redrive").code == 2


async def fresh(ledger: Ledger) -> None:
    for lane in Lane:
        await ledger.runs.end(lane, now())


def test_health_is_0_when_every_lane_makes_progress(run: Run, fill: Fill) -> None:
    fill(fresh)
    ran = run("health")
    assert (ran.code, ran.err) == (0, "")
    assert all(lane in ran.out for lane in Lane)
    told = json.loads(run("health", "--format", "json").out)
    assert (told["ok"], told["faults"]) == (True, [])


@pytest.mark.parametrize("stuck", list(Lane))
def test_health_is_1_when_a_lane_does_not(stuck: Lane, run: Run, fill: Fill) -> None:
    async def scene(ledger: Ledger) -> None:
        await fresh(ledger)
        await ledger.runs.end(stuck, now() - timedelta(seconds=500))

    fill(scene)
    ran = run("health")
    assert ran.code == 1
    assert f"lane {stuck}" in ran.err
    ran = run("health", "--format", "json")
    assert (ran.code, json.loads(ran.out)["ok"]) == (1, False)


def test_health_is_3_when_the_ledger_is_away(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORTWATCH_REDIS_URL", "redis://me:hunter2@127.0.0.1:1/0")
    ran = run("health")
    assert ran.code == 3
    assert "127.0.0.1:1" in ran.err
    assert "EXPORTWATCH_REDIS_URL" in ran.err
    assert "hunter2" not in ran.err


def test_settings_lists_every_setting_and_no_value(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = json.loads(run("settings", "--format", "json").out)
    names = [row["name"] for row in rows]
    assert {f"EXPORTWATCH_{name.upper()}" for name in Settings.model_fields} <= set(names)
    assert "EXPORTWATCH_REDIS_URL_FILE" in names
    assert all(row["description"] for row in rows)
    monkeypatch.setenv("EXPORTWATCH_REDIS_URL", "redis://me:hunter2@h/0")
    shown = run("settings").out
    assert "hunter2" not in shown
    assert all(any(line.startswith(name) for line in shown.splitlines()) for name in names)


def test_a_wrong_setting_is_exit_2_with_the_nearest(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORTWATCH_RULE_DIR", "x")
    ran = run("health")
    assert ran.code == 2
    assert "EXPORTWATCH_RULES_DIR" in ran.err


def test_help_and_version_are_0_and_a_wrong_command_2(run: Run) -> None:
    assert run("--help").code == 0
    assert run("--version").out.startswith("exportwatch")
    assert run("no-such-command").code == 2
