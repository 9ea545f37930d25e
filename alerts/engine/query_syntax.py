"""A text query as written: its tree, its words' offsets, and everything wrong with it.

Where the dialects that people come from disagree (Factiva, Lucene, Meltwater, web search),
a query is refused with the two ways to write it, instead of being read one way in silence.
"""

from __future__ import annotations

import re
from typing import Literal

from alerts.core.errors import Mend
from alerts.engine.findings import Remedy
from alerts.engine.query_adjacent import LOWER, adjacency, lower_case
from alerts.engine.query_check import check_query
from alerts.engine.query_foreign import FOREIGN, NEAR, here, scope_meant
from alerts.engine.query_tokens import Token, lex
from alerts.engine.query_tree import (
    AtLeastNode,
    Fault,
    GroupNode,
    ListNode,
    NearNode,
    NotNode,
    QueryNode,
    ScopeNode,
    TermNode,
)
from alerts.engine.query_words import list_node, term_node

MAX_CHARS = 20_000
MAX_DEPTH = 40
MAX_FAULTS = 40
MAX_NEAR = 30
MAX_ATLEAST = 50

_FIRST = re.compile(r"first([0-9]{1,5}):")


def parse_query(source: str) -> tuple[QueryNode | None, list[Fault]]:
    """Read a query: its tree (None where it has none) and every fault found."""
    if len(source) > MAX_CHARS:
        return None, [
            Fault(
                0,
                "query-limit",
                f"the query has {len(source):,} characters",
                f"{MAX_CHARS:,} at most; put its terms into a list",
            )
        ]
    parser = _Parser(source)
    node = parser.parse()
    if node is not None:
        check_query(node, parser.faults)
    faults = sorted(set(parser.faults), key=lambda fault: (fault.offset, fault.code))
    return node, faults[:MAX_FAULTS]


def parse_term(source: str) -> tuple[TermNode | ListNode | None, list[Fault]]:
    """Read a term of a list: words that stand together, or ``$other``; no operators."""
    faults: list[Fault] = []
    stripped = source.strip()
    if stripped.startswith("$"):
        return list_node(stripped, 0, faults), faults
    for found in re.finditer(r"\S+", source):
        if found[0] in ("AND", "OR", "NOT") or NEAR.fullmatch(found[0]):
            message = f"`{found[0]}` in a term of a list is a word like any other"
            remedy = "write each word as a term of its own, or a query in the rule"
            faults.append(Fault(found.start(), "query-syntax", message, remedy))
    return term_node(source.replace('"', " "), 0, faults), faults


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self.stopped = False
        self.tokens = lex(source, self.faults)
        self.at = 0
        self.depth = 0

    def _fault(self, offset: int, code: str, message: str, remedy: str = "") -> None:
        self._add(Fault(offset, code, message, remedy))

    def _add(self, fault: Fault | None) -> None:
        if fault is not None and not self.stopped:  # what follows a stop is about text that was not read
            self.faults.append(fault)

    def _peek(self) -> Token:
        return (
            self.tokens[self.at]
            if self.at < len(self.tokens)
            else Token("end", "", len(self.source.rstrip()))
        )

    def _next(self) -> Token:
        token = self._peek()
        self.at += 1
        return token

    def parse(self) -> QueryNode | None:
        if not self.tokens:
            self._fault(0, "query-empty", "the query is empty", "write at least one word")
            return None
        node = self._expression()
        while self._peek().kind != "end":
            self._fault(self._next().offset, "query-syntax", "this `)` closes nothing", "remove it")
            if self._peek().kind != "end":
                self._expression()
        return node

    def _expression(self) -> QueryNode | None:
        start = self._peek().offset
        children = [self._unary()]
        operator: Literal["AND", "OR"] | None = None
        mixed = False
        while self._peek().kind not in ("end", "close"):
            token = self._peek()
            if token.kind in ("AND", "OR"):
                self._next()
                joined: Literal["AND", "OR"] = "AND" if token.kind == "AND" else "OR"
            else:
                self._add(adjacency(self.tokens[self.at - 1], token))
                joined = operator or "AND"
            if operator not in (None, joined) and not mixed:
                mixed = True
                self._fault(
                    token.offset,
                    "mixed-and-or",
                    f"{operator} and {joined} side by side",
                    "put parentheses around the one that belongs together: (a AND b) OR c, or a AND (b OR c)",
                )
            operator = operator or joined
            children.append(self._unary())
        present = tuple(child for child in children if child is not None)
        if len(present) > 1:
            return GroupNode(start, operator or "AND", present)
        return present[0] if present else None

    def _unary(self) -> QueryNode | None:
        token = self._peek()
        if token.kind == "NOT":
            self._next()
            if not self._deeper(token):
                return None
            child = self._unary()
            self.depth -= 1
            return NotNode(token.offset, child) if child is not None else None
        return self._near()

    def _deeper(self, token: Token) -> bool:
        if self.depth >= MAX_DEPTH:
            self._fault(
                token.offset, "query-limit", "the query is nested too deeply", f"{MAX_DEPTH} levels at most"
            )
            self.at = len(self.tokens)
            self.stopped = True
            return False
        self.depth += 1
        return True

    def _near(self) -> QueryNode | None:
        left = self._primary()
        count = 0
        while self._peek().kind == "near":
            token = self._next()
            distance = self._distance(token)
            right = self._primary()
            count += 1
            if count > 1:
                self._fault(
                    token.offset,
                    "near-chain",
                    "NEAR after NEAR: between which words is the distance?",
                    "put parentheses around one pair: (a NEAR/5 b) NEAR/5 c",
                )
            elif left is not None and right is not None:
                left = NearNode(token.offset, left, right, distance, token.text.startswith("O"))
        return left

    def _distance(self, token: Token) -> int:
        found = NEAR.fullmatch(token.text)
        if found is None or found[2] is None:
            remedy = self._loose_distance(token) or f"write {token.text}/8"
            self._fault(token.offset, "near-distance", f"{token.text} without a distance", remedy)
            return 1
        distance = int(found[2])
        if not 1 <= distance <= MAX_NEAR:
            self._fault(
                token.offset,
                "near-distance",
                f"a distance of {distance} words",
                f'1 to {MAX_NEAR}; for anywhere in the text write AND, for the next word a "phrase"',
            )
        return min(max(distance, 1), MAX_NEAR)

    def _loose_distance(self, near: Token) -> Remedy | None:
        """Pass over a distance that stands by itself: ``NEAR 5``."""
        number = self._peek()
        fits = re.fullmatch(r"[0-9]{1,2}", number.text) and 1 <= int(number.text) <= MAX_NEAR
        if not fits or self.at + 1 >= len(self.tokens):
            return None
        self._next()
        write = f"{near.text}/{number.text}"
        written = self.source[near.offset : number.offset + len(number.text)]
        return Remedy.certain(f"write {write}", Mend(written, write))

    def _primary(self) -> QueryNode | None:
        token = self._next()
        read = {
            "open": self._parenthesis,
            "list": self._list,
            "atleast": self._atleast,
            "scope": self._scope,
            "quoted": self._phrase,
            "word": self._word,
        }.get(token.kind, self._misplaced)
        return read(token)

    def _list(self, token: Token) -> QueryNode | None:
        return list_node(token.text, token.offset, self.faults)

    def _phrase(self, token: Token) -> QueryNode | None:
        self._fuzzy(token)
        return term_node(token.text[1:].rstrip('"“”„'), token.offset + 1, self.faults)

    def _misplaced(self, token: Token) -> QueryNode | None:
        if token.kind in ("end", "close"):
            self.at -= 1
            remedy = "write a word, a phrase or a $list"
            self._fault(token.offset, "query-syntax", "a word is missing here", remedy)
            return None
        remedy = "write a word before it, or remove it"
        self._fault(token.offset, "query-syntax", f"{token.text} needs a word before it", remedy)
        return self._primary() if self._peek().kind in ("word", "quoted", "list", "open") else None

    def _fuzzy(self, token: Token) -> None:
        follow = self._peek()
        if re.fullmatch(r"~[0-9]*", follow.text) and follow.offset == token.offset + len(token.text):
            self._next()
            self._fault(
                follow.offset, "foreign-operator", f"`{follow.text}` is Lucene's distance", "write a NEAR/8 b"
            )

    def _word(self, token: Token) -> QueryNode | None:
        text = token.text
        if text in LOWER:
            if self.at > 1 or self._peek().kind != "end":
                self._add(lower_case(token))
        elif FOREIGN.fullmatch(text):
            if self.at == 1 or not NEAR.fullmatch(text.upper()):  # else said where it follows a word
                message = f"`{text}` is an operator of another product"
                self._fault(token.offset, "foreign-operator", message, here(text))
            return None
        elif token.signed:
            write = "AND " if text[0] == "+" else "AND NOT "
            self._fault(
                token.offset,
                "foreign-operator",
                f"`{text[0]}` before a word is web search's",
                f"write {write}{text[1:][:40]}",
            )
        return term_node(text, token.offset, self.faults)

    def _parenthesis(self, token: Token) -> QueryNode | None:
        if not self._deeper(token):
            return None
        if self._peek().kind == "close":
            self._fault(
                token.offset, "query-empty", "nothing between the parentheses", "write a word, or remove them"
            )
            node = None
        else:
            node = self._expression()
        self.depth -= 1
        if self._peek().kind == "close":
            self._next()
        else:
            self._fault(token.offset, "query-syntax", "this `(` is never closed", "close it with `)`")
        return node

    def _atleast(self, token: Token) -> QueryNode | None:
        digits = token.text.removeprefix("atleast")
        count = int(digits[:6]) if digits.lstrip("-").isdigit() else 0
        if not 2 <= count <= MAX_ATLEAST:
            self._fault(
                token.offset,
                "atleast-count",
                f"`{token.text}` needs a number from 2 to {MAX_ATLEAST}",
                "write e.g. atleast3(lithium)",
            )
        child = self._parenthesis(self._next())
        return AtLeastNode(token.offset, count, child) if child is not None else None

    def _scope(self, token: Token) -> QueryNode | None:
        found = _FIRST.fullmatch(token.text)
        first = int(found[1]) if found else 0
        if token.text != "title:" and not first:
            self._fault(
                token.offset,
                "unknown-scope",
                f"there is no scope `{token.text}`",
                scope_meant(token.text.casefold()),
            )
        if not self._deeper(token):
            return None
        child = self._primary()
        self.depth -= 1
        return ScopeNode(token.offset, first, child) if child is not None else None
