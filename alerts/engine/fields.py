"""The closed vocabulary of fields: what a detection may look at, and in which way.

A field belongs to the event or to a measure; a selection's measure fields must all hold of
one and the same measure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from alerts.core.event import Event
from alerts.core.measure import EVERYONE, Measure
from alerts.core.places import PLACES
from alerts.core.source import Tier
from alerts.core.taxonomy import COMMODITIES, MeasureKind, Status


class Kind(StrEnum):
    """What a field's values are."""

    PLACE = "place"
    COMMODITY = "commodity"
    WORD = "word"
    HS = "hs"
    NAME = "name"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"


EQUALITY = ("exact", "in_list", "exists")
OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.PLACE: EQUALITY,
    Kind.COMMODITY: EQUALITY,
    Kind.WORD: EQUALITY,
    Kind.HS: ("startswith", *EQUALITY),
    Kind.NAME: ("contains", "startswith", "re", *EQUALITY),
    Kind.DATE: ("before", "after", "within", "gt", "gte", "lt", "lte", "exists"),
    Kind.NUMBER: ("gt", "gte", "lt", "lte", "exists"),
    Kind.TEXT: ("query", "contains", "startswith", "re", "exact", "in_list", "exists"),
}
"""Which modifiers mean something on which kind; ``not`` goes with each."""

MODIFIERS = ("exact", "contains", "startswith", "not", "exists", "gt", "gte", "lt", "lte",
             "before", "after", "within", "in_list", "query", "re")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, what it belongs to, its closed values and how to read it."""

    name: str
    kind: Kind
    of: Literal["event", "measure"]
    values: Callable[[Any], tuple[Any, ...]]
    """All values that an event (or measure) has there; none where it is not known."""
    known: tuple[str, ...] = ()
    help: str = ""


def _one(value: Any) -> tuple[Any, ...]:
    return () if value is None or value == "" else (value,)


def _measure(name: str, kind: Kind, values: Callable[[Measure], tuple[Any, ...]], text: str,
             known: tuple[str, ...] = ()) -> Field:  # fmt: skip
    return Field(name, kind, "measure", values, known, text)


def _event(name: str, kind: Kind, values: Callable[[Event], tuple[Any, ...]], text: str,
           known: tuple[str, ...] = ()) -> Field:  # fmt: skip
    return Field(name, kind, "event", values, known, text)


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        _measure("issuer", Kind.PLACE, lambda m: _one(m.issuer),
                 "who acts: ISO code, EU or WTO", tuple(code for code in PLACES)),
        _measure("target", Kind.PLACE, lambda m: m.targets,
                 'towards whom: ISO code or EU; "*" is a measure towards everyone', (EVERYONE, *PLACES)),
        _measure("commodity", Kind.COMMODITY, lambda m: m.commodities,
                 "which goods; holds for everything below it in the taxonomy", tuple(COMMODITIES)),
        _measure("hs", Kind.HS, lambda m: m.hs, "customs codes; holds for every longer code that begins so"),
        _measure("measure", Kind.WORD, lambda m: (m.kind.value,), "the kind of measure",
                 tuple(kind.value for kind in MeasureKind)),
        _measure("status", Kind.WORD, lambda m: (m.status.value,), "how far the measure has come",
                 tuple(status.value for status in Status)),
        _measure("effective_date", Kind.DATE, lambda m: _one(m.effective_date), "the day it takes effect"),
        _measure("entity", Kind.NAME, lambda m: m.entities, "companies and bodies that the measure names"),
        _event("source.id", Kind.NAME, lambda e: (e.source.id,), "id of the source"),
        _event("source.publisher", Kind.NAME, lambda e: _one(e.source.publisher), "who publishes"),
        _event("source.tier", Kind.WORD, lambda e: (e.source.tier.value,), "how near the source is to it",
               tuple(tier.value for tier in Tier)),
        _event("lang", Kind.NAME, lambda e: _one(e.lang), "language, two letters"),
        _event("title", Kind.TEXT, lambda e: _one(e.title), "the headline"),
        _event("text", Kind.TEXT, lambda e: _one(e.text), "title and body"),
        _event("text_added", Kind.TEXT, lambda e: _one(e.text_added), "what is new in this revision"),
        _event("published", Kind.DATE, lambda e: _one(e.published), "when the publisher says it appeared"),
        _event("value", Kind.NUMBER, lambda e: _one(e.value), "a data series' new value"),
        _event("change_pct", Kind.NUMBER, lambda e: _one(e.change_pct), "its change in percent"),
    )
}  # fmt: skip
