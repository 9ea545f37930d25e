"""What lint says of inhibit rules: names, what they compare by, and rules that could never inhibit."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.core.errors import Place
from alerts.engine.document import Listing, Node, Scalar
from alerts.engine.document import Mapping as MappingNode
from alerts.engine.findings import Findings, nearest, shown
from alerts.engine.grouping import GROUPABLE

_KEYS = ("source_matchers", "target_matchers", "equal")


def check_inhibit_rules(nodes: Iterable[MappingNode], findings: Findings) -> None:
    """Tell what is wrong with inhibit rules beside their matchers' names and values."""
    places: dict[str, Place] = {}
    for node in nodes:
        name = node.get("name")
        if isinstance(name, Scalar):
            if name.raw in places:
                message = f"inhibit rule `{name.raw[:60]}` is defined at {places[name.raw]} too"
                findings.error("duplicate-id", name.place, message, "rename one of the two")
            places.setdefault(name.raw, name.place)
        _check_filled(node, findings)
        _check_equal(node.get("equal"), findings)
        source, target = _texts(node.get("source_matchers")), _texts(node.get("target_matchers"))
        if source and source == target:
            message = "source and target are the same, and what is of the source is never inhibited"
            findings.error("bad-value", node.keys["target_matchers"], message, "say what shall give way")


def _check_filled(node: MappingNode, findings: Findings) -> None:
    for key in _KEYS:
        listed = node.get(key)
        if isinstance(listed, Listing) and not listed.items:
            message = f"`{key}` is empty, so the rule would take far too much"
            findings.error("empty-values", node.keys[key], message, "write at least one")


def _check_equal(node: Node | None, findings: Findings) -> None:
    for item in node.items if isinstance(node, Listing) else ():
        if isinstance(item, Scalar) and item.raw not in GROUPABLE:
            message = f"alerts cannot be compared by {shown(item.raw)}"
            findings.error("unknown-fact", item.place, message, nearest(item.raw, GROUPABLE))


def _texts(node: Node | None) -> set[str]:
    items = node.items if isinstance(node, Listing) else ()
    return {item.raw for item in items if isinstance(item, Scalar)}
