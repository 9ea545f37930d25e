"""The shipped Grafana dashboard, taken apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.unit.docs.pages import ROOT

DASHBOARD = ROOT / "helm" / "files" / "dashboard.json"
_VARIABLES = {"$job": ".*", "$__rate_interval": "10s"}


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana reads it."""
    read: dict[str, Any] = json.loads(DASHBOARD.read_text("utf-8"))
    return read


def panels() -> list[dict[str, Any]]:
    """Every panel that shows something."""
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Each panel's title with each of its expressions, the variables filled in as for one job."""
    for panel in panels():
        for target in panel["targets"]:
            expression = target["expr"]
            for name, value in _VARIABLES.items():
                expression = expression.replace(name, value)
            yield panel["title"], expression
