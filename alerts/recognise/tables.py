"""The gazetteers' files: shipped with the package, read once each (see :mod:`alerts.recognise.gazette`)."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from alerts.recognise.gazette import read


@cache
def table(name: str) -> dict[str, Any]:
    """Read one gazetteer by its name, e.g. ``materials``."""
    return read(resources.files("alerts.recognise").joinpath("data", f"{name}.yaml").read_text("utf-8"))
