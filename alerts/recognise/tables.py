"""The gazetteers' files: YAML shipped with the package, read once each.

Read by libyaml, which is ten times as quick as a parser in Python: a worker that starts, or is
started again, reads ten thousand terms before its first item. Scalars are resolved as
YAML 1.2 has it, so that the key ``NO`` is Norway.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any, ClassVar

import yaml

_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc, valid-type]
    """Knows true, false, null and decimal numbers; everything else is text."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


for _tag, _form, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?[0-9]+\.[0-9]+(?:e[-+]?[0-9]+)?", "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_form})$"), list(_first))


@cache
def table(name: str) -> dict[str, Any]:
    """Read one gazetteer by its name, e.g. ``materials``."""
    text = resources.files("alerts.recognise").joinpath("data", f"{name}.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    return loaded
