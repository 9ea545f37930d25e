"""Two operands with nothing between them: what to write, by what seems to be meant. Pure."""

from __future__ import annotations

import re

from alerts.core.errors import Mend
from alerts.engine.findings import Remedy
from alerts.engine.query_foreign import FOREIGN, NEAR, TRANSLATED
from alerts.engine.query_tokens import Token
from alerts.engine.query_tree import Fault

LOWER = ("and", "or", "not")
"""Operators as many people write them; here they are words."""


def adjacency(before: Token, token: Token) -> Fault | None:
    """Say what is wrong where a token follows another; None where it is said at one of the two."""
    if token.kind == "NOT":
        return Fault(token.offset, "bare-adjacency", "NOT needs an operator before it", "write AND NOT")
    if before.text.casefold() in LOWER or before.text in TRANSLATED or token.signed:
        return None
    if called := re.fullmatch(r"(atleast|first)[0-9]+", before.text):
        return _uncalled(before, called[1], token)
    if fault := _operator_meant(token):
        return fault
    if FOREIGN.fullmatch(token.text) or FOREIGN.fullmatch(before.text):
        return None
    return _bare(token, before.text[:40], token.text[:40])


def _operator_meant(token: Token) -> Fault | None:
    """Say so where the second is an operator in another language or in lower case."""
    if token.text in TRANSLATED:
        write = TRANSLATED[token.text]
        remedy = Remedy.certain(f"write {write}", Mend(token.text, write))
        return Fault(token.offset, "foreign-operator", f"operators are English: `{token.text}`", remedy)
    if token.text.casefold() in LOWER or NEAR.fullmatch(token.text.upper()):
        return lower_case(token)
    return None


def lower_case(token: Token) -> Fault:
    """Say that an operator in lower case is none."""
    message = f"`{token.text}` in lower case is a word like any other"
    text = f"write {token.text.upper()} for the operator, or put the phrase in quotes"
    remedy = Remedy.certain(text, Mend(token.text, token.text.upper()))
    return Fault(token.offset, "lowercase-operator", message, remedy)


def _uncalled(before: Token, name: str, token: Token) -> Fault:
    operand = "…" if token.kind == "open" else token.text[:40]
    write = f"{before.text}({operand})" if name == "atleast" else f"{before.text}:({operand})"
    message = f"`{before.text}` is not joined to its words"
    return Fault(before.offset, "query-syntax", message, f"write {write}")


def _bare(token: Token, one: str, other: str) -> Fault:
    phrase = " ".join(text.strip('"') for text in (one, other))
    message = f"nothing stands between `{one}` and `{other}`"
    remedy = f'write "{phrase}" for the phrase, or {one} AND {other}'
    return Fault(token.offset, "bare-adjacency", message, remedy)
