"""Evidence: the words that an answer stands on, as spans of the text as published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from alerts.core.measure import Evidence
from alerts.recognise.page import Page
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence

Role = Literal["issuer", "target", "kind", "commodity", "status", "date", "hs", "entity", "rule"]


Piece = tuple[Role, Sentence, Hit]


def from_hits(pieces: Iterable[Piece]) -> list[Evidence]:
    """Evidence of gazetteer words, each widened to whole words; the first of equal ones, in order."""
    places = dict.fromkeys(
        (role, sentence.page, sentence.page.whole_words(hit.start, hit.end)) for role, sentence, hit in pieces
    )
    return [from_span(role, page, *page.span(*place)) for role, page, place in places]


def from_span(role: Role, page: Page, start: int, end: int) -> Evidence:
    """Evidence of a span of the original."""
    return Evidence(role=role, field=page.field, start=start, end=end, text=page.original[start:end])
