"""``routes`` as a person calls it: exit codes, formats, messages."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from alerts.cli.routes import routes
from tests.unit.engine.building import folder, rule_text

ROUTES = """route:
  receiver: desk
  routes:
    - matchers: ['severity="high"']
      group_wait: 5m
tests:
  - {name: high waits, alert: {severity: high}, expect: {desk: {wait: 5m}}}
"""
WRONG = ROUTES + "  - {alert: {severity: low}, expect: []}\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder on disk whose routes have a test."""
    for name, text in (folder(rule_text("sel: {issuer: CN}")) | {"routes.yaml": ROUTES}).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def run(place: Path, *arguments: str) -> Result:
    """Run a command on a folder."""
    return CliRunner().invoke(routes, ["--rules-dir", str(place), *arguments])


def test_tests_that_pass_exit_0(place: Path) -> None:
    result = run(place, "test")
    assert (result.exit_code, result.output) == (0, "1 passed, 0 failed\n")


def test_a_test_that_fails_exits_1_and_says_where_and_why(place: Path) -> None:
    (place / "routes.yaml").write_text(WRONG)
    result = run(place, "test")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "FAIL routes.yaml:8:5: severity=low",
        "     desk: is told, not expected",
        "1 passed, 1 failed",
    ]


def test_machines_read_the_same(place: Path) -> None:
    (place / "routes.yaml").write_text(WRONG)
    good, bad = json.loads(run(place, "test", "--format", "json").output)["tests"]
    assert (good["test"], good["passed"], good["told"]) == ("high waits", True, ["desk"])
    assert (bad["line"], bad["faults"]) == (8, ["desk: is told, not expected"])
    suite = ElementTree.fromstring(run(place, "test", "--format", "junit").output)
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    (failure,) = suite.iter("failure")
    assert failure.get("message") == "desk: is told, not expected"


def test_no_test_and_a_broken_folder_exit_1(place: Path) -> None:
    (place / "routes.yaml").write_text("route: {receiver: desk}\n")
    assert run(place, "test").exit_code == 1
    (place / "routes.yaml").write_text("route: {receiver: dsk}\n")
    result = run(place, "test")
    assert (result.exit_code, "unknown-receiver" in result.output) == (1, True)


def test_explain_names_lines_and_times(place: Path) -> None:
    result = run(
        place, "explain", "severity=high", "commodity=gallium,lead", "--at", "2026-11-23T02:10+01:00"
    )
    assert result.exit_code == 0
    for words in (
        "decided 2026-11-23 01:10:00 UTC", "routes.yaml:2 ", 'routes.yaml:4      yes   severity="high" holds -> desk',
        "2026-11-23 01:15:00 UTC  desk: sent after a group_wait of 5m", "commodity=gallium,",
    ):  # fmt: skip
        assert words in result.output, words
    (data,) = json.loads(run(place, "explain", "severity=low", "--format", "json").output)
    assert [(node["place"], node["takes"]) for node in data["nodes"]] == [
        ("routes.yaml:2", True), ("routes.yaml:4", False),
    ]  # fmt: skip
    assert data["timeline"][-1]["receiver"] == "desk"


def test_what_is_neither_fact_nor_id_nor_time_is_a_usage_error(place: Path) -> None:
    assert run(place, "explain", "critical").exit_code == 2
    assert "write 2026-11-23T02:10" in run(place, "explain", "severity=high", "--at", "tonight").output
