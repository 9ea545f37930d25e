"""Sources, receivers and routes: read into their models, checked against each other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from alerts.core.alert import AlertType
from alerts.core.errors import Place
from alerts.core.frozen import Frozen
from alerts.core.matcher import NotAMatcher, parse_matcher
from alerts.core.places import PLACES, place_code
from alerts.core.receiver import Receiver
from alerts.core.route import Route, Routes
from alerts.core.source import Source, Tier
from alerts.engine.document import Listing, Node, Scalar, walk
from alerts.engine.document import Mapping as MappingNode
from alerts.engine.fields import FIELDS
from alerts.engine.findings import Findings, nearest, shown
from alerts.engine.lists import Lists
from alerts.engine.meant import VALUES
from alerts.engine.reading import read_model
from alerts.engine.routelists import check_listed, is_listed, with_lists

Model = TypeVar("Model", bound=Frozen)
_PLACEHOLDER = re.compile(
    r"(?i)(?:^|[^a-z0-9])(?:[a-z0-9-]+\.)*example(?:\.(?:com|org|net|invalid))?(?:$|[^a-z0-9.])"
    r"|change[_-]?me|your[_-](?:token|key|password|secret)|<[a-z_ -]{2,40}>|x{4,}"
)
_FACTS: dict[str, tuple[str, ...]] = {
    "severity": ("info", "low", "medium", "high", "critical"),
    "type": tuple(kind.value for kind in AlertType),
    "source.tier": tuple(tier.value for tier in Tier),
    **{name: FIELDS[name].known for name in ("issuer", "target", "measure", "status", "commodity")},
}
"""What a matcher may ask that has a closed list of values."""

_OPEN_FACTS = ("rule", "owner", "source.id", "source.publisher", "source.country", "lang", "hs", "entity")


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


def read_routes(
    roots: list[MappingNode],
    receivers: Mapping[str, Receiver],
    labels: Collection[str],
    findings: Findings,
    lists: Lists,
) -> Route | None:
    """Read the one ``route:``, and see that every receiver it names exists."""
    if not roots:
        return None
    for root in roots[1:]:
        findings.error(
            "duplicate-id",
            root.keys["route"],
            f"`route` stands at {roots[0].keys['route']} too",
            "there is one tree: merge them",
        )
    others = [key for key in roots[0].keys if key in ("rules", "lists", "sources", "receivers")]
    routes = read_model(Routes, roots[0], findings, skip=others)
    node = roots[0].get("route")
    if isinstance(node, MappingNode):
        _check_route(node, receivers, labels, findings, lists, is_root=True)
    return with_lists(routes.route, lists) if routes is not None else None


def _check_route(
    node: MappingNode,
    receivers: Mapping[str, Receiver],
    labels: Collection[str],
    findings: Findings,
    lists: Lists,
    *,
    is_root: bool = False,
) -> None:
    name = node.get("receiver")
    if isinstance(name, Scalar) and name.raw not in receivers:
        findings.error(
            "unknown-receiver",
            name.place,
            f"no receiver `{name.raw[:60]}`",
            nearest(name.raw, receivers, remedy="define it in receivers.yaml"),
        )
    if is_root and name is None:
        findings.error(
            "missing-key",
            node.place,
            "the root route needs a `receiver`",
            "it takes what no other route takes",
        )
    matchers = node.get("matchers")
    if is_root and isinstance(matchers, Listing) and matchers.items:
        findings.error(
            "bad-value",
            node.keys["matchers"],
            "the root route takes everything, so it has no matchers",
            "put them on a child",
        )
    for item in matchers.items if isinstance(matchers, Listing) else ():
        if isinstance(item, Scalar):
            _check_matcher(item, labels, findings, lists)
    children = node.get("routes")
    for child in children.items if isinstance(children, Listing) else ():
        if isinstance(child, MappingNode):
            _check_route(child, receivers, labels, findings, lists)


def _check_matcher(item: Scalar, labels: Collection[str], findings: Findings, lists: Lists) -> None:
    if is_listed(item.raw):
        check_listed(item.raw, item.place, lists, findings)
        return
    try:
        matching = parse_matcher(item.raw)
    except NotAMatcher as error:
        if "does not compile" in str(error):  # any other form is what the model complains of
            findings.error("bad-regex", item.place, str(error), 'RE2 syntax, e.g. severity=~"info|low"')
        return
    known = _FACTS.get(matching.name)
    if known is None and matching.name not in (*_OPEN_FACTS, *labels):
        remedy = nearest(matching.name, [*_FACTS, *_OPEN_FACTS, *labels])
        findings.warning(
            "unknown-fact", item.place, f"no alert has `{matching.name}`: no rule sets that label", remedy
        )
    elif known and matching.expression is None and matching.value not in known:
        findings.error(
            "unknown-value",
            item.place,
            f"`{matching.name}` is never {shown(matching.value)}",
            _value_meant(matching.name, matching.value, known),
        )


def _value_meant(name: str, value: str, known: Collection[str]) -> str:
    code = place_code(value) if name in ("issuer", "target") else None
    return f"write {code} for {PLACES[code]}" if code else nearest(value, known, words=VALUES)
