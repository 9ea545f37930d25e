"""Lists of terms, and the way from a query's tree to its plan.

A list's terms match singular and plural (their last word); words written in a query match
as they stand, for there the author sees what they write. Plans are shared: the same list
under a hundred rules is one plan, looked up once a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from alerts.engine.query import (
    AllOf,
    AnyOf,
    AnyOfLocated,
    AtLeast,
    InFirst,
    InTitle,
    Located,
    Near,
    Plan,
    Without,
)
from alerts.engine.query_terms import Term, Terms, Word
from alerts.engine.query_tree import (
    AtLeastNode,
    GroupNode,
    ListNode,
    NearNode,
    NotNode,
    Part,
    QueryNode,
    ScopeNode,
    TermNode,
)

TermLists = Mapping[str, tuple[Term, ...]]
"""Each list's terms, those of the lists that it names included."""


def plural_forms(word: str) -> frozenset[str]:
    """Return a word with its English plural or singular; other scripts are left alone."""
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return frozenset({word})
    forms = {word}
    if word.endswith("ies") and len(word) > 4:
        forms |= {word[:-3] + "y", word[:-1]}
    elif word.endswith(("ches", "shes", "sses", "xes", "zes")):
        forms |= {word[:-2], word[:-1]}
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        forms.add(word[:-1])
    elif word.endswith("y") and word[-2] not in "aeiou":
        forms |= {word[:-1] + "ies", word + "s"}
    elif word.endswith(("ch", "sh", "ss", "x", "z")):
        forms.add(word + "es")
    else:
        forms.add(word + "s")
    return frozenset(forms)


def query_term(node: TermNode) -> Term:
    """Return a term as a query means it: just so."""
    return Term(tuple(_word(part) for part in node.parts), node.source.strip())


def list_term(node: TermNode) -> Term:
    """Return a term as a list means it: its last word singular or plural."""
    parts = [_word(part) for part in node.parts]
    if node.parts[-1].kind == "word":
        parts[-1] = Word(plural_forms(node.parts[-1].text))
    return Term(tuple(parts), node.source.strip())


def _word(part: Part) -> Word:
    if part.kind == "prefix":
        return Word(prefix=part.text)
    return Word(mask=part.text) if part.kind == "mask" else Word(frozenset({part.text}))


def list_names(node: QueryNode) -> Iterator[ListNode]:
    """Every list that a query names."""
    if isinstance(node, ListNode):
        yield node
    elif isinstance(node, GroupNode):
        for child in node.children:
            yield from list_names(child)
    elif isinstance(node, NearNode):
        yield from list_names(node.left)
        yield from list_names(node.right)
    elif isinstance(node, (NotNode, AtLeastNode, ScopeNode)):
        yield from list_names(node.child)


class Planner:
    """Compiles query trees; equal parts become one plan."""

    def __init__(self, lists: TermLists) -> None:
        self.lists = lists
        self._terms: dict[object, Terms] = {}
        self._nears: dict[Near, Near] = {}
        self._groups: dict[AnyOfLocated, AnyOfLocated] = {}
        self._plans: dict[Plan, Plan] = {}

    def plan(self, node: QueryNode) -> Plan:
        """Compile a tree that has no faults and names known lists only."""
        plan = self._compile(node)
        return self._plans.setdefault(plan, plan)

    def _compile(self, node: QueryNode) -> Plan:
        if isinstance(node, (TermNode, ListNode, NearNode)) or _located(node):
            return self._located(node)
        if isinstance(node, GroupNode):
            children = tuple(self.plan(child) for child in node.children)
            return AllOf(children) if node.operator == "AND" else AnyOf(children)
        if isinstance(node, NotNode):
            return Without(self.plan(node.child))
        if isinstance(node, AtLeastNode):
            return AtLeast(node.count, self._located(node.child))
        assert isinstance(node, ScopeNode)  # noqa: S101 - the union's last member
        child = self.plan(node.child)
        return InFirst(node.first, child) if node.first else InTitle(child)

    def terms(self, name: str) -> Terms:
        """Return the plan of a whole list."""
        return self._share(("list", name), lambda: Terms(self.lists[name], f"${name}"))

    def _share(self, key: object, make: Callable[[], Terms]) -> Terms:
        known = self._terms.get(key)
        if known is None:
            known = self._terms[key] = make()
        return known

    def _located(self, node: QueryNode) -> Located:
        if isinstance(node, TermNode):
            term = query_term(node)
            return self._share(("term", term.parts), lambda: Terms([term], term.source))
        if isinstance(node, ListNode):
            return self.terms(node.name)
        if isinstance(node, NearNode):
            near = Near(self._located(node.left), self._located(node.right), node.distance, node.ordered)
            return self._nears.setdefault(near, near)
        assert isinstance(node, GroupNode)  # noqa: S101 - the parser lets nothing else through
        children = tuple(self._located(child) for child in node.children)
        group = AnyOfLocated(children, children)
        return self._groups.setdefault(group, group)


def _located(node: QueryNode) -> bool:
    return isinstance(node, (TermNode, ListNode, NearNode)) or (
        isinstance(node, GroupNode)
        and node.operator == "OR"
        and all(_located(child) for child in node.children)
    )
