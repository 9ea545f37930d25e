"""Sentences: a page's hits grouped by the sentence that they stand in.

Hard line breaks inside a sentence do not end it (the next line starts in lower case);
headings, list items and table cells do. Offsets of boundaries are of the original.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from alerts.core.measure import EvidenceField
from alerts.recognise.page import Page
from alerts.recognise.scan import Hit, Scan
from alerts.recognise.tables import table

_CLOSING = "\"'”’»)]"
_STOP = re.compile(
    r"[.!?\n。！？；।|•–—]"
    rf"(?:(?<=[.!?])(?=[{re.escape(_CLOSING)}]*(?:\s+[^\sa-z]|\s*\Z))"  # not before a word in lower case
    r"|(?<=\n)\s*"
    r"|(?<=[。！？；।|•])"
    r"|(?<= [–—])(?= [^\W\d_a-z]))"
)
"""What may end a sentence; a run of blanks with a line break in it is taken as a whole."""
_LAST_WORD = re.compile(r"[\w.]*$")


@dataclass(slots=True)
class Sentence:
    """Hits of one sentence. ``order`` counts from 0 within its field."""

    page: Page
    field: EvidenceField
    order: int
    start: int
    end: int
    hits: list[Hit]
    lang: str = ""
    background: list[tuple[int, int]] | None = None
    _concepts: frozenset[str] | None = None

    def says(self, concept: str) -> bool:
        """Tell whether a word of a concept stands in it."""
        if self._concepts is None:
            self._concepts = frozenset([hit.value for hit in self.hits if hit.tag == "concept"])
        return concept in self._concepts


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(str(table("languages")["abbreviations"]).split())


def _is_abbreviation(text: str, at: int, known: frozenset[str]) -> bool:
    word = text[max(0, at - 12) : at].rpartition(" ")[2]
    if not word.isalnum():
        match = _LAST_WORD.search(text, max(0, at - 12), at)
        word = match.group() if match else ""
    word = word.lower()
    return word in known or (len(word) == 1 and word.isalpha())


def _wraps(text: str, at: int) -> bool:
    """Tell whether a line break with text right behind it only wraps a line of a hard-wrapped text."""
    line = at - text.rfind("\n", 0, at) - 1
    following = text.find("\n", at + 1)
    follows = (following if following >= 0 else len(text)) - at - 1
    return 45 <= line <= 82 and follows <= 82 and text[at - 1] not in '.!?:;"”'


def _line_ends(text: str, at: int, begins: int) -> list[int]:
    """Offsets behind those line breaks of a run of blanks that end a sentence."""
    if begins < len(text) and "a" <= text[begins] <= "z":
        return []
    ends = [at + 1]
    while (at := text.find("\n", at + 1, begins)) >= 0:
        ends.append(at + 1)
    if ends[-1] == begins < len(text) and _wraps(text, begins - 1):
        ends.pop()
    return ends


def boundaries(text: str, begin: int, end: int) -> list[int]:
    """Offsets where a sentence of a part ends (exclusive), the last being its end; linear in its length."""
    ends: list[int] = []
    known = _abbreviations()
    last = len(text.rstrip().rstrip(_CLOSING))
    for stop in _STOP.finditer(text, begin, end):
        at, behind = stop.span()
        char = text[at]
        if char == ".":
            if behind == last or not _is_abbreviation(text, at, known):
                ends.append(behind)
        elif char == "\n":
            ends += _line_ends(text, at, behind)
        elif char not in "–—" or text[at + 2].isupper():
            ends.append(behind)
    if not ends or ends[-1] < end:
        ends.append(end)
    return ends


def sentences(scan: Scan) -> list[Sentence]:
    """Group the hits of a scan; sentences without hits are left out (their order counts)."""
    if not scan.hits:
        return []
    page = scan.page
    found: list[Sentence] = []
    starts, ends = _parts(scan)
    limits = page.scanned_at(ends)
    limits[-1] = len(page.scanned)
    order, limit = -1, 0
    hits: list[Hit] = []
    for hit in scan.hits:
        if hit.start >= limit:
            order = bisect_right(limits, hit.start, order + 1)
            limit = limits[order]
            hits = []
            found.append(Sentence(page, page.field, order, starts[order], ends[order], hits, scan.lang))
        hits.append(hit)
    return found


def _parts(scan: Scan) -> tuple[list[int], list[int]]:
    """Cut the passages that were read: where each sentence starts and ends."""
    page = scan.page
    starts: list[int] = []
    ends: list[int] = []
    for first, last in scan.passages:
        begin = page.at(first)
        found = boundaries(page.plain, begin, page.at(last))
        starts += [begin, *found[:-1]]
        ends += found
    return starts, ends
