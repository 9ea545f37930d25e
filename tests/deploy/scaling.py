"""The shipped alert rules with their times made short, for a test that cannot wait a day.

Nothing is changed but times: every ``for:`` is divided by :data:`FASTER`, and where an
expression holds a time (an age's threshold, a range, a histogram's bound), :data:`TIMES` says what
stands in its place. Each must be found just so in its rule, or the scaling fails: a rule that is
edited is scaled anew by hand, not by luck.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

RULES = Path(__file__).parents[2] / "helm" / "files" / "alerts.yaml"

FASTER = 300
"""A ``for: 5m`` becomes one second."""

TIMES: dict[str, dict[str, str]] = {
    "ExportwatchLaneStuck": {"> 120": "> 15"},  # beyond the sweep's tick of 5 s, on a busy machine
    "ExportwatchLaneBehind": {"> 300": "> 8"},
    "ExportwatchSourceFailing": {"> 21600": "> 4"},
    "ExportwatchNoEvents": {"> 86400": "> 20"},
    "ExportwatchTargetFailing": {"> 900": "> 8"},
    "ExportwatchDeliveryLate": {"[6h]": "[20s]", 'le="600.0"': 'le="10.0"'},
    "ExportwatchRulesOld": {"> 15552000": "> 30"},
}

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def shipped_rules() -> list[dict[str, Any]]:
    """The rules as they are shipped."""
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def scaled_rules() -> str:
    """The rules file with its times made short."""
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    for group in groups:
        for rule in group["rules"]:
            for old, new in TIMES.get(rule["alert"], {}).items():
                assert old in rule["expr"], f"{rule['alert']}: {old!r} is not in its expression"
                rule["expr"] = rule["expr"].replace(old, new)
            if "for" in rule:
                rule["for"] = f"{round(seconds(rule['for']) * 1000 / FASTER)}ms"
    return yaml.safe_dump({"groups": groups}, sort_keys=False, allow_unicode=True)


def seconds(duration: str) -> int:
    """A duration of one unit in seconds."""
    found = re.fullmatch(r"(\d+)([smhd])", duration)
    assert found, duration
    return int(found[1]) * _UNITS[found[2]]
