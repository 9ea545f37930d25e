"""One pass over a page: every gazetteer word that is read in it, the longer meaning before the shorter.

:func:`find` lists all words that stand there, in the order of the automaton; :func:`sift` makes them
hits in order of place. A hit of one tag that lies inside a longer hit of the same tag is
dropped ("rare earth" in "rare earth magnets"), and whatever lies inside a mask or the name of an
agency or company says nothing of its own ("Export Control Joint Unit" is no export control).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from alerts.recognise.codes import CITING
from alerts.recognise.lexicon import Entry, Tag, automaton, other_scripts
from alerts.recognise.page import Page
from alerts.recognise.passage import Passage, behind, in_other_scripts, lead


class Hit(NamedTuple):
    """A gazetteer word found at ``start:end`` of the scanned page."""

    start: int
    end: int
    tag: Tag
    value: str
    how: str


Word = tuple[int, int, int, Entry]
"""Start, minus end (so that the longer sorts first), a number that settles ties, the term."""


@dataclass(frozen=True, slots=True)
class Finds:
    """The gazetteer words of those passages of a page that are read (see :mod:`alerts.recognise.passage`)."""

    page: Page
    passages: list[Passage]
    words: list[Word]

    @property
    def cites(self) -> bool:
        """Whether a word stands there that an HS code may follow."""
        return any(entry[8] == CITING for _, _, _, entry in self.words)


@dataclass(frozen=True, slots=True)
class Scan:
    """A page with its hits in order of place, and the passages that were read."""

    page: Page
    passages: list[Passage]
    hits: list[Hit]
    lang: str


def find(page: Page, lang: str) -> Finds:
    """Find every gazetteer word of the page's passages."""
    words: list[Word] = []
    read = [lead(page)]
    _read(page, lang, read[0], words)
    if read[0][1] < len(page.scanned):
        named = {entry[8] for _, _, _, entry in words}
        for passage in behind(page, lang, read[0][1], named):
            read.append(passage)
            _read(page, lang, passage, words)
    return Finds(page, read, words)


def _read(page: Page, lang: str, passage: Passage, words: list[Word]) -> None:
    scanned = page.scanned
    _collect(automaton(lang).iter(scanned, *passage), scanned, words)
    if not scanned.isascii():
        _collect(in_other_scripts(other_scripts(), scanned, *passage), scanned, words)


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


def sift(finds: Finds, lang: str) -> Scan:
    """Keep the words that say something of their own, in order of place."""
    return Scan(finds.page, finds.passages, _kept(sorted(finds.words)), lang)
