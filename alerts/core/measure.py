"""A measure: who restricts (or frees, or pays) what towards whom, how, since when.

Every field that the recogniser fills stands on :class:`Evidence`: the words of the text,
with offsets into the title or the body as published.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from alerts.core.frozen import Frozen
from alerts.core.taxonomy import MeasureKind, Status

EVERYONE = "*"
"""The target of a measure that names no target: it holds towards everyone."""

EvidenceField = Literal["title", "text"]


class Evidence(Frozen):
    """The words that an answer stands on: ``text == event.<field>[start:end]``."""

    role: Literal["issuer", "target", "kind", "commodity", "status", "date", "hs", "entity", "rule"]
    field: EvidenceField
    start: int
    end: int
    text: str


class Measure(Frozen):
    """One trade measure as a text reports it.

    ``issuer`` is ISO 3166 alpha-2, ``EU`` or ``WTO``; None where the text does not say.
    ``targets`` holds the same codes or ``*``. ``commodities`` are ids of the taxonomy.
    ``confidence`` (0 to 1) orders measures of one text and says nothing across texts.
    """

    issuer: str | None
    targets: tuple[str, ...] = (EVERYONE,)
    kind: MeasureKind
    commodities: tuple[str, ...] = ()
    status: Status
    effective_date: date | None = None
    hs: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    confidence: float = 1.0
    evidence: tuple[Evidence, ...] = ()


class Recognition(Frozen):
    """What the recogniser says of one text."""

    relevant: bool
    measures: tuple[Measure, ...] = ()
    score: float = 0.0
