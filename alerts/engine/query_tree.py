"""The nouns of a text query: its tree with the offsets of its words, and its faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
