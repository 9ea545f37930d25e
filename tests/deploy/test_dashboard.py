"""The dashboard's structure. That every panel shows something of a running service is asked of Prometheus
itself, in :mod:`tests.deploy.test_alert_rules`."""

from __future__ import annotations

import re
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.dashboard import dashboard, expressions, panels
from tests.deploy.scaling import shipped_rules
from tests.deploy.test_alert_files import known_metrics
from tests.support.prometheus import needs_prometheus

KINDS = {"row", "stat", "table", "timeseries"}
UNITS = {"none", "short", "s", "bytes", "percentunit"}
_METRIC = re.compile(r"\bexportwatch_\w+")


def test_it_has_what_grafana_asks_of_a_dashboard() -> None:
    board = dashboard()
    assert (board["uid"], board["title"], board["schemaVersion"]) == ("exportwatch", "Exportwatch", 39)
    assert "id" not in board  # Grafana gives it
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    assert "exportwatch_ledger_up" in variables["job"]["query"]["query"]
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))


def test_every_panel_has_a_place_of_its_own_on_the_grid() -> None:
    def cells(panel: dict[str, Any]) -> set[tuple[int, int]]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        return {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}

    for one, other in combinations(dashboard()["panels"], 2):
        assert not cells(one) & cells(other), (one["title"], other["title"])


def test_ages_stand_on_top_and_say_when_they_are_bad() -> None:
    top = [panel for panel in panels() if panel["gridPos"]["y"] == 1]
    assert sum(panel["gridPos"]["w"] for panel in top) == 24
    for panel in top:
        assert panel["type"] == "stat"
        colours = [step["color"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
        assert {"green", "red"} <= set(colours)
    assert {"s"} <= {panel["fieldConfig"]["defaults"]["unit"] for panel in top}


def test_every_panel_says_what_it_shows_in_a_unit_from_the_chosen_source() -> None:
    for panel in dashboard()["panels"]:
        assert panel["type"] in KINDS
        if panel["type"] == "row":
            continue
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        references = [target["refId"] for target in panel["targets"]]
        assert len(references) == len(set(references)) > 0
        assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])


def test_every_expression_is_about_the_chosen_job_and_metrics_that_exist() -> None:
    known = known_metrics()
    for panel in panels():
        for target in panel["targets"]:
            names = _METRIC.findall(target["expr"])
            assert names, panel["title"]
            assert set(names) <= set(known), panel["title"]
            assert target["expr"].count('job=~"$job"') == len(names), panel["title"]
            assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= set.union(
                *(known[name] for name in names)
            )


def test_what_wakes_somebody_can_be_seen() -> None:
    """Every metric of an alert rule stands in a panel, so that whoever was woken finds it."""
    shown = {name for _, expression in expressions() for name in _METRIC.findall(expression)}
    asked = {name for rule in shipped_rules() for name in _METRIC.findall(rule["expr"])}
    assert asked <= shown


@needs_prometheus
def test_promtool_parses_every_expression(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": text} for number, (_, text) in enumerate(expressions())]
    path = tmp_path / "panels.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")
    checked = subprocess.run(
        ["promtool", "check", "rules", str(path)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(rules)} rules found" in checked.stdout
