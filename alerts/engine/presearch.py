"""Which rules can match at all: cost follows the text, not the number of rules.

For every rule it is worked out what an event must have, as a few *ways* in which the rule can
hold; a way is up to three sets of keys, of each of which the event must have at least one
(China or Beijing; gallium; some word for a licence). Keys are words of the text and values of
the measures. A rule for which nothing of the kind can be said is always a candidate, so the
presearch never loses a match: it may only let too much through (a property test compares it
with a plain loop).

Data: each way is a bit. A table for each of the three places maps a key to the bits of the ways
that have it in their set there; an event's keys are or-ed by place and the places and-ed.

Keys are ``("w", word)``, ``("p", beginning of a word, three letters)`` and
``(field, value)`` of measure or event. All text keys are of title and body together, which
contain whatever the title or the first words contain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod
from operator import itemgetter

from alerts.engine.condition import Both, Condition, CountOf, Either, Named
from alerts.engine.detection import Clause, Detection, Selection
from alerts.engine.fieldtest import FieldTest
from alerts.engine.query import AllOf, AnyOf, AtLeast, InFirst, InTitle, Near, Plan
from alerts.engine.query_terms import Terms, Word
from alerts.engine.tokens import TextView
from alerts.engine.view import EventView

Key = tuple[str, str]
Keys = frozenset[Key]
"""At least one of these must be there."""

Way = tuple[Keys, ...]
"""All of these must have one key there; none at all: nothing can be said."""

PREFIX = 3
PLACES = 3
MAX_WAYS = 16
FEW = 64
_BEGINNING = itemgetter(slice(PREFIX))


class _Place:
    """One of the tables: for each key the ways that ask for it, as bits."""

    __slots__ = ("atoms", "free", "known_words", "prefixed", "prefixes", "words")

    def __init__(self) -> None:
        self.known_words: frozenset[str] = frozenset()
        self.prefixed = 0
        self.words: dict[str, int] = {}
        self.prefixes: dict[str, int] = {}
        self.atoms: dict[Key, int] = {}
        self.free = 0

    def enter(self, keys: Keys, bit: int) -> None:
        for key in keys:
            if key[0] == "w":
                self.words[key[1]] = self.words.get(key[1], 0) | bit
            elif key[0] == "p":
                self.prefixes[key[1]] = self.prefixes.get(key[1], 0) | bit
                self.prefixed |= bit
            else:
                self.atoms[key] = self.atoms.get(key, 0) | bit

    def freeze(self) -> None:
        """Keep the words as a set: two sets meet at the price of the smaller one."""
        self.known_words = frozenset(self.words)

    def bits(self, alive: int, words: frozenset[str], atoms: Sequence[Key], text: TextView) -> int:
        """Return those of the ways that are still alive which have a key of theirs here."""
        found = self.free
        for word in words & self.known_words:
            found |= self.words[word]
        for key in atoms:
            found |= self.atoms.get(key, 0)
        rest = self.prefixed & alive & ~found
        if rest:
            starts = [start for start, ways in self.prefixes.items() if ways & rest]
            for start in _begun(text, starts):
                found |= self.prefixes[start]
        return alive & found


def _begun(text: TextView, starts: list[str]) -> Iterable[str]:
    """Return the beginnings with which a word may begin: a few are sought in the text as it is."""
    if len(starts) > FEW:
        return set(map(_BEGINNING, text.vocabulary)).intersection(starts)
    return [start for start in starts if any(start in part.folded.text for part in text.segments)]


class Presearch:
    """The index over a set of rules."""

    __slots__ = ("_always", "_known", "_places", "_rules")

    def __init__(self, detections: Sequence[Detection]) -> None:
        self._always: list[int] = []
        self._rules: list[int] = []
        self._places = [_Place() for _ in range(PLACES)]
        for index, detection in enumerate(detections):
            ways = _condition(detection.condition, detection)
            if all(ways):
                self._enter(ways, index)
            else:
                self._always.append(index)
        for place in self._places:
            place.freeze()
        self._known = frozenset().union(*(place.words for place in self._places))

    def _enter(self, ways: Iterable[Way], rule: int) -> None:
        for way in ways:
            bit = 1 << len(self._rules)
            self._rules.append(rule)
            best = sorted(way, key=_cost)
            for number, place in enumerate(self._places):
                if number < len(best):
                    place.enter(best[number], bit)
                else:
                    place.free |= bit

    def candidates(self, view: EventView) -> list[int]:
        """Return the indices of the rules that may match, in order."""
        if not self._rules:
            return self._always
        text = view.texts.text
        words = self._known.intersection(text.words)
        atoms = tuple(_atoms(view))
        bits = -1
        for place in self._places:
            bits = place.bits(bits, words, atoms, text)
            if not bits:
                return self._always
        return sorted({*self._always, *(self._rules[number] for number in _numbers(bits))})


def _numbers(bits: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set."""
    if bits.bit_count() <= FEW:  # one after the other, instead of over all of ten thousand
        while bits:
            lowest = bits & -bits
            yield lowest.bit_length() - 1
            bits ^= lowest
        return
    raw = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for at, byte in enumerate(raw):
        if byte:
            yield from (at * 8 + bit for bit in range(8) if byte >> bit & 1)


def _atoms(view: EventView) -> Iterator[Key]:
    yield "source.tier", view.event.source.tier.value
    for measure in view.measures:
        yield "measure", measure.kind.value
        yield "status", measure.status.value
        yield "issuer", measure.issuer or ""
        yield from (("target", target) for target in measure.targets)
        yield from (("commodity", commodity) for commodity in measure.commodities)


def _cost(keys: Keys) -> float:
    """Estimate how much a set of keys lets through: few and long words are best."""
    return sum(_letting_through(key) for key in keys)


def _letting_through(key: Key) -> float:
    if key[0] == "w":
        return 0.2 + 4.0 / len(key[1]) ** 2 if key[1].isascii() else 0.3
    if key[0] == "p":
        return 3.0
    return {"source.tier": 50.0, "status": 10.0, "target": 3.0}.get(key[0], 0.2)


def _cheapest(way: Way) -> Way:
    return (min(way, key=_cost),) if way else ()


def _union(ways: Iterable[Way]) -> Way:
    """Merge ways into one of a single set: at least one key of any of them is there."""
    found: set[Key] = set()
    for way in ways:
        if not way:
            return ()
        found |= _cheapest(way)[0]
    return (frozenset(found),) if found else ()


def _condition(node: Condition, detection: Detection) -> list[Way]:
    """List the ways in which a condition can hold; an empty way: nothing can be said."""
    if isinstance(node, Named):
        return _selection(detection.selections[node.name])
    if isinstance(node, Both):
        return _together([_condition(child, detection) for child in node.children])
    if isinstance(node, Either):
        return [way for child in node.children for way in _condition(child, detection)]
    if isinstance(node, CountOf):
        each = [_selection(detection.selections[name]) for name in node.names]
        return _together(each) if node.count == len(each) else [way for ways in each for way in ways]
    return [()]


def _together(each: list[list[Way]]) -> list[Way]:
    """Combine ways that must all be gone; where that explodes, keep the best of them alone."""
    if prod(len(ways) for ways in each) > MAX_WAYS:
        return min(each, key=lambda ways: max(_cost(_cheapest(way)[0]) if way else 1e9 for way in ways))
    return [tuple(keys for way in ways for keys in way) for ways in product(*each)]


def _selection(selection: Selection) -> list[Way]:
    return [_clause(clause) for clause in selection.clauses]


def _clause(clause: Clause) -> Way:
    return tuple(keys for test in (*clause.measure_tests, *clause.event_tests) for keys in _test(test))


def _test(test: FieldTest) -> Way:
    if test.negate or test.field.name == "text_added":
        return ()
    if test.plan is not None:
        return _plan(test.plan)
    if test.atoms is not None:
        return (frozenset((test.field.name, value) for value in test.atoms),)
    return ()


def _plan(plan: Plan) -> Way:
    if isinstance(plan, Terms):
        return _union(
            _cheapest(tuple(keys for part in term.parts for keys in _word(part))) for term in plan.terms
        )
    if isinstance(plan, Near):
        return (*_plan(plan.left), *_plan(plan.right))
    if isinstance(plan, AllOf):
        return tuple(keys for child in plan.children for keys in _plan(child))
    if isinstance(plan, AnyOf):
        return _union(_plan(child) for child in plan.children)
    if isinstance(plan, (AtLeast, InTitle, InFirst)):
        return _plan(plan.child)
    return ()


def _word(word: Word) -> Way:
    start = word.prefix if word.prefix is not None else word.mask.split("?", 1)[0] if word.mask else None
    if start is None:
        return (frozenset(("w", text) for text in word.words),)
    return (frozenset({("p", start[:PREFIX])}),) if len(start) >= PREFIX else ()
