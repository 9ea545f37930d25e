"""The demonstration's rules folder: the bundled one with the servers' addresses filled in."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree
from string import Template

_ADDRESSED = ("sources.yaml", "receivers.yaml")
"""The files that hold ``${...}``; in rule files a ``$`` is a list's."""


def write_folder(folder: Path, addresses: Mapping[str, str]) -> Path:
    """Copy the bundled rules to ``folder``, over what is there; KeyError if an address is missing."""
    with as_file(files("alerts.demo").joinpath("rules")) as bundled:
        copytree(bundled, folder, dirs_exist_ok=True)
    for name in _ADDRESSED:
        path = folder / name
        path.write_text(Template(path.read_text("utf-8")).substitute(addresses), "utf-8")
    return folder
