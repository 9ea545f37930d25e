"""A term: how a gazetteer writes the words that it looks for, and how they become a key.

``word`` is a whole word or phrase, ``word*`` a prefix at a word start, ``*word*`` stands
anywhere, ``*, word`` behind a comma, ``a* b*`` stems in a row, ``a * b`` up to three words between. Chinese, Japanese,
Korean and Arabic terms stand anywhere. A key is the literal part that the automaton finds;
what is left is checked by a regular expression without nested quantifiers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from alerts.core.text import fold_term
from alerts.recognise.han import simplified

_NOT_SCANNED = re.compile(r"[^\w% *\u0300-\u036f\u0900-\u097f]")


@dataclass(frozen=True, slots=True)
class Key:
    """``literal`` is looked for; ``rest`` (if any) must match from its start."""

    literal: str
    rest: re.Pattern[str] | None


_GLUED = re.compile("[\u0600-\u06ff\u0e00-\u0e7f\u1100-\u1dff\u2e80-\U0010ffff]")
"""Arabic, Thai, Hangul, kana, Han."""


def is_spaced(term: str) -> bool:
    """Tell whether the term's script writes spaces between words and does not glue to them."""
    return term.isascii() or not _GLUED.search(term)


def scanned_form(term: str) -> str:
    """Write a term as a page is scanned (stars stay)."""
    folded = simplified(fold_term(term))
    return _NOT_SCANNED.sub(" ", folded) if is_spaced(term) else folded


def key(term: str) -> Key:
    """Compile a term of a gazetteer."""
    form = scanned_form(term).strip()
    if not is_spaced(form):
        return Key(re.sub(r"[^\w]", " ", form.replace("*", "")), None)
    anywhere = form.startswith("*")
    body = form.lstrip("*")
    prefix = body.endswith("*")
    body = body[:-1] if prefix else body
    head = "" if anywhere else " "
    tail = "" if prefix else " "
    if "*" not in body:
        return Key(f"{head}{body}{tail}", None)
    literal = head + body[: body.index("*")]
    pattern = re.escape(head + body + tail).replace(r"\ \*\ ", " (?:[^ ]+ ){0,3}").replace(r"\*", "[^ ]*")
    return Key(literal, re.compile(pattern))
