"""The words of a query: folded, cut, with their wildcards; and everything wrong with them."""

from __future__ import annotations

import re

from alerts.core.text import fold_term
from alerts.engine.query_tree import Fault, ListNode, Part, TermNode
from alerts.engine.tokens import words_of

_LIST = re.compile(r"\$[a-z][a-z0-9_]*")


def list_node(text: str, offset: int, faults: list[Fault]) -> ListNode | None:
    """Read ``$name``."""
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


def term_node(text: str, offset: int, faults: list[Fault]) -> TermNode | None:
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
