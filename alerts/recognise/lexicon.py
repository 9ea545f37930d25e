"""The lexicon: every gazetteer in one automaton a language, built on first use.

A hit's *tag* says what kind of word it is, its *value* which one. Terms of English and of all
scripts but Latin are in every automaton; those of another language in Latin letters only in
that language's own, since "or" is gold in French and nothing in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

import ahocorasick

from alerts.recognise.codes import CITING
from alerts.recognise.tables import table
from alerts.recognise.terms import key

Tag = Literal["commodity", "place", "agency", "entity", "concept", "kind", "status", "noise", "mask"]
LATIN_LANGS = ("de", "es", "fr", "id", "it", "pt", "tr", "vi")


@dataclass(frozen=True, slots=True)
class Term:
    """One meaning of a term. ``how`` refines the tag: a place's name, adjective, capital ..."""

    tag: Tag
    value: str
    how: str = ""


def _by_lang(words: dict[str, list[str]], term: Term) -> Iterator[tuple[str, str, Term]]:
    for lang, names in words.items():
        for name in names:
            yield lang, str(name), term


def _materials() -> Iterator[tuple[str, str, Term]]:
    for commodity, words in table("materials").items():
        names = {lang: found for lang, found in words.items() if lang != "hs"}
        for lang, name, term in _by_lang(names, Term("commodity", commodity)):
            yield lang, name, term
            if lang == "en" and not name.endswith(("*", "s")):
                yield lang, name + "s", term


def _places() -> Iterator[tuple[str, str, Term]]:
    for code, names in table("place_names").items():
        for lang, name in names.items():
            yield "zh" if lang == "zht" else lang, name, Term("place", code, "name")
            if lang in ("hi", "ru") and len(name) > 4:
                yield lang, name + "*", Term("place", code, "name")
    for code, ways in table("places").items():
        for how, words in ways.items():
            yield from _by_lang(words, Term("place", code, how))
    for code, words in table("sites").items():
        yield from _by_lang(words, Term("place", code, "region"))


def _agencies() -> Iterator[tuple[str, str, Term]]:
    for code, ways in table("agencies").items():
        for how, words in ways.items():
            yield from _by_lang(words, Term("agency", code, how))


def _entities() -> Iterator[tuple[str, str, Term]]:
    for entity, facts in table("entities").items():
        how = "mask" if facts.get("mask") else ""
        for name in facts["names"]:
            yield "en", name, Term("entity", entity, how)


def _concepts() -> Iterator[tuple[str, str, Term]]:
    for concept, words in table("concepts").items():
        yield from _by_lang(words, Term("concept", concept))
    for kind, ways in table("kinds").items():
        yield from _by_lang(ways["phrases"], Term("kind", kind))
    for status, words in table("statuses").items():
        yield from _by_lang(words, Term("status", status))
    for group, words in table("noise").items():
        yield from _by_lang(words, Term("mask" if group == "masks" else "noise", group))


def entries() -> Iterator[tuple[str, str, Term]]:
    """Every (language, term as written, meaning) of every gazetteer."""
    yield from _materials()
    yield from _places()
    yield from _agencies()
    yield from _entities()
    yield from _concepts()


class Entry(NamedTuple):
    """A term as the automaton holds it: flat, since it is unpacked for every word of every text.

    A hit starts ``back`` characters before the last one of the literal and ends ``ahead`` of
    it; ``rest`` (if any) must match from ``lead`` before its start, and says where it ends. Hits of one
    ``group`` may hide shorter ones; those that are ``covered`` say nothing inside one that
    ``covers``. What it means is ``tag``, ``value`` and ``how``, as in :class:`Term`.
    """

    back: int
    ahead: int
    lead: int
    rest: re.Pattern[str] | None
    group: str
    covered: bool
    covers: bool
    tag: Tag
    value: str
    how: str


_OWN_GROUP = frozenset({"commodity", "place", "agency", "entity"})
_NEVER_COVERED = frozenset({"mask", "agency", "entity", "noise"})


def _entry(written: str, term: Term) -> tuple[str, Entry]:
    literal, rest = (compiled := key(written)).literal, compiled.rest
    lead = len(literal) - len(literal.lstrip(" "))
    return literal, Entry(
        back=len(literal) - 1 - lead,
        ahead=int(not literal.endswith(" ")),
        lead=lead,
        rest=rest,
        group=term.tag if term.tag in _OWN_GROUP else f"{term.tag}:{term.value}",
        covered=term.tag not in _NEVER_COVERED,
        covers=term.tag in ("mask", "agency") or (term.tag == "entity" and term.how == "mask"),
        tag=term.tag,
        value=term.value,
        how=term.how,
    )


_Compiled = tuple[str, str, Entry, bool]
"""A term's language, literal, entry, and whether it is in Latin letters."""


@cache
def _compiled() -> tuple[_Compiled, ...]:
    """Compile every term once."""
    found = []
    for lang, written, term in entries():
        literal, entry = _entry(written, term)
        found.append((lang, literal, entry, literal.isascii() or max(literal) < "\u0370"))
    return tuple(found)


def _build(keys: dict[str, dict[Entry, None]]) -> Any:
    built = ahocorasick.Automaton()
    for literal, meanings in keys.items():
        built.add_word(literal, tuple(meanings))
    built.make_automaton()
    return built


@cache
def automaton(lang: str) -> Any:
    """Build the automaton of all terms in Latin letters that a language uses."""
    return _spaced(lang, _compiled())


@cache
def phrases(lang: str) -> Any:
    """Build the automaton of what is worth reading on for: fixed phrases for kinds of measure, words before a code."""
    return _spaced(lang, _openers())


def _openers() -> Iterable[_Compiled]:
    return (each for each in _compiled() if each[2].tag == "kind" or each[2].value == CITING)


def _spaced(lang: str, terms: Iterable[_Compiled]) -> Any:
    keys: dict[str, dict[Entry, None]] = {}
    for of, literal, entry, latin in terms:
        if latin and (lang in (of, "any") or of not in LATIN_LANGS):
            keys.setdefault(literal, {})[entry] = None
    return _build(keys)


@cache
def other_scripts() -> Any:
    """Build the automaton of all other scripts, over UTF-8 read byte by byte (see :func:`bytewise`).

    A node's edges are searched one by one: thousands of Han characters at the root would make
    every character slow, while there are few first bytes.
    """
    return _bytes(_compiled())


@cache
def other_phrases() -> Any:
    """Build the automaton of the phrases of other scripts alone."""
    return _bytes(_openers())


def _bytes(terms: Iterable[_Compiled]) -> Any:
    keys: dict[str, dict[Entry, None]] = {}
    for _, literal, entry, latin in terms:
        if not latin:
            keys.setdefault(bytewise(literal.encode()), {})[entry] = None
    return _build(keys)


def bytewise(encoded: bytes) -> str:
    """Write UTF-8 with one character a byte, as the automaton of other scripts has it."""
    return encoded.decode("latin-1")
