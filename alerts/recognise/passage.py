"""Passages: the parts of a page that are read.

News stands at the beginning: of a long text its lead is read, and behind that only what stands
around a fixed phrase for a measure ("export ban"). So the time for a text grows little with its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alerts.recognise.lexicon import bytewise, other_phrases, phrases
from alerts.recognise.page import Page

Passage = tuple[int, int]
"""Start and end on the scanned page."""

_LEAD = 2_400
"""Bytes of UTF-8: some twenty sentences in any script."""
_AROUND = 300
"""Characters on each side of a phrase at most: its sentence and what is beside it."""
_MOST = 12
"""Passages behind the lead: one that repeats a phrase for pages says nothing new."""

_FIRST_BYTES = bytes(0 if 0x80 <= byte < 0xC0 else 1 for byte in range(256))
"""Marks the first byte of each character of UTF-8."""


def passages(page: Page, lang: str) -> list[Passage]:
    """List the passages that are read, in order, none touching the next."""
    scanned = page.scanned
    lead = _lead(scanned)
    found = [(0, lead)]
    for at in _phrases(scanned, lead, lang) if lead < len(scanned) else ():
        start, end = _around(scanned, lead, at)
        if start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif len(found) > _MOST:
            break
        else:
            found.append((start, end))
    return found


def _lead(scanned: str) -> int:
    if len(scanned) <= _LEAD // 4:
        return len(scanned)
    inside = len(scanned.encode(errors="surrogatepass")[:_LEAD].decode(errors="ignore"))
    return _stop(scanned, inside)


def _stop(scanned: str, at: int) -> int:
    """Find the next end of a sentence or clause (two blanks where there was punctuation), if it is near."""
    stop = scanned.find("  ", at, at + _AROUND)
    return stop + 1 if stop >= 0 else min(at + _AROUND, len(scanned))


def _around(scanned: str, lead: int, at: int) -> Passage:
    begins = max(lead, at - _AROUND)
    stop = scanned.find("  ", begins, at)
    return stop + 1 if stop >= 0 else begins, _stop(scanned, at + _AROUND // 2)


def _phrases(scanned: str, lead: int, lang: str) -> Iterator[int]:
    """Find where the phrases behind the lead end."""
    spaced = (last for last, _ in phrases(lang).iter(scanned, lead))
    if scanned.isascii():
        return spaced
    others = (last for last, _ in in_other_scripts(other_phrases(), scanned, lead, len(scanned)))
    return iter(sorted((*spaced, *others)))


def in_other_scripts(automaton: Any, scanned: str, start: int, end: int) -> Iterator[tuple[int, Any]]:
    """Find terms that are not in Latin letters, as an automaton gives them: last character, value."""
    encoded = scanned[start:end].encode(errors="surrogatepass")
    firsts = encoded.translate(_FIRST_BYTES)
    done, last = 0, start - 1
    for at, value in automaton.iter(bytewise(encoded)):
        last += firsts.count(1, done, at + 1)
        done = at + 1
        yield last, value
