"""Sources and receivers: read into their models, and what no model can say checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from alerts.core.errors import Place
from alerts.core.frozen import Frozen
from alerts.core.places import PLACES
from alerts.core.receiver import Receiver
from alerts.core.source import Source
from alerts.engine.document import Mapping as MappingNode
from alerts.engine.document import Node, Scalar, walk
from alerts.engine.findings import Findings, shown
from alerts.engine.reading import read_model

Model = TypeVar("Model", bound=Frozen)
_PLACEHOLDER = re.compile(
    r"(?i)(?:^|[^a-z0-9])(?:[a-z0-9-]+\.)*example(?:\.(?:com|org|net|invalid))?(?:$|[^a-z0-9.])"
    r"|change[_-]?me|your[_-](?:token|key|password|secret)|<[a-z_ -]{2,40}>|x{4,}"
)


def read_sources(nodes: Iterable[Node], findings: Findings) -> dict[str, Source]:
    """Read ``sources:`` of every file."""
    sources = {}
    for node, source in _named(Source, "id", nodes, findings):
        if source is None:
            continue
        sources[source.id] = source
        if (
            source.country is not None
            and source.country not in PLACES
            and isinstance(node.get("country"), Scalar)
        ):
            findings.error(
                "unknown-value",
                node.keys["country"],
                f"`country` cannot be {shown(source.country)}",
                "write the two-letter code, e.g. CN; or EU, WTO",
            )
    return sources


def read_receivers(nodes: Iterable[Node], findings: Findings) -> dict[str, Receiver]:
    """Read ``receivers:`` of every file; what is still a placeholder is a warning."""
    receivers = {}
    for node, receiver in _named(Receiver, "name", nodes, findings):
        if receiver is not None:
            receivers[receiver.name] = receiver
        _check_placeholders(node, findings)
    return receivers


def _check_placeholders(node: MappingNode, findings: Findings) -> None:
    for path, scalar in walk(node):
        if path and path[0] not in ("name",) and _PLACEHOLDER.search(scalar.raw):
            name = node.get("name")
            who = name.raw if isinstance(name, Scalar) else "?"
            findings.warning(
                "placeholder",
                scalar.place,
                f"receiver `{who}`: `{'.'.join(path)}` is still a placeholder",
                "put the real value in, better by a file (…_file) or variable (…_env)",
            )


def _named(
    model: type[Model], key: str, nodes: Iterable[Node], findings: Findings
) -> Iterable[tuple[MappingNode, Model | None]]:
    """Read each node; a second one of the same name is a finding and is left out."""
    places: dict[str, Place] = {}
    for node in nodes:
        item = read_model(model, node, findings)
        if not isinstance(node, MappingNode):
            continue
        name = node.get(key)
        if isinstance(name, Scalar) and name.raw in places:
            findings.error(
                "duplicate-id",
                node.keys[key],
                f"{model.__name__.lower()} `{name.raw}` is defined at {places[name.raw]} too",
                "rename one of the two",
            )
            continue
        if isinstance(name, Scalar):
            places[name.raw] = node.keys[key]
        yield node, item
