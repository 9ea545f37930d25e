"""A node to a pydantic model; each of its complaints becomes a finding at the right place.

Invariant: no value is ever printed but a misspelt word of a closed list, since a value may
be a secret that somebody put under the wrong key.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from alerts.core.errors import Mend, Place
from alerts.core.interval import TIME_OF_DAY
from alerts.core.matchertext import MATCHER
from alerts.core.source import SLUG
from alerts.engine import meant
from alerts.engine.document import Listing, Mapping, Node, Scalar, kind_of, plain
from alerts.engine.findings import Findings, Remedy, nearest, shown
from alerts.engine.rule import LABEL_NAME, LIST_NAME
from alerts.engine.values import iso_day

Model = TypeVar("Model", bound=BaseModel)
_QUOTED = re.compile(r"'([^']*)'")
_WRONG_TYPE = re.compile(
    r"(string|int|float|bool|dict|list|tuple|model)_(type|parsing|from_float)|model_attributes_type"
)


def read_model(
    model: type[Model], node: Node, findings: Findings, *, skip: Collection[str] = ()
) -> Model | None:
    """Read a node; ``skip`` are keys that somebody else reads. None where it does not fit."""
    if not isinstance(node, Mapping):
        findings.error("wrong-type", node.place, f"expected a mapping (key: value), found {kind_of(node)}")
        return None
    data = {key: plain(value) for key, value in node.entries.items() if key not in skip}
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_context=True, include_input=False):
            _complain(model, node, dict(item), findings, skip)
    return None


def _complain(
    model: type[BaseModel], root: Mapping, item: dict[str, Any], findings: Findings, skip: Collection[str]
) -> None:
    loc, kind = item["loc"], item["type"]
    node, place = _locate(root, loc)
    scalar = node if isinstance(node, Scalar) and node.value is not None else None
    if scalar and kind != "extra_forbidden":
        place = scalar.place
    name = ".".join(str(part) for part in loc if not isinstance(part, int) and part != "[key]") or "this"
    if kind == "extra_forbidden":
        known = [*_keys(_model_at(model, loc[:-1])), *(skip if len(loc) == 1 else ())]
        findings.error("unknown-key", place, f"unknown key {shown(loc[-1])}", _key_meant(str(loc[-1]), known))
    elif kind == "missing":
        findings.error("missing-key", place, f"`{name}` is missing", "add it")
    elif kind in ("literal_error", "enum"):
        known = _QUOTED.findall(item.get("ctx", {}).get("expected", ""))
        word = shown(scalar.raw) if scalar else kind_of(node)
        findings.error(
            "unknown-value",
            place,
            f"`{name}` cannot be {word}",
            nearest(scalar.raw if scalar else "", known, words=meant.VALUES),
        )
    elif _WRONG_TYPE.fullmatch(kind):
        findings.error(
            "wrong-type",
            place,
            f"`{name}`: {said(item)}, found {kind_of(node)}",
            _quoted(scalar) if kind == "string_type" and scalar else "",
        )
    else:
        message = f"`{name}`: {said(item)}" if loc else said(item)
        findings.error("bad-value", place, message, said_form(item, scalar))


def _quoted(scalar: Scalar) -> Remedy:
    sure = scalar.style is None and re.fullmatch(r"[\w.+-]+", scalar.raw)
    mend = Mend(scalar.raw, f'"{scalar.raw}"') if sure else None
    return Remedy.certain("put quotes around it", mend)


def _key_meant(key: str, known: Collection[str]) -> str:
    if key in meant.ELSEWHERE and "detection" in known:
        return meant.ELSEWHERE[key]
    return nearest(key, known, words=meant.KEYS)


_KINDS = {"string": "text", "int": "a number", "float": "a number", "bool": "true or false", "dict": "a mapping",
          "list": "a list", "tuple": "a list", "model": "a mapping"}  # fmt: skip
_FORMS = {
    SLUG: "small letters, digits, `.`, `_` and `-`, e.g. norway-aluminium",
    LIST_NAME: "small letters, digits and `_`, e.g. rare_earths",
    TIME_OF_DAY: "hours and minutes, e.g. 07:00; 24:00 is the end of the day",
    LABEL_NAME: "small letters, digits and `_`, e.g. team",
    MATCHER: """a name, one of = != =~ !~, a value in double quotes, all of it in single ones: 'team="metals"'""",
}
"""What a pattern asks for, in words."""
_TIMES = {"date": "write the day as 2027-03-31", "datetime": "write 2027-03-31 or 2027-03-31T08:00:00Z"}


def said(item: dict[str, Any]) -> str:
    """Say what is wrong in the words of the people who write these files, not in pydantic's."""
    message: str = item["msg"].removeprefix("Value error, ")
    kind = item["type"]
    if kind == "string_pattern_mismatch":
        known = item["ctx"]["pattern"] in _FORMS
        message = (
            "is not written as it must be" if known else f"does not have the form {item['ctx']['pattern']}"
        )
    elif kind.split("_")[0] in _TIMES:
        message = "is no day" if kind.startswith("date_") else "is no time"
    elif _WRONG_TYPE.fullmatch(kind):
        message = f"must be {_KINDS[kind.split('_')[0]]}"
    return message[:1].lower() + message[1:]


def said_form(item: dict[str, Any], scalar: Scalar | None = None) -> str:
    """Say how the value is written."""
    if item["type"] == "string_pattern_mismatch":
        return _FORMS.get(item["ctx"]["pattern"], "")
    kind = item["type"].split("_")[0]
    return (iso_day(scalar.raw) if scalar else "") or _TIMES[kind] if kind in _TIMES else ""


def _locate(root: Mapping, loc: tuple[int | str, ...]) -> tuple[Node, Place]:
    """Return the deepest node on the way to a complaint, and where its key (or itself) stands."""
    node: Node = root
    place = root.place
    for part in loc:
        if isinstance(node, Mapping) and str(part) in node.entries:
            place, node = node.keys[str(part)], node.entries[str(part)]
        elif isinstance(node, Listing) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            place = node.place
    return node, place


def _keys(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the model that stands at a place below another; itself where that cannot be told."""
    for part in loc:
        for name, info in model.model_fields.items():
            if part in (name, info.alias):
                inner = _models_in(info.annotation)
                model = inner[0] if inner else model
    return model


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, tuple, list, dict, typing.Annotated):
        return [model for argument in typing.get_args(annotation) for model in _models_in(argument)]
    return []
