"""Sentences: a page's hits grouped by the sentence that they stand in.

Hard line breaks inside a sentence do not end it (the next line starts in lower case);
headings, list items and table cells do. Offsets of boundaries are of the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from alerts.core.measure import EvidenceField
from alerts.recognise.page import Page
from alerts.recognise.scan import Hit, Scan
from alerts.recognise.tables import table

_END = re.compile(
    r"[。！？；।]|[.!?…](?=[\"'”’»)\]]{0,2}\s+[^a-z\s])|[.!?](?=\n)"
    r"|\n\s*(?=[^a-z\s])|[|•]|(?<=\S) [–—] (?=[A-Z])"
)
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
    background: list[tuple[int, int]] | None = None


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(str(table("languages")["abbreviations"]).split())


def _is_abbreviation(text: str, at: int) -> bool:
    match = _LAST_WORD.search(text, max(0, at - 12), at)
    word = match.group().lower() if match else ""
    return word in _abbreviations() or (len(word) == 1 and word.isalpha())


def boundaries(text: str) -> list[int]:
    """Offsets where a sentence ends (exclusive), the last being the length."""
    ends = [
        match.end()
        for match in _END.finditer(text)
        if not (match.group() == "." and _is_abbreviation(text, match.start()))
    ]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return ends


def sentences(scan: Scan) -> list[Sentence]:
    """Group the hits of a scan; sentences without hits are left out (their order counts)."""
    page = scan.page
    found: list[Sentence] = []
    ends = boundaries(page.plain)
    starts = [0, *ends[:-1]]
    index = 0
    current: Sentence | None = None
    for hit in scan.hits:
        at = page.at(hit.start)
        while index < len(ends) - 1 and at >= ends[index]:
            index += 1
            current = None
        if current is None:
            current = Sentence(page, page.field, index, starts[index], ends[index], [])
            found.append(current)
        current.hits.append(hit)
    return found
