"""Which rules can match at all: cost follows the text, not the number of rules.

For every rule a set of keys is worked out of which an event must have at least one: words
of its text, values of its measures. An index from key to rules then picks the candidates.
A rule for which no such set exists is always a candidate, so the presearch never loses a
match: it may only let too much through (the property test compares it with a plain loop).

Keys are ``("w", word)``, ``("p", beginning of a word, three letters)`` and
``(field, value)`` of measure or event. All text keys are of title and body together, which
contain whatever the title or the first words contain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.engine.condition import Both, Condition, CountOf, Either, Named
from alerts.engine.detection import Clause, Detection, Selection
from alerts.engine.fieldtest import FieldTest
from alerts.engine.query import AllOf, AnyOf, AtLeast, InFirst, InTitle, Near, Plan, Terms, Word
from alerts.engine.view import EventView

Key = tuple[str, str]
Keys = frozenset[Key] | None
"""At least one of these must be there; None: nothing can be said."""

PREFIX = 3


class Presearch:
    """The index."""

    __slots__ = ("_always", "_atoms", "_prefixes", "_word_keys", "_words")

    def __init__(self, detections: Sequence[Detection]) -> None:
        self._always: list[int] = []
        self._words: dict[str, list[int]] = {}
        self._prefixes: dict[str, list[int]] = {}
        self._atoms: dict[Key, list[int]] = {}
        for index, detection in enumerate(detections):
            keys = _condition(detection.condition, detection)
            if keys is None:
                self._always.append(index)
                continue
            for key in keys:
                self._enter(key, index)
        self._word_keys = frozenset(self._words)

    def _enter(self, key: Key, index: int) -> None:
        if key[0] == "w":
            self._words.setdefault(key[1], []).append(index)
        elif key[0] == "p":
            self._prefixes.setdefault(key[1], []).append(index)
        else:
            self._atoms.setdefault(key, []).append(index)

    def candidates(self, view: EventView) -> list[int]:
        """Return indices of the rules that may match, in order."""
        found = set(self._always)
        if self._words or self._prefixes:
            vocabulary = view.texts.text.vocabulary
            for word in vocabulary & self._word_keys:
                found.update(self._words[word])
            if self._prefixes:
                for start in {word[:PREFIX] for word in vocabulary} & self._prefixes.keys():
                    found.update(self._prefixes[start])
        for key in self._atoms_of(view) if self._atoms else ():
            found.update(self._atoms.get(key, ()))
        return sorted(found)

    def _atoms_of(self, view: EventView) -> Iterable[Key]:
        event = view.event
        yield "source.tier", event.source.tier.value
        for measure in view.measures:
            yield "measure", measure.kind.value
            yield "status", measure.status.value
            yield "issuer", measure.issuer or ""
            for target in measure.targets:
                yield "target", target
            for commodity in measure.commodities:
                yield "commodity", commodity


def _cost(keys: Keys) -> float:
    """How much a set of keys lets through, roughly: few and long words are best."""
    if keys is None:
        return float("inf")
    return sum(_letting_through(key) for key in keys)


def _letting_through(key: Key) -> float:
    if key[0] == "w":
        return 0.2 + 4.0 / len(key[1]) ** 2 if key[1].isascii() else 0.3
    if key[0] == "p":
        return 3.0
    return {"source.tier": 50.0, "status": 10.0, "target": 3.0}.get(key[0], 1.0)


def _cheapest(choices: Iterable[Keys]) -> Keys:
    return min(choices, key=_cost, default=None)


def _union(choices: Iterable[Keys]) -> Keys:
    found: set[Key] = set()
    for keys in choices:
        if keys is None:
            return None
        found |= keys
    return frozenset(found)


def _condition(node: Condition, detection: Detection) -> Keys:
    if isinstance(node, Named):
        return _selection(detection.selections[node.name])
    if isinstance(node, Both):
        return _cheapest(_condition(child, detection) for child in node.children)
    if isinstance(node, Either):
        return _union(_condition(child, detection) for child in node.children)
    if isinstance(node, CountOf):
        keys = [_selection(detection.selections[name]) for name in node.names]
        return _cheapest(keys) if node.count == len(keys) else _union(keys)
    return None


def _selection(selection: Selection) -> Keys:
    return _union(_clause(clause) for clause in selection.clauses)


def _clause(clause: Clause) -> Keys:
    return _cheapest(_test(test) for test in (*clause.measure_tests, *clause.event_tests))


def _test(test: FieldTest) -> Keys:
    if test.negate or test.field.name == "text_added":
        return None
    if test.plan is not None:
        return _plan(test.plan)
    if test.atoms is not None:
        return frozenset((test.field.name, value) for value in test.atoms)
    return None


def _plan(plan: Plan) -> Keys:
    if isinstance(plan, Terms):
        return _union(_cheapest(_word(part) for part in term.parts) for term in plan.terms)
    if isinstance(plan, Near):
        return _cheapest((_plan(plan.left), _plan(plan.right)))
    if isinstance(plan, AllOf):
        return _cheapest(_plan(child) for child in plan.children)
    if isinstance(plan, AnyOf):
        return _union(_plan(child) for child in plan.children)
    if isinstance(plan, (AtLeast, InTitle, InFirst)):
        return _plan(plan.child)
    return None


def _word(word: Word) -> Keys:
    start = (
        word.prefix
        if word.prefix is not None
        else word.mask.split("?", 1)[0]
        if word.mask is not None
        else None
    )
    if start is None:
        return frozenset(("w", text) for text in word.words)
    return frozenset({("p", start[:PREFIX])}) if len(start) >= PREFIX else None
