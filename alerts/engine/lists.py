"""The lists of a rule book: flattened, checked for cycles, ready for queries and ``in_list``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from alerts.core.errors import Mend, Place
from alerts.engine.csvlists import CsvList
from alerts.engine.document import Listing, Node, Scalar
from alerts.engine.document import Mapping as MappingNode
from alerts.engine.findings import Findings, Remedy, nearest
from alerts.engine.query_syntax import parse_term
from alerts.engine.query_terms import Term
from alerts.engine.query_tree import Fault, ListNode, TermNode
from alerts.engine.reading import read_model
from alerts.engine.rule import TermList
from alerts.engine.terms import list_term

MAX_TERMS = 20_000


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists by id. ``raw`` are the terms as written, ``terms`` as queries look for them.

    ``members`` are the values by field of a list that is kept as CSV; its terms are among
    ``terms`` like those of any other.
    """

    raw: Mapping[str, tuple[str, ...]]
    terms: Mapping[str, tuple[Term, ...]]
    members: Mapping[str, Mapping[str, Sequence[Scalar]]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    """Names that rules, queries and other lists asked for."""
    broken: frozenset[str] = frozenset()
    """Names of lists that could not be read: told where they stand, not at every use."""

    def known(self, name: str, place: Place, findings: Findings) -> bool:
        """Whether a list has terms for queries; a finding where it has none."""
        self.asked.add(name)
        if self.terms.get(name):
            return True
        if name in self.members:
            return bool(self._of(name, "term", place, findings))
        if name in self.terms:  # empty: told where it stands
            return True
        return self._unknown(name, place, findings)

    def values(self, name: str, of: str, place: Place, findings: Findings) -> list[tuple[str, Place]] | None:
        """A list's values for a field, with the place to complain of; None after a finding."""
        self.asked.add(name)
        if name in self.members:
            found = self._of(name, of, place, findings)
            return [(scalar.raw, scalar.place) for scalar in found] or None
        if name in self.raw:
            return [(raw, place) for raw in self.raw[name]]
        self._unknown(name, place, findings)
        return None

    def _of(self, name: str, of: str, place: Place, findings: Findings) -> Sequence[Scalar]:
        found = self.members[name].get(of, ())
        if not found:
            there = ", ".join(self.members[name]) or "none"
            message = f"list `{name}` has no value for `{of}`"
            findings.error("empty-list", place, message, f"add a row `{of},…` to it; it has: {there}")
        return found

    def _unknown(self, name: str, place: Place, findings: Findings) -> bool:
        if name in self.broken:
            return False
        remedy = nearest(
            name, [*self.terms, *self.members], remedy=f"define it: lists: [{{id: {name[:40]}, terms: […]}}]"
        )
        findings.error("unknown-list", place, f"no list `${name[:60]}`", remedy)
        return False


@dataclass(frozen=True, slots=True)
class _Raw:
    list: TermList
    place: Place
    terms: tuple[tuple[Scalar, TermNode], ...]
    names: tuple[tuple[str, Place], ...]


def read_lists(nodes: Iterable[Node], findings: Findings, tables: Iterable[CsvList] = ()) -> Lists:
    """Read every list of every file, then put the lists that they name in their place."""
    raws: dict[str, _Raw] = {}
    members: dict[str, CsvList] = {}
    broken: set[str] = set()
    for table in tables:
        if table.id in members:
            _duplicate(table.id, table.place, members[table.id].place, findings)
            continue
        members[table.id] = table
        raws[table.id] = _from_table(table, findings)
    for node in nodes:
        raw = _read(node, findings)
        if raw is None:
            named = node.get("id") if isinstance(node, MappingNode) else None
            broken.update([named.raw] if isinstance(named, Scalar) else [])
            continue
        if raw.list.id in raws:
            _duplicate(raw.list.id, raw.place, raws[raw.list.id].place, findings)
            continue
        raws[raw.list.id] = raw
    flat = {name: _flatten(name, raws, findings, (), broken) for name in raws}
    for name, raw in raws.items():
        if not flat[name] and not raw.names and not (name in members and members[name].members):
            findings.error(
                "empty-list", raw.place, f"list `{name}` has no term", "add one, or remove the list"
            )
        _check_inherited(raw, flat, raws, findings)
    return Lists(
        {name: tuple(scalar.raw for scalar, _ in terms) for name, terms in flat.items()},
        {
            name: tuple({term.parts: term for term in (list_term(node) for _, node in terms)}.values())
            for name, terms in flat.items()
        },
        {name: table.members for name, table in members.items()},
        {name: raw.place for name, raw in raws.items()},
        {inner for raw in raws.values() for inner, _ in raw.names},
        frozenset(broken),
    )


def _duplicate(name: str, place: Place, other: Place, findings: Findings) -> None:
    findings.error("duplicate-id", place, f"list `{name}` is defined at {other} too", "rename one of the two")


def _from_table(table: CsvList, findings: Findings) -> _Raw:
    """The terms of a CSV list, as if they stood in YAML."""
    terms: list[tuple[Scalar, TermNode]] = []
    for scalar in table.members.get("term", ()):
        term, faults = parse_term(scalar.raw)
        add_faults(faults, scalar, findings)
        if isinstance(term, TermNode):
            terms.append((scalar, term))
    return _Raw(TermList(id=table.id), table.place, tuple(terms), ())


def _check_inherited(
    raw: _Raw,
    flat: dict[str, tuple[tuple[Scalar, TermNode], ...]],
    raws: dict[str, _Raw],
    findings: Findings,
) -> None:
    """Say which of a list's own terms stand in a list that it names, too."""
    inherited = {
        list_term(term).parts: inner
        for inner, _ in raw.names
        if inner in raws and inner != raw.list.id
        for _, term in flat[inner]
    }
    cyclic = any(problem.code == "list-cycle" for problem in findings.problems)
    for item, term in () if cyclic else raw.terms:
        if inner := inherited.get(list_term(term).parts):
            findings.warning(
                "duplicate-term",
                item.place,
                f"`{item.raw}` stands in list `{raw.list.id}` and in `${inner}`, which it names",
                Remedy.certain("remove it here", _entry(item)),
            )


def _entry(item: Scalar) -> Mend:
    return Mend(item.source[slice(*item.span)], entry=True)


def _read(node: Node, findings: Findings) -> _Raw | None:
    model = read_model(TermList, node, findings)
    items = node.get("terms") if isinstance(node, MappingNode) else None
    if model is None or not isinstance(node, MappingNode):
        return None
    terms: list[tuple[Scalar, TermNode]] = []
    names: list[tuple[str, Place]] = []
    seen: dict[object, str] = {}
    for item in items.items[:MAX_TERMS] if isinstance(items, Listing) else ():
        if not isinstance(item, Scalar):
            continue
        term, faults = parse_term(item.raw)
        add_faults(faults, item, findings)
        if isinstance(term, ListNode):
            names.append((term.name, item.place))
        elif term is not None and (first := seen.get(list_term(term).parts)) is not None:
            findings.warning(
                "duplicate-term",
                item.place,
                f"`{item.raw}` stands twice in list `{model.id}`",
                Remedy.certain(f"after folding it is the same as `{first}`: remove one", _entry(item)),
            )
        elif term is not None:
            seen[list_term(term).parts] = item.raw
            terms.append((item, term))
    return _Raw(model, node.keys.get("id", node.place), tuple(terms), tuple(names))


def _flatten(
    name: str, raws: dict[str, _Raw], findings: Findings, path: tuple[str, ...], broken: Collection[str]
) -> tuple[tuple[Scalar, TermNode], ...]:
    raw = raws[name]
    found = list(raw.terms)
    for inner, place in raw.names:
        if inner not in raws:
            if not path and inner not in broken:
                findings.error("unknown-list", place, f"no list `${inner}`", nearest(inner, raws))
        elif inner in (*path, name):
            if inner == (*path, name)[0]:
                chain = " > ".join((*path, name, inner))
                findings.error(
                    "list-cycle", place, f"list `{inner}` contains itself: {chain}", "remove one of the steps"
                )
        elif len(found) < MAX_TERMS and len(path) < 20:
            found.extend(_flatten(inner, raws, findings, (*path, name), broken))
    return tuple(found)


def add_faults(faults: Iterable[Fault], scalar: Scalar, findings: Findings) -> bool:
    """Turn a query's faults into findings at their characters; True if one is an error."""
    broken = False
    for fault in faults:
        add = findings.warning if fault.warning else findings.error
        add(fault.code, scalar.at(fault.offset), fault.message, fault.remedy)
        broken = broken or not fault.warning
    return broken
