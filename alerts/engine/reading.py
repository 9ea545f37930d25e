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
from alerts.engine.document import Listing, Mapping, Node, Scalar, kind_of, plain
from alerts.engine.findings import Findings, Remedy, nearest, shown

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
    name = ".".join(str(part) for part in loc if not isinstance(part, int)) or "this"
    if kind == "extra_forbidden":
        known = [*_keys(_model_at(model, loc[:-1])), *(skip if len(loc) == 1 else ())]
        findings.error("unknown-key", place, f"unknown key {shown(loc[-1])}", nearest(str(loc[-1]), known))
    elif kind == "missing":
        findings.error("missing-key", place, f"`{name}` is missing", "add it")
    elif kind in ("literal_error", "enum"):
        known = _QUOTED.findall(item.get("ctx", {}).get("expected", ""))
        word = shown(scalar.raw) if scalar else kind_of(node)
        findings.error(
            "unknown-value", place, f"`{name}` cannot be {word}", nearest(scalar.raw if scalar else "", known)
        )
    elif _WRONG_TYPE.fullmatch(kind):
        findings.error(
            "wrong-type",
            place,
            f"`{name}`: {_message(item)}, found {kind_of(node)}",
            _quoted(scalar) if kind == "string_type" and scalar else "",
        )
    else:
        findings.error("bad-value", place, f"`{name}`: {_message(item)}" if loc else _message(item))


def _quoted(scalar: Scalar) -> Remedy:
    sure = scalar.style is None and re.fullmatch(r"[\w.+-]+", scalar.raw)
    mend = Mend(scalar.raw, f'"{scalar.raw}"') if sure else None
    return Remedy.certain("put quotes around it", mend)


def _message(item: dict[str, Any]) -> str:
    message: str = item["msg"].removeprefix("Value error, ")
    if item["type"] == "string_pattern_mismatch":
        message = f"does not have the form {item['ctx']['pattern']}"
    return message[:1].lower() + message[1:]


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
