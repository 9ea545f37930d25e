"""One pass over a page: every gazetteer word in it, the longer meaning before the shorter.

A hit of one tag that lies inside a longer hit of the same tag is dropped ("rare earth" in
"rare earth magnets"), and whatever lies inside a mask or the name of an agency or company
says nothing of its own ("Export Control Joint Unit" is no export control).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from alerts.recognise.lexicon import Entry, Tag, automaton, other_scripts
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


_Raw = tuple[int, int, int, Entry]
"""Start, minus end (so that the longer sorts first), a number that settles ties, the term."""


def _raw_hits(scanned: str, lang: str) -> list[_Raw]:
    raw: list[_Raw] = []
    _collect(automaton(lang), scanned, raw)
    if not scanned.isascii():
        _collect(other_scripts(), scanned, raw)
    raw.sort()
    return raw


def _collect(machine: Any, scanned: str, raw: list[_Raw]) -> None:
    add = raw.append
    for last, entries in machine.iter(scanned):
        for entry in entries:
            start = last + 1 - entry.length
            end = last + 1
            if entry.rest is not None:
                match = entry.rest.match(scanned, start)
                if match is None:
                    continue
                end = match.end()
            if scanned[end - 1] == " ":
                end -= 1
            add((start + entry.lead, -end, len(raw), entry))


def _kept(raw: list[_Raw]) -> list[Hit]:
    kept: list[Hit] = []
    reach: dict[str, int] = {}
    covered_to = _covered(raw)
    cover = 0
    cover_start, cover_end = covered_to[0] if covered_to else (1 << 60, -1)
    for start, minus_end, _, entry in raw:
        end = -minus_end
        group = entry.group
        before = reach.get(group, -1)
        if end <= before or (start < before and group == "commodity"):
            continue
        while start >= cover_end and cover < len(covered_to) - 1:
            cover += 1
            cover_start, cover_end = covered_to[cover]
        if entry.covered and cover_start <= start and end <= cover_end:
            continue
        reach[group] = end
        term = entry.term
        kept.append(Hit(start, end, term.tag, term.value, term.how))
    return kept


def _covered(raw: list[_Raw]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for start, minus_end, _, entry in raw:
        if entry.covers and (not spans or start >= spans[-1][1]):
            spans.append((start, -minus_end))
    return spans


def scan(page: Page, lang: str) -> Scan:
    """Find every gazetteer word of the page."""
    return Scan(page, tuple(_kept(_raw_hits(page.scanned, lang))), lang)
