"""Routes: read into their model, and every name in them held against what there is.

A tree's nodes keep their places (by the path that leads to them, child by child), so that
whoever explains a route can point at its line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from alerts.core.alert import AlertType
from alerts.core.errors import Place
from alerts.core.interval import TimeInterval
from alerts.core.matcher import NotAMatcher, parse_matcher
from alerts.core.places import PLACES, place_code
from alerts.core.receiver import Receiver
from alerts.core.route import Route, Routes, RouteTest
from alerts.core.source import Tier
from alerts.engine.document import Listing, Node, Scalar
from alerts.engine.document import Mapping as MappingNode
from alerts.engine.fields import FIELDS
from alerts.engine.findings import Findings, nearest, shown
from alerts.engine.holdcheck import check_escalation, check_named, check_takers, name_intervals
from alerts.engine.inhibitcheck import check_inhibit_rules
from alerts.engine.lists import Lists
from alerts.engine.meant import VALUES
from alerts.engine.reading import read_model
from alerts.engine.routelists import check_listed, is_listed, routes_with_lists

SECTIONS = ("rules", "lists", "sources", "receivers")
"""What may stand in one file with the routes, and is read elsewhere."""

_NEVER_ROUTED = (AlertType.DIGEST, AlertType.ESCALATED)
"""Types of what is made of alerts that were routed before."""

_FACTS: dict[str, tuple[str, ...]] = {
    "severity": ("info", "low", "medium", "high", "critical"),
    "type": tuple(kind.value for kind in AlertType if kind not in _NEVER_ROUTED),
    "source.tier": tuple(tier.value for tier in Tier),
    **{name: FIELDS[name].known for name in ("issuer", "target", "measure", "status", "commodity")},
}
"""What a matcher may ask that has a closed list of values."""

_OPEN_FACTS = ("rule", "owner", "source.id", "source.publisher", "source.country", "lang", "hs", "entity")


@dataclass(frozen=True, slots=True)
class Known:
    """What names in the routes are held against."""

    receivers: Mapping[str, Receiver]
    labels: Collection[str]
    lists: Lists

    @property
    def facts(self) -> list[str]:
        """Every name that a matcher may ask for."""
        return [*_FACTS, *_OPEN_FACTS, *self.labels]


@dataclass(frozen=True, slots=True)
class Routing:
    """The routes as they were read: the tree with lists' values in it, and where what stands."""

    routes: Routes
    places: Mapping[tuple[int, ...], Place] = field(default_factory=dict)
    tests: tuple[tuple[RouteTest, Place], ...] = ()

    @property
    def tree(self) -> Route:
        """The root node."""
        return self.routes.route

    @property
    def intervals(self) -> dict[str, TimeInterval]:
        """The time intervals by name."""
        return {interval.name: interval for interval in self.routes.time_intervals}


def read_routes(roots: list[MappingNode], known: Known, findings: Findings) -> Routing | None:
    """Read the one ``route:`` with what goes with it, and check every name that it uses."""
    if not roots:
        return None
    for root in roots[1:]:
        findings.error(
            "duplicate-id",
            root.keys["route"],
            f"`route` stands at {roots[0].keys['route']} too",
            "there is one tree: merge them",
        )
    root = roots[0]
    routes = read_model(Routes, root, findings, skip=[key for key in root.keys if key in SECTIONS])
    node = root.get("route")
    places: dict[tuple[int, ...], Place] = {}
    nodes = dict(_nodes(node)) if isinstance(node, MappingNode) else {}
    for path, each in nodes.items():
        places[path] = each.place
        _check_node(each, known, findings, is_root=not path)
    intervals = name_intervals(_maps(root.get("time_intervals")), findings)
    check_named(nodes.values(), intervals, findings)
    inhibits = _maps(root.get("inhibit_rules"))
    check_inhibit_rules(inhibits, findings)
    for each in inhibits:
        _check_matchers(each.get("source_matchers"), known, findings)
        _check_matchers(each.get("target_matchers"), known, findings)
    tests = _maps(root.get("tests"))
    for each in tests:
        _check_test(each, known, findings)
    if routes is None:
        return None
    check_takers(routes.route, places, known.receivers, findings)
    whole = routes_with_lists(routes, known.lists)
    return Routing(whole, places, tuple(zip(routes.tests, (each.place for each in tests), strict=True)))


def _nodes(node: MappingNode, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], MappingNode]]:
    """Every node of the tree with the path that leads to it."""
    yield path, node
    children = node.get("routes")
    for number, child in enumerate(children.items if isinstance(children, Listing) else ()):
        if isinstance(child, MappingNode):
            yield from _nodes(child, (*path, number))


def _maps(node: Node | None) -> list[MappingNode]:
    items = node.items if isinstance(node, Listing) else ()
    return [item for item in items if isinstance(item, MappingNode)]


def _check_node(node: MappingNode, known: Known, findings: Findings, *, is_root: bool) -> None:
    name = node.get("receiver")
    if isinstance(name, Scalar):
        _check_receiver(name.raw, name.place, known, findings)
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
    _check_matchers(matchers, known, findings)
    quiet = node.get("quiet_hours")
    if isinstance(quiet, MappingNode):
        _check_matchers(quiet.get("except"), known, findings)
    escalate = node.get("escalate")
    to = escalate.get("to") if isinstance(escalate, MappingNode) else None
    if isinstance(to, Scalar):
        _check_receiver(to.raw, to.place, known, findings)
        check_escalation(to, known.receivers, findings)


def _check_receiver(name: str, place: Place, known: Known, findings: Findings) -> None:
    if name not in known.receivers:
        remedy = nearest(name, known.receivers, remedy="define it in receivers.yaml")
        findings.error("unknown-receiver", place, f"no receiver `{name[:60]}`", remedy)


def _check_matchers(node: Node | None, known: Known, findings: Findings) -> None:
    for item in node.items if isinstance(node, Listing) else ():
        if isinstance(item, Scalar):
            check_matcher(item, known, findings)


def check_matcher(item: Scalar, known: Known, findings: Findings) -> None:
    """Tell what is wrong with a matcher's names, values and expression; its form is the model's to judge."""
    if is_listed(item.raw):
        check_listed(item.raw, item.place, known.lists, findings)
        return
    try:
        matching = parse_matcher(item.raw)
    except NotAMatcher as error:
        if "does not compile" in str(error):  # any other form is what the model complains of
            findings.error("bad-regex", item.place, str(error), 'RE2 syntax, e.g. severity=~"info|low"')
        return
    _check_fact(matching.name, item.place, known, findings)
    if matching.expression is None:
        _check_value(matching.name, matching.value, item.place, findings)


def _check_fact(name: str, place: Place, known: Known, findings: Findings) -> None:
    if name not in known.facts:
        message = f"no alert has `{name[:60]}`: no rule sets that label"
        findings.warning("unknown-fact", place, message, nearest(name, known.facts))


def _check_value(name: str, value: str, place: Place, findings: Findings) -> None:
    words = _FACTS.get(name)
    if words and value not in words:
        remedy = _value_meant(name, value, words)
        findings.error("unknown-value", place, f"`{name}` is never {shown(value)}", remedy)


def _check_test(node: MappingNode, known: Known, findings: Findings) -> None:
    """Hold a test's facts and receivers against what there is."""
    facts, expected = node.get("alert"), node.get("expect")
    if isinstance(facts, MappingNode):
        for name, value in facts.entries.items():
            _check_fact(name, facts.keys[name], known, findings)
            for one in value.items if isinstance(value, Listing) else (value,):
                if isinstance(one, Scalar):
                    _check_value(name, one.raw, one.place, findings)
    if isinstance(expected, MappingNode):
        for name, wanted in expected.entries.items():
            _check_receiver(name, expected.keys[name], known, findings)
            escalate = wanted.get("escalate") if isinstance(wanted, MappingNode) else None
            to = escalate.get("to") if isinstance(escalate, MappingNode) else None
            if isinstance(to, Scalar):
                _check_receiver(to.raw, to.place, known, findings)
    for item in expected.items if isinstance(expected, Listing) else ():
        if isinstance(item, Scalar):
            _check_receiver(item.raw, item.place, known, findings)


def _value_meant(name: str, value: str, known: Collection[str]) -> str:
    code = place_code(value) if name in ("issuer", "target") else None
    return f"write {code} for {PLACES[code]}" if code else nearest(value, known, words=VALUES)
