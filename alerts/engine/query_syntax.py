"""A text query as written: its tree, its words' offsets, and everything wrong with it.

Where the dialects that people come from disagree (Factiva, Lucene, Meltwater, web search),
a query is refused with the two ways to write it, instead of being read one way in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from alerts.core.text import fold_term
from alerts.engine.tokens import words_of

MAX_CHARS = 20_000
MAX_DEPTH = 40
MAX_NEAR = 30
MAX_ATLEAST = 50

_LEXER = re.compile(
    r"""(?P<space>[\s\u200b\ufeff]+)
    |(?P<open>[(（])|(?P<close>[)）])
    |(?P<quoted>["“”„][^"“”„]*["“”„])
    |(?P<unclosed>["“”„].*)
    |(?P<list>\$[^\s()"“”„（）]*)
    |(?P<atleast>atleast-?[0-9]*(?=\s*[(（]))
    |(?P<scope>[A-Za-z_][A-Za-z_0-9]*:(?=\S))
    |(?P<word>[^\s()"“”„（）]+)""",
    re.VERBOSE | re.DOTALL,
)
_NEAR = re.compile(r"(O?NEAR)(?:/(-?[0-9]{1,9}))?")
_FOREIGN = re.compile(
    r"(?i)(?:near|onear|adj|w|pre|n|p)/?[0-9]{1,3}|/[nf]?[0-9]{1,3}|adj|near|onear|same|xor|&&?|\|\|?|!|andnot|and\s+not"
)
_FIRST = re.compile(r"first([0-9]{1,5}):")
_LIST = re.compile(r"\$[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a query, at a character of it."""

    offset: int
    code: str
    message: str
    remedy: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One word of a term: exactly so, by its beginning, or with single letters left open."""

    kind: Literal["word", "prefix", "mask"]
    text: str


@dataclass(frozen=True, slots=True)
class TermNode:
    """A word or a phrase (several parts, consecutive)."""

    offset: int
    parts: tuple[Part, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ListNode:
    """``$name``."""

    offset: int
    name: str


@dataclass(frozen=True, slots=True)
class NearNode:
    """``a NEAR/n b``: at most n words between, in either order unless ``ordered``."""

    offset: int
    left: QueryNode
    right: QueryNode
    distance: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class GroupNode:
    """Operands joined by AND or OR."""

    offset: int
    operator: Literal["AND", "OR"]
    children: tuple[QueryNode, ...]


@dataclass(frozen=True, slots=True)
class NotNode:
    """``NOT a``."""

    offset: int
    child: QueryNode


@dataclass(frozen=True, slots=True)
class AtLeastNode:
    """``atleastN(a)``: N separate occurrences or more."""

    offset: int
    count: int
    child: QueryNode


@dataclass(frozen=True, slots=True)
class ScopeNode:
    """``title:a``, or ``firstN:a`` (``first`` is N; 0 is the title)."""

    offset: int
    first: int
    child: QueryNode


QueryNode = TermNode | ListNode | NearNode | GroupNode | NotNode | AtLeastNode | ScopeNode


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


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
        _check(node, parser.faults)
    return node, sorted(set(parser.faults), key=lambda fault: (fault.offset, fault.code))


def parse_term(source: str) -> tuple[TermNode | ListNode | None, list[Fault]]:
    """Read a term of a list: words that stand together, or ``$other``; no operators."""
    faults: list[Fault] = []
    stripped = source.strip()
    if stripped.startswith("$"):
        return _list_node(stripped, 0, faults), faults
    return _term_node(source.replace('"', " "), 0, faults), faults


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self.tokens = self._lex(source)
        self.at = 0
        self.depth = 0

    def _lex(self, source: str) -> list[_Token]:
        tokens = []
        for found in _LEXER.finditer(source):
            kind = found.lastgroup or ""
            if kind == "unclosed":
                self._fault(
                    found.start(),
                    "query-syntax",
                    "this quotation mark is never closed",
                    'close the phrase with `"`',
                )
                kind = "quoted"
            if kind != "space":
                tokens.append(
                    _Token(
                        self._operator(found.group()) if kind == "word" else kind,
                        found.group(),
                        found.start(),
                    )
                )
        return tokens

    def _operator(self, word: str) -> str:
        if word in ("AND", "OR", "NOT"):
            return word
        return "near" if _NEAR.fullmatch(word) else "word"

    def _fault(self, offset: int, code: str, message: str, remedy: str = "") -> None:
        self.faults.append(Fault(offset, code, message, remedy))

    def _peek(self) -> _Token:
        return (
            self.tokens[self.at]
            if self.at < len(self.tokens)
            else _Token("end", "", len(self.source.rstrip()))
        )

    def _next(self) -> _Token:
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
                self._adjacent(token)
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

    def _adjacent(self, token: _Token) -> None:
        """Two operands with nothing between them: say what to write, by what seems to be meant."""
        before = self.tokens[self.at - 1]
        lower = token.text.casefold()
        if token.kind == "NOT":
            self._fault(token.offset, "bare-adjacency", "NOT needs an operator before it", "write AND NOT")
        elif before.text in ("and", "or", "not"):
            return  # said at the word itself
        elif lower in ("and", "or", "not") or _NEAR.fullmatch(token.text.upper()):
            self._fault(
                token.offset,
                "lowercase-operator",
                f"`{token.text}` in lower case is a word like any other",
                f"write {token.text.upper()} for the operator, or put the phrase in quotes",
            )
        elif _FOREIGN.fullmatch(token.text) or _FOREIGN.fullmatch(before.text):
            return  # said where the operator is read
        else:
            left, right = before.text.strip('"'), token.text.strip('"')
            self._fault(
                token.offset,
                "bare-adjacency",
                f"nothing stands between `{before.text[:40]}` and `{token.text[:40]}`",
                f'write "{left[:40]} {right[:40]}" for the phrase, or {before.text[:40]} AND {token.text[:40]}',
            )

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

    def _deeper(self, token: _Token) -> bool:
        if self.depth >= MAX_DEPTH:
            self._fault(
                token.offset, "query-limit", "the query is nested too deeply", f"{MAX_DEPTH} levels at most"
            )
            self.at = len(self.tokens)
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
            if left is not None and right is not None:
                left = NearNode(token.offset, left, right, distance, token.text.startswith("O"))
        return left

    def _distance(self, token: _Token) -> int:
        found = _NEAR.fullmatch(token.text)
        if found is None or found[2] is None:
            self._fault(
                token.offset, "near-distance", f"{token.text} without a distance", f"write {token.text}/8"
            )
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

    def _primary(self) -> QueryNode | None:
        token = self._next()
        if token.kind == "open":
            return self._parenthesis(token)
        if token.kind == "list":
            return _list_node(token.text, token.offset, self.faults)
        if token.kind == "atleast":
            return self._atleast(token)
        if token.kind == "scope":
            return self._scope(token)
        if token.kind == "quoted":
            self._fuzzy(token)
            return _term_node(token.text[1:].rstrip('"“”„'), token.offset + 1, self.faults)
        if token.kind == "word":
            return self._word(token)
        self.at -= 1
        if token.kind in ("end", "close"):
            self._fault(
                token.offset, "query-syntax", "a word is missing here", "write a word, a phrase or a $list"
            )
        else:
            self._fault(
                token.offset,
                "query-syntax",
                f"{token.text} needs a word before it",
                "write a word before it, or remove it",
            )
            self.at += 1
            return self._primary() if self._peek().kind in ("word", "quoted", "list", "open") else None
        return None

    def _fuzzy(self, token: _Token) -> None:
        follow = self._peek()
        if re.fullmatch(r"~[0-9]*", follow.text) and follow.offset == token.offset + len(token.text):
            self._next()
            self._fault(
                follow.offset, "foreign-operator", f"`{follow.text}` is Lucene's distance", "write a NEAR/8 b"
            )

    def _word(self, token: _Token) -> QueryNode | None:
        text = token.text
        if text in ("and", "or", "not"):
            if self.at > 1 or self._peek().kind != "end":
                self._fault(
                    token.offset,
                    "lowercase-operator",
                    f"`{text}` in lower case is a word like any other",
                    f"write {text.upper()} for the operator, or put the phrase in quotes",
                )
        elif _FOREIGN.fullmatch(text):
            self._fault(
                token.offset,
                "foreign-operator",
                f"`{text}` is an operator of another product",
                'here: AND, OR, NOT, NEAR/8 (either order), ONEAR/8 (this order), "phrase"',
            )
            return None
        elif text[0] in "+-" and len(text) > 1 and not text[1].isdigit():
            write = "AND NOT " if text[0] == "-" else "AND "
            self._fault(
                token.offset,
                "foreign-operator",
                f"`{text[0]}` before a word is web search's",
                f"write {write}{text[1:][:40]}",
            )
        return _term_node(text, token.offset, self.faults)

    def _parenthesis(self, token: _Token) -> QueryNode | None:
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

    def _atleast(self, token: _Token) -> QueryNode | None:
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

    def _scope(self, token: _Token) -> QueryNode | None:
        found = _FIRST.fullmatch(token.text)
        first = int(found[1]) if found else 0
        if token.text != "title:" and not first:
            self._fault(
                token.offset,
                "unknown-scope",
                f"there is no scope `{token.text}`",
                "write title:… or first100:…; a text with a colon goes in quotes",
            )
        child = self._primary()
        return ScopeNode(token.offset, first, child) if child is not None else None


def _list_node(text: str, offset: int, faults: list[Fault]) -> ListNode | None:
    if not _LIST.fullmatch(text):
        faults.append(
            Fault(
                offset,
                "query-syntax",
                f"`{text[:40]}` is no name of a list",
                "a list is $name: small letters, digits, underscore",
            )
        )
        return None
    return ListNode(offset, text[1:])


def _term_node(text: str, offset: int, faults: list[Fault]) -> TermNode | None:
    """Fold a word or phrase into parts; ``*`` and ``?`` survive the folding as wildcards."""
    parts: list[Part] = []
    before = len(faults)
    for found in re.finditer(r"\S+", text):
        parts.extend(_parts(found.group(), offset + found.start(), faults))
    if not parts and len(faults) == before:
        faults.append(
            Fault(
                offset,
                "query-empty",
                f"`{text[:40]}` has neither letter nor digit",
                "only words are searched: remove it, or write the words",
            )
        )
    if not parts or len(faults) > before:
        return None
    if len(parts) == 1 and parts[0].text in _ACRONYMS and text.isupper():
        faults.append(
            Fault(
                offset,
                "ambiguous-acronym",
                f"`{text}` also matches the word `{parts[0].text}`, since case is folded",
                _ACRONYMS[parts[0].text],
                warning=True,
            )
        )
    return TermNode(offset, tuple(parts), text)


_ACRONYMS = {
    "us": 'write "United States" OR "U.S." OR Washington',
    "it": "write the words in full",
    "in": "write India",
    "who": "write the words in full",
    "no": "write Norway",
}


def _parts(chunk: str, offset: int, faults: list[Fault]) -> list[Part]:
    """Return a chunk without blanks: usually one word; ``rare-earth`` is two, ``稀土`` two."""
    chunk = chunk.rstrip(",;")
    if "*" in chunk or "?" in chunk:
        return _wild(chunk, offset, faults)
    return [Part("word", word) for word in words_of(fold_term(chunk))]


def _wild(chunk: str, offset: int, faults: list[Fault]) -> list[Part]:
    """Return a chunk with wildcards: the last of its words carries them."""
    body = chunk.rstrip("*")
    stars = len(chunk) - len(body)
    if "*" in body or stars > 1 or not body:
        faults.append(
            Fault(
                offset,
                "wildcard-place",
                f"`{chunk[:40]}`: `*` stands once, at the end of a word",
                "write the beginning of the word, e.g. licen*, or ? for one letter",
            )
        )
        return []
    if stars and "?" in body:
        faults.append(
            Fault(offset, "wildcard-place", f"`{chunk[:40]}` has both `?` and `*`", "use one of them")
        )
        return []
    if "?" in body:
        return _mask(body, offset, faults)
    words = words_of(fold_term(body))
    if not words or letters(words[-1]) < 3 or not fold_term(body)[-1:].isalnum():
        faults.append(
            Fault(
                offset,
                "short-prefix",
                f"`{chunk[:40]}`: three letters or more before `*`",
                "write more of the word, or list the words with OR",
            )
        )
        return []
    return [*(Part("word", word) for word in words[:-1]), Part("prefix", words[-1])]


def _mask(chunk: str, offset: int, faults: list[Fault]) -> list[Part]:
    pieces = [fold_term(piece) for piece in chunk.split("?")]
    if not pieces[0] or not all(piece == "" or piece.isalnum() for piece in pieces):
        faults.append(
            Fault(
                offset,
                "wildcard-place",
                f"`{chunk[:40]}`: `?` stands for one letter inside one word",
                "begin with a letter, e.g. alumin?um; leave out a question mark that is meant as such",
            )
        )
        return []
    return [Part("mask", "?".join(pieces))]


def letters(word: str) -> int:
    """How much a word says: a Hangul syllable counts as two letters."""
    return sum(2 if "\uac00" <= char <= "\ud7a3" else 1 for char in word)


def _check(node: QueryNode, faults: list[Fault]) -> None:
    if _negative(node):
        faults.append(
            Fault(
                _negative_at(node),
                "negative-query",
                "this only says what must not be there, so nearly every text matches",
                "say what must be there too: a AND NOT b; to exclude, use a selection and `not` in the condition",
            )
        )
    _check_near(node, faults)


def _negative(node: QueryNode) -> bool:
    if isinstance(node, NotNode):
        return True
    if isinstance(node, GroupNode):
        return (all if node.operator == "AND" else any)(_negative(child) for child in node.children)
    return isinstance(node, (ScopeNode, AtLeastNode)) and _negative(node.child)


def _negative_at(node: QueryNode) -> int:
    if isinstance(node, GroupNode):
        return next(_negative_at(child) for child in node.children if _negative(child))
    return _negative_at(node.child) if isinstance(node, (ScopeNode, AtLeastNode)) else node.offset


def _check_near(node: QueryNode, faults: list[Fault], inside: str = "") -> None:
    """Only what has a position may be counted or near: words, lists, OR and NEAR of them."""
    if inside and isinstance(node, NotNode):
        faults.append(
            Fault(node.offset, "not-inside-near", f"NOT inside {inside}", f"write (a {inside} b) AND NOT c")
        )
    elif inside and (
        isinstance(node, (AtLeastNode, ScopeNode)) or (isinstance(node, GroupNode) and node.operator == "AND")
    ):
        what = "AND" if isinstance(node, GroupNode) else "a scope or atleastN"
        faults.append(
            Fault(
                node.offset,
                "near-operand",
                f"{what} inside {inside} has no position",
                f"write it outside: (a {inside} b) AND (a {inside} c)",
            )
        )
    if isinstance(node, GroupNode):
        for child in node.children:
            _check_near(child, faults, inside)
    elif isinstance(node, NearNode):
        word = f"{'O' if node.ordered else ''}NEAR/{node.distance}"
        _check_near(node.left, faults, word)
        _check_near(node.right, faults, word)
    elif isinstance(node, (NotNode, ScopeNode)):
        _check_near(node.child, faults, inside)
    elif isinstance(node, AtLeastNode):
        _check_near(node.child, faults, "atleastN")
