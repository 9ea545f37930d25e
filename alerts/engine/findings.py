"""Findings: everything wrong with a set of files, collected rather than raised.

Each finding has a code of :data:`CODES`. The codes are stable: people filter on them, so a
code is never renamed and never given a second meaning.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import replace

from alerts.core.errors import Mend, Place, Problem, Severity
from alerts.engine.meant import Words, around, foreign, same, spelt, within

CODES: dict[str, str] = {
    # files
    "yaml-syntax": "The file is not YAML.",
    "yaml-limit": "The file is too large, too deeply nested, or grows too large through its aliases.",
    "yaml-tag": "A value carries a tag such as `!!python/object`; only plain values are read.",
    "duplicate-key": "A mapping has the same key twice; YAML would silently keep one of the two.",
    "wrong-type": "A value is of another type than its place asks for.",
    "unknown-key": "A key that this place does not know.",
    "missing-key": "A key that this place needs.",
    "bad-value": "A value that does not fit its place.",
    "missing-file": "The folder lacks a file that the service needs.",
    # identities and references
    "duplicate-id": "Two things of one kind have the same id or name.",
    "unknown-list": "A list that no file defines.",
    "empty-list": "A list without a term.",
    "list-cycle": "A list that contains itself, over others or directly.",
    "duplicate-term": "A list holds a term twice.",
    "unknown-receiver": "A route names a receiver that no file defines.",
    "unknown-interval": "A route's quiet hours name a time interval that is not defined.",
    "unused-interval": "A time interval that no route's quiet hours name.",
    "digest-not-taken": "Notices to a webhook are held for a digest, which it does not subscribe to.",
    "escalation-not-taken": "Escalations go to a webhook that does not subscribe to them.",
    "unknown-fact": "A route's matcher asks for a name that no alert has.",
    "unknown-rule": "`related` or a correlation names a rule that no file defines.",
    # rules
    "unknown-field": "A field that events and measures do not have.",
    "unknown-modifier": "A modifier that does not exist.",
    "modifier-conflict": "Modifiers that cannot stand together.",
    "modifier-not-for-field": "A modifier that means nothing on this field.",
    "text-needs-modifier": "A field of running text compared without saying how.",
    "unknown-value": "A value outside the field's closed list.",
    "empty-values": "A selection, a list of values or a test without content: it could never hold.",
    "condition-syntax": "The condition cannot be read.",
    "unknown-selection": "The condition names a selection that the rule does not have.",
    "unused-selection": "A selection that the condition never looks at.",
    "always-negative": "The condition holds when nothing is found, so it would match nearly everything.",
    "exception-shape": "An exception whose rows do not fit its fields.",
    "no-status": "A rule without `status` is a draft, so it is not evaluated.",
    "live-without-owner": "A live rule without an owner.",
    "live-without-review": "A live rule without a review date.",
    "live-without-match-test": "A live rule without a test that expects a match.",
    "live-without-near-miss": "A live rule without a test that expects no match.",
    "review-overdue": "The review date has passed.",
    "bad-template": "A label or annotation that is not a template of the allowed kind.",
    "bad-regex": "A pattern that the linear-time engine refuses.",
    "short-contains": "`contains` with so short a word that it is found inside others.",
    # correlations
    "correlation-parts": "A part of a correlation that does not go with its type, or with the rest of the rule.",
    "correlation-condition": "A count that every event reaches, that nothing can reach, or that is asked the wrong way.",
    "correlation-timespan": "A timespan that cannot be read, or that is too short or too long to be counted over.",
    "correlation-group": "A field by which events cannot be grouped or counted.",
    "correlation-cycle": "A correlation that rests on itself, over others or directly.",
    "dead-base": "A correlation rests on a rule that is a draft or deprecated, so nothing is ever counted.",
    "unknown-source": "An absence names a source that no file defines: it is not heard.",
    # text queries
    "query-syntax": "The query cannot be read.",
    "query-empty": "The query, or a part of it, has no words.",
    "query-limit": "The query is too long or too deeply nested.",
    "bare-adjacency": "Two words side by side: a phrase to some, AND to others.",
    "lowercase-operator": "and/or/not in lower case where an operator seems to be meant.",
    "mixed-and-or": "AND and OR side by side without parentheses.",
    "negative-query": "A query, or a branch of one, that only says what must not be there.",
    "not-inside-near": "NOT inside NEAR.",
    "near-operand": "AND, atleastN or a scope inside NEAR.",
    "near-chain": "NEAR after NEAR without parentheses.",
    "near-distance": "NEAR without a distance, or one outside 1 to 30.",
    "foreign-operator": "An operator of another product.",
    "short-prefix": "A prefix of fewer than three letters.",
    "wildcard-place": "A wildcard where none may stand.",
    "unknown-scope": "A scope that does not exist.",
    "atleast-count": "atleastN with an impossible number.",
    "ambiguous-acronym": "An acronym that is an everyday word once case is folded.",
    # legal, but hardly meant
    "unused-list": "A list that no query and no other list names.",
    "never-matches": "A query, a selection or a condition that can never hold.",
    "near-itself": "NEAR with the same words on both sides.",
    "swallowed-rule": "A rule that adds nothing: another one matches all that it matches, in the same way.",
    # receivers
    "placeholder": "A value that is still the placeholder of the example.",
}
"""Every code with what it means."""


class Remedy(str):
    """What to write instead; with ``mend`` where that is certain enough to be done by machine."""

    __slots__ = ("mend",)
    mend: Mend | None

    @classmethod
    def certain(cls, text: str, mend: Mend | None) -> Remedy:
        """Return a remedy that carries its mend."""
        remedy = cls(text)
        remedy.mend = mend
        return remedy


class Findings:
    """Collects problems; a loader asks at the end whether one of them is an error."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def error(self, code: str, place: Place, message: str, remedy: str = "") -> None:
        """Add a finding that stops the load."""
        self._add(Problem(place, code, message, remedy))

    def warning(self, code: str, place: Place, message: str, remedy: str = "") -> None:
        """Add a finding that does not."""
        self._add(Problem(place, code, message, remedy, Severity.WARNING))

    def _add(self, problem: Problem) -> None:
        if isinstance(problem.remedy, Remedy):
            problem = replace(problem, remedy=str(problem.remedy), mend=problem.remedy.mend)
        self.problems.append(problem)

    @property
    def errors(self) -> list[Problem]:
        """The findings that stop a load."""
        return self.errors_since(0)

    def errors_since(self, count: int) -> list[Problem]:
        """The errors that came after so many findings: a thousand broken rules each ask for theirs."""
        return [problem for problem in self.problems[count:] if problem.severity is Severity.ERROR]


def nearest(word: str, known: Iterable[str], *, remedy: str = "", words: Words | None = None) -> str:
    """Say which known word was probably meant; ``remedy`` where none is near.

    ``words`` are those that people bring from elsewhere. Certain is the same word written
    otherwise, and a slip or two of the pen where one word only is so near.
    """
    choices = list(known)
    meant, sure = _meant(word, choices, words or {})
    if meant:
        return Remedy.certain(_ask(meant), Mend(word, meant[0]) if sure else None)
    return remedy or (f"known: {', '.join(choices)}" if len(choices) <= 24 else "")


def _meant(word: str, known: list[str], words: Words) -> tuple[tuple[str, ...], bool]:
    """Return the known words that may be meant, and whether that is certain."""
    by_spelling = {spelt(each): each for each in known}
    probably = foreign(word, known, words)
    sure = None if probably else by_spelling.get(spelt(word)) or same(word, known)
    if sure is None and not (probably := probably or around(word, known)):
        sure = certainly_meant(word, known)
    if sure is not None:
        return (sure,), True
    if not (probably := probably or within(word, known)):
        # A pasted novel is no misspelling: comparing it with every word would take long.
        near = difflib.get_close_matches(spelt(word[:80]), by_spelling, n=1, cutoff=0.7)
        probably = tuple(by_spelling[each] for each in near)
    return probably, False


def _ask(meant: tuple[str, ...]) -> str:
    return f"did you mean {' or '.join(f'`{each}`' for each in meant)}?"


def shown(value: object, limit: int = 60) -> str:
    """Write a value for a message: quoted, on one line, cut."""
    text = " ".join(str(value).split())
    return f"`{text[: limit - 1]}…`" if len(text) > limit else f"`{text}`"


def certainly_meant(word: str, known: Iterable[str]) -> str | None:
    """Return the one known word within a slip or two of the pen; None where there are several."""
    folded = word.casefold()
    if len(folded) < 3 or not re.fullmatch(r"[\w.-]{1,64}", folded):
        return None
    slips = 1 if len(folded) < 6 else 2
    near = {each for each in known if abs(len(each) - len(folded)) <= slips and _slips(folded, each) <= slips}
    return near.pop() if len(near) == 1 else None


def _slips(word: str, other: str) -> int:
    """Letters left out, added, changed or swapped with their neighbour (optimal string alignment)."""
    other = other.casefold()
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(word, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and word[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
