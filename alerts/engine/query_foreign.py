"""What other query languages write, and what is written here for it."""

from __future__ import annotations

import re

from alerts.core.errors import Mend
from alerts.engine.findings import Remedy

NEAR = re.compile(r"(O?NEAR)(?:/(-?[0-9]{1,9}))?")
FOREIGN = re.compile(
    r"(?i)(?:near|onear|adj|w|pre|n|p)/?[0-9]{1,3}|/[nf]?[0-9]{1,3}|adj|near|onear|same|xor|&&?|\|\|?|!|andnot|and\s+not"
)
_SAME = {"&&": "AND", "&": "AND", "||": "OR", "|": "OR"}
"""What other products write for just the same."""
TRANSLATED = {"UND": "AND", "ODER": "OR", "NICHT": "NOT", "ET": "AND", "OU": "OR", "SAUF": "NOT"}
_TITLE = ("headline:", "intitle:", "title:")


def here(word: str) -> Remedy:
    """Return what is written here for another product's operator."""
    near = re.fullmatch(r"(O?NEAR)/?([0-9]{1,3})", word.upper())
    same = f"{near[1]}/{near[2]}" if near else _SAME.get(word)
    if same:
        return Remedy.certain(f"write {same}", Mend(word, same))
    if number := re.search(r"[0-9]+", word):
        return Remedy.certain(
            f"write NEAR/{number[0]} (either order) or ONEAR/{number[0]} (this order)", None
        )
    text = 'here: AND, OR, NOT, NEAR/8 (either order), ONEAR/8 (this order), "phrase"'
    return Remedy.certain(text, None)


def scope_meant(scope: str) -> str:
    """Return what is written here for a scope of another product."""
    if scope in _TITLE:
        return "write title:…"
    if scope in ("text:", "body:"):
        return "leave it out: `text|query` looks at title and body"
    if scope.startswith("atleast"):
        return f"write {scope[:-1]}(…)"
    return "write title:… or first100:…; a text with a colon goes in quotes"
