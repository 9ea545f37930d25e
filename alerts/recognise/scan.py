"""One pass over a page: every gazetteer word in it, the longer meaning before the shorter.

A hit of one tag that lies inside a longer hit of the same tag is dropped ("rare earth" in
"rare earth magnets"), and whatever lies inside a mask or the name of an agency or company
says nothing of its own ("Export Control Joint Unit" is no export control).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from alerts.recognise.lexicon import Tag, automaton
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


def _raw_hits(scanned: str, lang: str) -> list[Hit]:
    hits: list[Hit] = []
    for last, entries in automaton(lang).iter(scanned):
        for length, lead, term, rest in entries:
            start = last + 1 - length
            end = last + 1
            if rest is not None:
                match = rest.match(scanned, start)
                if match is None:
                    continue
                end = match.end()
            if scanned[end - 1] == " ":
                end -= 1
            hits.append(Hit(start + lead, end, term.tag, term.value, term.how))
    return hits


def _covers(hits: list[Hit]) -> list[tuple[int, int]]:
    spans = [
        (hit.start, hit.end)
        for hit in hits
        if hit.tag in ("mask", "agency") or (hit.tag == "entity" and hit.how == "mask")
    ]
    spans.sort(key=lambda span: (span[0], -span[1]))
    merged: list[tuple[int, int]] = []
    for span in spans:
        if not merged or span[0] >= merged[-1][1]:
            merged.append(span)
    return merged


def _inside(hit: Hit, spans: list[tuple[int, int]]) -> bool:
    return any(start <= hit.start and hit.end <= end for start, end in spans)


def _kept(hits: list[Hit]) -> list[Hit]:
    covers = _covers(hits)
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    reach: dict[str, int] = {}
    kept: list[Hit] = []
    for hit in hits:
        group = hit.tag if hit.tag in ("commodity", "place", "agency", "entity") else f"{hit.tag}:{hit.value}"
        before = reach.get(group, -1)
        if hit.end <= before or (hit.tag == "commodity" and hit.start < before):
            continue
        if covers and hit.tag not in ("mask", "agency", "entity", "noise") and _inside(hit, covers):
            continue
        reach[group] = hit.end
        kept.append(hit)
    return kept


def scan(page: Page, lang: str) -> Scan:
    """Find every gazetteer word of the page."""
    return Scan(page, tuple(_kept(_raw_hits(page.scanned, lang))))
