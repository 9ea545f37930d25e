"""Passages: the parts of a page that are read.

News stands at the beginning: of a long text its lead is read, and behind that only what stands
around a fixed phrase for a measure ("export ban") or before HS codes. So the time for a text grows little with its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from operator import itemgetter
from typing import Any

from alerts.recognise.lexicon import Entry, bytewise, other_phrases, phrases
from alerts.recognise.page import Page

Passage = tuple[int, int]
"""Start and end on the scanned page."""

_LEAD = 1_500
"""Bytes of UTF-8: some twelve sentences in any script."""
_AROUND = 300
"""Characters before a phrase at most, and half of them behind it: its sentence."""
_MOST = 2
"""Passages behind the lead at most."""

_FIRST_BYTES = bytes(0 if 0x80 <= byte < 0xC0 else 1 for byte in range(256))
"""Marks the first byte of each character of UTF-8."""


def lead(page: Page) -> Passage:
    """Return the beginning of a page, which is always read."""
    return 0, _lead(page.scanned)


def behind(page: Page, lang: str, read: int, known: set[str]) -> Iterator[Passage]:
    """Find the passages behind what is ``read`` that a phrase for what is not yet ``known`` opens, in order.

    A kind of measure that the text has named before opens none: what is said of it again is no news.
    """
    scanned, told = page.scanned, 0
    for at, entries in _phrases(scanned, read, lang) if read < len(scanned) else ():
        new = {entry.value for entry in entries if _stands(entry, scanned, at)} - known
        if new and at >= read:
            known |= new
            start, read = _around(scanned, read, at)
            yield start, read
            told += 1
            if told == _MOST:
                break


def _lead(scanned: str) -> int:
    if len(scanned) <= _LEAD // 4:
        return len(scanned)
    inside = len(scanned.encode(errors="surrogatepass")[:_LEAD].decode(errors="ignore"))
    return _stop(scanned, inside)


def _stop(scanned: str, at: int) -> int:
    """Find the next end of a sentence or clause (two blanks where there was punctuation), if it is near."""
    stop = scanned.find("  ", at, at + _AROUND)
    return stop + 1 if stop >= 0 else min(at + _AROUND, len(scanned))


def _around(scanned: str, read: int, at: int) -> Passage:
    begins = max(read, at - _AROUND)
    stop = scanned.find("  ", begins, at)
    return stop + 1 if stop >= 0 else begins, _stop(scanned, at + _AROUND // 2)


def _stands(entry: Entry, scanned: str, last: int) -> bool:
    """Tell whether a term stands there whole: the automaton knows only its literal part."""
    return entry.rest is None or bool(entry.rest.match(scanned, last - entry.back - entry.lead))


def _phrases(scanned: str, start: int, lang: str) -> Iterable[tuple[int, tuple[Entry, ...]]]:
    """Find the phrases from a place on: the last character of each, and what it may mean."""
    spaced: Iterable[tuple[int, tuple[Entry, ...]]] = phrases(lang).iter(scanned, start)
    if scanned.isascii():
        return spaced
    others = in_other_scripts(other_phrases(), scanned, start, len(scanned))
    return merge(spaced, others, key=itemgetter(0))


def in_other_scripts(automaton: Any, scanned: str, start: int, end: int) -> Iterator[tuple[int, Any]]:
    """Find terms that are not in Latin letters, as an automaton gives them: last character, value."""
    encoded = scanned[start:end].encode(errors="surrogatepass")
    firsts = encoded.translate(_FIRST_BYTES)
    done, last = 0, start - 1
    for at, value in automaton.iter(bytewise(encoded)):
        last += firsts.count(1, done, at + 1)
        done = at + 1
        yield last, value
