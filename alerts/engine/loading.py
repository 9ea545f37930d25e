"""Files to a rule book: one loader for lint, tests, start and reload.

What passes in CI is what runs. A file's root keys say what it holds, so rules and the lists
they use may share a file, and a flat ConfigMap works as well as the folders of the example.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from alerts.core.errors import ConfigError, Place, Problem
from alerts.core.ids import make_id
from alerts.core.receiver import Receiver
from alerts.core.rulebook import RuleBook
from alerts.core.source import Source
from alerts.engine.compiled import CompiledRules, Rule
from alerts.engine.composing import read_document
from alerts.engine.correlation import CorrelationRule
from alerts.engine.correlationread import check_bases
from alerts.engine.csvlists import CsvList, read_csv_list
from alerts.engine.document import Listing, Node, Scalar, kind_of
from alerts.engine.document import Mapping as MappingNode
from alerts.engine.doubts import check_doubts
from alerts.engine.fieldread import FieldReader
from alerts.engine.findings import Findings, nearest
from alerts.engine.lists import Lists, read_lists
from alerts.engine.routeread import SECTIONS, Known, Routing, read_routes
from alerts.engine.rule import RuleHead
from alerts.engine.ruleread import read_rule
from alerts.engine.services import read_receivers, read_sources

ROUTE_KEYS = ("route", "inhibit_rules", "time_intervals", "tests")


@dataclass(slots=True)
class Loaded:
    """Everything that could be read, whole or not; ``findings`` says what could not."""

    findings: Findings
    rules: dict[str, Rule] = field(default_factory=dict)
    correlations: dict[str, CorrelationRule] = field(default_factory=dict)
    lists: Lists = field(default_factory=lambda: Lists({}, {}))
    sources: dict[str, Source] = field(default_factory=dict)
    receivers: dict[str, Receiver] = field(default_factory=dict)
    routing: Routing | None = None

    @property
    def every(self) -> dict[str, Rule | CorrelationRule]:
        """Every rule that could be read, by id: detections, then correlations."""
        return {**self.rules, **self.correlations}

    @property
    def heads(self) -> dict[str, RuleHead]:
        """The head of every rule that could be read, by id."""
        return {name: rule.head for name, rule in self.every.items()}


def load(files: Mapping[str, str]) -> RuleBook:
    """Load a rule book; raise :class:`ConfigError` with every problem there is."""
    loaded = read_all(files)
    if loaded.findings.errors or loaded.routing is None:
        raise ConfigError(loaded.findings.errors)
    return RuleBook(
        version_of(files),
        CompiledRules.of(loaded.rules.values(), loaded.correlations.values()),
        loaded.sources,
        loaded.receivers,
        loaded.routing.tree,
        loaded.routing.intervals,
        loaded.routing.routes.inhibit_rules,
    )


def lint(files: Mapping[str, str], *, today: date | None = None) -> list[Problem]:
    """Every error and warning, by place. ``today`` is what review dates are held against."""
    loaded = read_all(files, today=today)
    counted = {base for rule in loaded.correlations.values() for base in rule.correlation.rules}
    check_doubts(loaded.rules, loaded.lists, loaded.findings, counted)
    return sorted(loaded.findings.problems)


def heads_in(files: Mapping[str, str], names: Collection[str]) -> list[RuleHead]:
    """The heads of the rules that stand in some of the files."""
    return [rule.head for rule in read_all(files).every.values() if rule.place.file in names]


def version_of(files: Mapping[str, str]) -> str:
    """Hash of the files: names and contents."""
    return make_id("rules", *(part for path in sorted(files) for part in (path, files[path])))


def read_all(files: Mapping[str, str], *, today: date | None = None) -> Loaded:
    """Read every file, noting problems instead of stopping at one."""
    findings = Findings()
    roots = _roots(files, findings)
    loaded = Loaded(findings)
    loaded.lists = read_lists(_items(roots, "lists", findings), findings, _tables(files, findings))
    loaded.sources = read_sources(_items(roots, "sources", findings), findings)
    _read_rules(_items(roots, "rules", findings), loaded, today)
    loaded.receivers = read_receivers(_items(roots, "receivers", findings), findings)
    labels = {label for head in loaded.heads.values() for label in head.labels}
    known = Known(loaded.receivers, labels, loaded.lists)
    loaded.routing = read_routes(_route_files(roots), known, findings)
    _check_missing(roots, loaded)
    return loaded


def _roots(files: Mapping[str, str], findings: Findings) -> dict[str, MappingNode]:
    roots = {}
    for path in sorted(files):
        if path.endswith(".csv"):
            continue
        root = read_document(path, files[path], findings)
        if root is not None:
            roots[path] = root
            for key, place in root.keys.items():
                if key not in SECTIONS and not _is_route_key(root, key):
                    findings.error(
                        "unknown-key",
                        place,
                        f"unknown key `{key[:60]}` at the top of a file",
                        nearest(key, (*SECTIONS, "route")),
                    )
    return roots


def _tables(files: Mapping[str, str], findings: Findings) -> list[CsvList]:
    tables = [read_csv_list(path, files[path], findings) for path in sorted(files) if path.endswith(".csv")]
    return [table for table in tables if table is not None]


def _is_route_key(root: MappingNode, key: str) -> bool:
    return key == "route" or (key in ROUTE_KEYS and "route" in root.keys)


def _items(roots: Mapping[str, MappingNode], section: str, findings: Findings) -> list[Node]:
    found: list[Node] = []
    for root in roots.values():
        node = root.entries.get(section)
        if isinstance(node, Listing):
            found.extend(node.items)
        elif node is not None and not (isinstance(node, Scalar) and node.value is None):
            findings.error(
                "wrong-type",
                root.keys[section],
                f"`{section}` is a list, found {kind_of(node)}",
                "begin each item with `- `",
            )
    return found


def _route_files(roots: Mapping[str, MappingNode]) -> list[MappingNode]:
    return [root for root in roots.values() if "route" in root.keys]


def _read_rules(nodes: list[Node], loaded: Loaded, today: date | None) -> None:
    findings = loaded.findings
    reader = FieldReader(loaded.lists, findings)
    places: dict[str, Place] = {}
    correlated: list[MappingNode] = []
    related: list[tuple[str, Place]] = []
    for node in nodes:
        rule = read_rule(node, reader, findings, today)
        rule_id = _id(node)
        if isinstance(node, MappingNode) and isinstance(names := node.get("related"), Listing):
            related.extend((item.raw, item.place) for item in names.items if isinstance(item, Scalar))
        if rule_id is None or not isinstance(node, MappingNode):
            continue
        place = node.keys["id"]
        if rule_id in places:
            findings.error(
                "duplicate-id",
                place,
                f"rule `{rule_id}` is defined at {places[rule_id]} too",
                "rename one of the two",
            )
            continue
        places[rule_id] = place
        if "correlation" in node.entries:
            correlated.append(node)
        if isinstance(rule, CorrelationRule):
            loaded.correlations[rule_id] = rule
        elif rule is not None:
            loaded.rules[rule_id] = rule
    for name, place in related:
        if name not in places:
            findings.error("unknown-rule", place, f"no rule `{name[:60]}`", nearest(name, places))
    heads = {name: loaded.heads.get(name) for name in places}
    check_bases(correlated, loaded.correlations, heads, loaded.sources, findings)


def _id(node: Node) -> str | None:
    value = node.get("id") if isinstance(node, MappingNode) else None
    return value.value if isinstance(value, Scalar) and isinstance(value.value, str) else None


def _check_missing(roots: Mapping[str, MappingNode], loaded: Loaded) -> None:
    findings = loaded.findings
    present = {key for root in roots.values() for key in root.keys}
    if not roots and findings.errors:
        return
    if "route" not in present:
        findings.error(
            "missing-file",
            Place("routes.yaml"),
            "no file has a `route:`, so no notice could go anywhere",
            "write routes.yaml: route: {receiver: desk}",
        )
    if "receivers" not in present:
        findings.error(
            "missing-file",
            Place("receivers.yaml"),
            "no file has `receivers:`, so nobody could be told",
            "write receivers.yaml: receivers: [{name: desk, apprise: {url_env: DESK_URL}}]",
        )
    if "sources" not in present:
        findings.warning(
            "missing-file",
            Place("sources.yaml"),
            "no file has `sources:`, so nothing is polled",
            "write sources.yaml",
        )
