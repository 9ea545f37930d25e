"""A text query cut into tokens: words, phrases, lists, operators, each with its offset."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alerts.engine.query_foreign import NEAR
from alerts.engine.query_tree import Fault

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


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; ``kind`` is the operator, or a group of the lexer, or ``end``."""

    kind: str
    text: str
    offset: int

    @property
    def signed(self) -> bool:
        """Whether a word carries web search's sign before it."""
        text = self.text
        return self.kind == "word" and text[0] in "+-!" and len(text) > 1 and not text[1].isdigit()


def lex(source: str, faults: list[Fault]) -> list[Token]:
    """Cut a query; a phrase that is never closed goes to its end, and is a fault."""
    tokens = []
    for found in _LEXER.finditer(source):
        kind, text, offset = found.lastgroup or "", found.group(), found.start()
        if kind == "unclosed":
            message = "this quotation mark is never closed"
            faults.append(Fault(offset, "query-syntax", message, 'close the phrase with `"`'))
            kind = "quoted"
        if kind != "space":
            tokens.append(Token(_operator(text) if kind == "word" else kind, text, offset))
    return tokens


def _operator(word: str) -> str:
    if word in ("AND", "OR", "NOT"):
        return word
    return "near" if NEAR.fullmatch(word) else "word"
