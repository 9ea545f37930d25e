"""One pass over a page: every gazetteer word in it, the longer meaning before the shorter.

:func:`find` lists all words that stand there, in the order of the automaton; :func:`sift` makes them
hits in order of place. A hit of one tag that lies inside a longer hit of the same tag is
dropped ("rare earth" in "rare earth magnets"), and whatever lies inside a mask or the name of an
agency or company says nothing of its own ("Export Control Joint Unit" is no export control).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from alerts.recognise.lexicon import Entry, Tag, automaton, bytewise, other_scripts
from alerts.recognise.page import Page


class Hit(NamedTuple):
    """A gazetteer word found at ``start:end`` of the scanned page."""

    start: int
    end: int
    tag: Tag
    value: str
    how: str


@dataclass(frozen=True, slots=True)
class Scan:
    """A page with its hits in order of place."""

    page: Page
    hits: tuple[Hit, ...]
    lang: str


Word = tuple[int, int, int, Entry]
"""Start, minus end (so that the longer sorts first), a number that settles ties, the term."""

_FIRST_BYTES = bytes(0 if 0x80 <= byte < 0xC0 else 1 for byte in range(256))
"""Marks the first byte of each character of UTF-8."""


def find(page: Page, lang: str) -> list[Word]:
    """Find every gazetteer word of the page."""
    words: list[Word] = []
    scanned = page.scanned
    _collect(automaton(lang).iter(scanned), scanned, words)
    if not scanned.isascii():
        _collect(_of_other_scripts(scanned), scanned, words)
    return words


def _of_other_scripts(scanned: str) -> Iterator[tuple[int, tuple[Entry, ...]]]:
    """Find the terms that are not in Latin letters, as the automaton gives them: last character, terms."""
    encoded = scanned.encode(errors="surrogatepass")
    firsts = encoded.translate(_FIRST_BYTES)
    done, last = 0, -1
    for at, entries in other_scripts().iter(bytewise(encoded)):
        last += firsts.count(1, done, at + 1)
        done = at + 1
        yield last, entries


def _collect(found: Iterable[tuple[int, tuple[Entry, ...]]], scanned: str, words: list[Word]) -> None:
    add = words.append
    for last, entries in found:
        for entry in entries:
            start = last - entry[0]
            rest = entry[3]
            if rest is None:
                add((start, -last - entry[1], len(words), entry))
            elif match := rest.match(scanned, start - entry[2]):
                end = match.end()
                add((start, 1 - end if scanned[end - 1] == " " else -end, len(words), entry))


def _kept(words: list[Word]) -> list[Hit]:
    kept: list[Hit] = []
    add, new = kept.append, tuple.__new__
    reach: dict[str, int] = {}
    covers = iter(_covering(words))
    cover_start, cover_end = next(covers, _NEVER)
    for start, minus_end, _, (_, _, _, _, group, covered, _, tag, value, how) in words:
        end = -minus_end
        before = reach.get(group, -1)
        if end <= before or (start < before and group == "commodity"):
            continue
        while start >= cover_end:
            cover_start, cover_end = next(covers, _NEVER)
        if covered and cover_start <= start and end <= cover_end:
            continue
        reach[group] = end
        add(new(Hit, (start, end, tag, value, how)))
    return kept


_NEVER = (1 << 60, 1 << 60)


def _covering(words: list[Word]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    last = -1
    for start, minus_end, _, entry in words:
        if entry[6] and start >= last:
            last = -minus_end
            spans.append((start, last))
    return spans


def sift(page: Page, words: list[Word], lang: str) -> Scan:
    """Keep the words that say something of their own, in order of place."""
    return Scan(page, tuple(_kept(sorted(words))), lang)
