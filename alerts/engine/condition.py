"""A condition over selections: ``(official or 1 of press*) and not noise``.

Precedence as in Sigma: ``of`` binds closest, then not, and, or.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from alerts.engine.findings import nearest

Lookup = Callable[[str], bool]
MAX_DEPTH = 40
RESERVED = frozenset({"and", "or", "not", "of", "all", "any", "them", "condition"})
_LEXER = re.compile(r"\s*(?:(?P<paren>[()])|(?P<word>[^\s()]+))")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Named:
    """A selection by its name."""

    name: str

    def holds(self, lookup: Lookup) -> bool:
        """Whether the selection holds."""
        return lookup(self.name)


@dataclass(frozen=True, slots=True)
class CountOf:
    """``1 of press*``, ``all of them``: at least ``count`` of the names hold."""

    count: int
    names: tuple[str, ...]
    source: str

    def holds(self, lookup: Lookup) -> bool:
        """Whether enough of the selections hold."""
        return sum(lookup(name) for name in self.names) >= self.count


@dataclass(frozen=True, slots=True)
class Both:
    """``and``."""

    children: tuple[Condition, ...]

    def holds(self, lookup: Lookup) -> bool:
        """Whether every child holds."""
        return all(child.holds(lookup) for child in self.children)


@dataclass(frozen=True, slots=True)
class Either:
    """``or``."""

    children: tuple[Condition, ...]

    def holds(self, lookup: Lookup) -> bool:
        """Whether one child holds."""
        return any(child.holds(lookup) for child in self.children)


@dataclass(frozen=True, slots=True)
class Negated:
    """``not``."""

    child: Condition

    def holds(self, lookup: Lookup) -> bool:
        """Whether the child does not hold."""
        return not self.child.holds(lookup)


Condition = Named | CountOf | Both | Either | Negated


@dataclass(frozen=True, slots=True)
class ConditionFault:
    """What is wrong with a condition, at a character of it."""

    offset: int
    code: str
    message: str
    remedy: str = ""


class _Stop(Exception):
    """The rest cannot be read: the fault has been noted."""


def all_of(names: Iterable[str]) -> Condition:
    """Return the condition of a rule that has none: every selection holds."""
    names = tuple(names)
    return CountOf(len(names), names, "all of them")


def parse_condition(source: str, selections: Iterable[str]) -> tuple[Condition | None, list[ConditionFault]]:
    """Read a condition over the rule's selections: its tree, or its faults."""
    parser = _Parser(source, tuple(selections))
    try:
        node = parser.either()
        if parser.peek():
            parser.fail(f"`{parser.peek()}` is one too many here", "join selections by and, or")
    except _Stop:
        node = None
    return (None if parser.faults else node), parser.faults


def named(condition: Condition, *, positive: bool | None = None) -> Iterator[str]:
    """Names that a condition looks at; ``positive``: only those that must (not) hold."""
    yield from _named(condition, True, positive)


def _named(condition: Condition, sign: bool, wanted: bool | None) -> Iterator[str]:
    if isinstance(condition, Negated):
        yield from _named(condition.child, not sign, wanted)
    elif isinstance(condition, (Both, Either)):
        for child in condition.children:
            yield from _named(child, sign, wanted)
    elif wanted is None or wanted is sign:
        yield from ([condition.name] if isinstance(condition, Named) else condition.names)


class _Parser:
    def __init__(self, source: str, selections: tuple[str, ...]) -> None:
        self.source = source
        self.selections = selections
        self.tokens = [
            (found.group().strip(), found.end() - len(found.group().strip()))
            for found in _LEXER.finditer(source)
        ]
        self.faults: list[ConditionFault] = []
        self.at = 0
        self.depth = 0

    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def offset(self) -> int:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else len(self.source.rstrip())

    def fail(self, message: str, remedy: str) -> None:
        self.faults.append(ConditionFault(self.offset(), "condition-syntax", message, remedy))
        raise _Stop

    def _word(self, *words: str) -> bool:
        if self.peek().casefold() in words:
            self.at += 1
            return True
        return False

    def either(self) -> Condition:
        children = [self.both()]
        while self._word("or"):
            children.append(self.both())
        return Either(tuple(children)) if len(children) > 1 else children[0]

    def both(self) -> Condition:
        children = [self.negated()]
        while self._word("and"):
            children.append(self.negated())
        return Both(tuple(children)) if len(children) > 1 else children[0]

    def negated(self) -> Condition:
        if self._word("not"):
            self._deeper()
            child = Negated(self.negated())
            self.depth -= 1
            return child
        return self.primary()

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("the condition is nested too deeply", f"{MAX_DEPTH} levels at most")

    def primary(self) -> Condition:
        if self._word("("):
            self._deeper()
            node = self.either()
            self.depth -= 1
            if not self._word(")"):
                self.fail("a `)` is missing here", "close every parenthesis")
            return node
        word, offset = self.peek(), self.offset()
        following = self.tokens[self.at + 1][0] if self.at + 1 < len(self.tokens) else ""
        if following.casefold() == "of":
            return self._count(word)
        if not word or word.casefold() in RESERVED or word == ")":
            self.fail("the name of a selection is missing here", f"selections: {', '.join(self.selections)}")
        self.at += 1
        if "*" in word:
            self.faults.append(
                ConditionFault(
                    offset,
                    "condition-syntax",
                    f"`{word}` is a pattern of names",
                    f"write `1 of {word}` or `all of {word}`",
                )
            )
        elif word not in self.selections:
            self._unknown(word, offset)
        return Named(word)

    def _unknown(self, word: str, offset: int) -> None:
        self.faults.append(
            ConditionFault(
                offset, "unknown-selection", f"no selection `{word[:60]}`", nearest(word, self.selections)
            )
        )

    def _count(self, quantifier: str) -> Condition:
        start = self.at
        amount = quantifier.casefold()
        if amount not in ("all", "any") and not re.fullmatch(r"[1-9][0-9]{0,2}", amount):
            self.fail(f"`{quantifier}` before `of`", "write `1 of …`, `2 of …` or `all of …`")
        self.at += 2
        word, offset = self.peek(), self.offset()
        if not word or word in "()":
            self.fail("a name or pattern is missing after `of`", "write `1 of press*` or `all of them`")
        self.at += 1
        them = word.casefold() == "them"
        names = tuple(
            name
            for name in self.selections
            if (not name.startswith("_") if them else fnmatchcase(name, word.replace("[", "[[]")))
        )
        if not names:
            self._unknown(word, offset)
        count = len(names) if amount == "all" else 1 if amount == "any" else int(amount)
        if names and count > len(names):
            self.faults.append(
                ConditionFault(
                    self.tokens[start][1],
                    "condition-syntax",
                    f"`{quantifier} of {word}` can never hold: there are {len(names)}",
                    "lower the number",
                )
            )
        return CountOf(count, names, f"{quantifier} of {word}")
