"""What the alert rules, their runbooks and the reference say of each other, and promtool of the rules."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from alerts.observe.health import BACKLOG_LIMIT, PROGRESS_LIMIT
from tests.deploy.scaling import RULES, TIMES, scaled_rules, seconds, shipped_rules
from tests.support.prometheus import needs_prometheus
from tests.unit.docs.pages import ROOT, read_page
from tests.unit.docs.test_blocks import fault_of, simple_commands

RUNBOOKS = ROOT / "docs" / "howto" / "runbooks.md"
METRICS = ROOT / "docs" / "reference" / "metrics.md"
PROMTOOL_TESTS = Path(__file__).parent / "alert_rules.promtool.yaml"
SHIPPED = shipped_rules()
BY_RULE = pytest.mark.parametrize("rule", SHIPPED, ids=lambda rule: rule["alert"])
_METRIC = re.compile(r"\bexportwatch_\w+")
_THING = re.compile(r"\{\{ *\$labels\.(\w+) *\}\}")


def known_metrics() -> dict[str, set[str]]:
    """Every series name of the reference, with its labels."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \|", METRICS.read_text("utf-8"), re.MULTILINE)
    known: dict[str, set[str]] = {}
    for name, kind, shown in rows:
        labels = set(re.findall(r"`(\w+)`", shown))
        if kind == "histogram":
            known |= {f"{name}_bucket": labels | {"le"}, f"{name}_sum": labels, f"{name}_count": labels}
        else:
            known[name] = labels
    return known


def section(name: str) -> str:
    """A section of the runbooks."""
    found = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", RUNBOOKS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found, f"no runbook {name}"
    return found[1]


@BY_RULE
def test_a_rule_says_how_bad_what_and_what_to_do(rule: dict[str, Any]) -> None:
    said = rule["annotations"]
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert set(said) == {"summary", "description", "runbook_url"}
    assert "`" in said["description"]  # a command to run or a setting to mend
    things = set(_THING.findall(rule["expr"] + said["summary"] + said["description"]))
    metrics = known_metrics()
    told = {label for name in _METRIC.findall(rule["expr"]) for label in metrics[name]}
    named = told & {"lane", "source", "target"}
    if "without (source)" not in rule["expr"] and "exportwatch_sources" not in rule["expr"]:
        assert things == named  # what the alert is about stands in its text


@BY_RULE
def test_a_rule_takes_the_most_over_web_processes_and_metrics_that_exist(rule: dict[str, Any]) -> None:
    names = _METRIC.findall(rule["expr"])
    assert names
    assert set(names) <= set(known_metrics())
    assert "absent(" in rule["expr"] or "max without (instance, pod)" in rule["expr"]
    assert seconds(rule.get("for", "0s")) <= 3600


@BY_RULE
def test_a_rule_has_a_runbook_with_meaning_look_and_mend(rule: dict[str, Any]) -> None:
    path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert ROOT / path == RUNBOOKS
    assert anchor == rule["alert"].lower()
    assert anchor in read_page(RUNBOOKS).anchors
    text = section(rule["alert"])
    for word in ("**Means.**", "**Look", "mend"):
        assert word in text or word.capitalize() in text
    assert f"*{rule['labels']['severity'].capitalize()}.*" in text
    assert "```sh" in text or "```console" in text or "(#exportwatch" in text


@BY_RULE
def test_the_commands_in_a_rules_description_exist(rule: dict[str, Any]) -> None:
    text = _THING.sub("poll", rule["annotations"]["description"])
    commands = [code for code in re.findall(r"`([^`]+)`", text) if code.startswith("exportwatch ")]
    faults = [fault_of(words) for line in commands for words in simple_commands(line)]
    assert [fault for fault in faults if fault] == []


def test_there_is_no_runbook_without_a_rule() -> None:
    headings = re.findall(r"^## (Exportwatch\w+)$", RUNBOOKS.read_text("utf-8"), re.MULTILINE)
    assert headings == [rule["alert"] for rule in SHIPPED]


def test_alerts_and_health_judge_lanes_by_the_same_limits() -> None:
    limits = {rule["alert"]: rule["expr"] for rule in SHIPPED}
    assert f"> {PROGRESS_LIMIT:.0f}\n" in limits["ExportwatchLaneStuck"]
    assert f"> {BACKLOG_LIMIT:.0f}" in limits["ExportwatchLaneBehind"]


def test_scaling_changes_times_and_nothing_else() -> None:
    """Each of its words is a number, a range or a bound; undone, the shipped expressions come back."""
    for changes in TIMES.values():
        for old, new in changes.items():
            assert re.fullmatch(r'> \d+|\[\d+[smhd]\]|le="[\d.]+"', old)
            assert re.sub(r"[\d.]+[smhd]?", "#", old) == re.sub(r"[\d.]+[smhd]?", "#", new)
    assert set(TIMES) <= {rule["alert"] for rule in SHIPPED}
    assert scaled_rules().count("alert:") == len(SHIPPED)


@needs_prometheus
def test_promtool_reads_the_rules() -> None:
    checked = subprocess.run(
        ["promtool", "check", "rules", "--lint-fatal", str(RULES)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(SHIPPED)} rules found" in checked.stdout


@needs_prometheus
def test_promtool_plays_the_rules_at_their_real_times() -> None:
    played = subprocess.run(
        ["promtool", "test", "rules", str(PROMTOOL_TESTS)], capture_output=True, text=True, check=False
    )
    assert played.returncode == 0, played.stdout + played.stderr
    text = PROMTOOL_TESTS.read_text("utf-8")
    families = re.findall(r'alertname(?:: |=~?")(Exportwatch\w*)', text)
    untried = [
        rule["alert"] for rule in SHIPPED if not any(rule["alert"].startswith(each) for each in families)
    ]
    assert untried == []
