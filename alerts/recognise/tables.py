"""The gazetteers' files: YAML shipped with the package, read once each."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML


@cache
def table(name: str) -> dict[str, Any]:
    """Read one gazetteer by its name, e.g. ``materials``."""
    text = resources.files("alerts.recognise").joinpath("data", f"{name}.yaml").read_text("utf-8")
    loaded: dict[str, Any] = YAML(typ="safe", pure=False).load(text)
    return loaded
