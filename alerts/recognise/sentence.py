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

_STOP = re.compile(r"[.!?\n。！？；।|•–—]")
_CLOSING = "\"'”’»)]"
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


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(str(table("languages")["abbreviations"]).split())


def _is_abbreviation(text: str, at: int) -> bool:
    match = _LAST_WORD.search(text, max(0, at - 12), at)
    word = match.group().lower() if match else ""
    return word in _abbreviations() or (len(word) == 1 and word.isalpha())


def _wraps(text: str, at: int, begins: int) -> bool:
    """Tell whether a line break only wraps a line of a hard-wrapped text."""
    line = at - text.rfind("\n", 0, at) - 1
    following = text.find("\n", begins)
    follows = (following if following >= 0 else len(text)) - begins
    return 45 <= line <= 82 and follows <= 82 and begins == at + 1 and text[at - 1] not in '.!?:;"”'


def _ends_here(text: str, at: int) -> bool:
    """Tell whether the stop character at an offset ends a sentence."""
    char = text[at]
    if char in "。！？；।|•":
        return True
    follow = at + 1
    if char in "–—":
        return (
            text[at - 1 : at] == " "
            and text[follow : follow + 1] == " "
            and text[follow + 1 : follow + 2].isupper()
        )
    while char != "\n" and text[follow : follow + 1] and text[follow] in _CLOSING:
        follow += 1
    begins = follow
    while text[begins : begins + 1].isspace():
        begins += 1
    if begins == len(text):
        return True
    if (begins == follow and char != "\n") or "a" <= text[begins] <= "z":
        return False
    if char == "\n":
        return not _wraps(text, at, begins)
    return char != "." or not _is_abbreviation(text, at)


def boundaries(text: str) -> list[int]:
    """Offsets where a sentence ends (exclusive), the last being the length."""
    ends = [match.end() for match in _STOP.finditer(text) if _ends_here(text, match.start())]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return ends


def sentences(scan: Scan) -> list[Sentence]:
    """Group the hits of a scan; sentences without hits are left out (their order counts)."""
    if not scan.hits:
        return []
    page = scan.page
    found: list[Sentence] = []
    ends = boundaries(page.plain)
    starts = [0, *ends[:-1]]
    limits = [page.scanned_at(end) for end in ends]
    index, last = 0, len(ends) - 1
    current: Sentence | None = None
    for hit in scan.hits:
        while index < last and hit.start >= limits[index]:
            index += 1
            current = None
        if current is None:
            current = Sentence(page, page.field, index, starts[index], ends[index], [], scan.lang)
            found.append(current)
        current.hits.append(hit)
    return found
