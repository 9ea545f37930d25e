"""Evidence: the words that an answer stands on, as spans of the text as published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from alerts.core.measure import Evidence, EvidenceField
from alerts.recognise.page import Page
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence

Role = Literal["issuer", "target", "kind", "commodity", "status", "date", "hs", "entity", "rule"]


def from_hit(role: Role, sentence: Sentence, hit: Hit) -> Evidence:
    """Evidence of a gazetteer word, widened to whole words."""
    page = sentence.page
    start, end = page.span(*page.whole_words(hit.start, hit.end))
    return Evidence(role=role, field=page.field, start=start, end=end, text=page.original[start:end])


def from_span(role: Role, page: Page, start: int, end: int) -> Evidence:
    """Evidence of a span of the original."""
    field: EvidenceField = page.field
    return Evidence(role=role, field=field, start=start, end=end, text=page.original[start:end])


def unique(found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Keep the first of equal pieces of evidence, in order."""
    return tuple(dict.fromkeys(found))
