"""A story: the events that report one policy act, so that a buyer is told once.

Two events belong to one story when they report the same policy event (issuer, kind,
commodity within a window) or when their texts are near-duplicates. What a rule's receivers
were told of it stands in :class:`Told`, so that a material change can be told from a repeat.
"""

from __future__ import annotations

from datetime import date, datetime

from alerts.core.frozen import Frozen
from alerts.core.taxonomy import Status


class Facts(Frozen):
    """What of an act changes in a way that a buyer must hear of. Empty where nothing is known."""

    status: Status | None = None
    effective: tuple[date, ...] = ()
    targets: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    official: bool = False


class Told(Frozen):
    """What a rule's receivers were told of a story last.

    ``at`` is when the revision goes out; before that it is *pending*, and a further change is
    written into it. ``facts`` are those of this revision, ``before`` those of the one before.
    ``held`` is until when the last notice waits in the digests of those receivers that have one.
    The rest is what an update needs that no match of the rule speaks for.
    """

    revision: int
    at: datetime
    facts: Facts
    before: Facts
    receivers: tuple[str, ...]
    held: dict[str, datetime] = {}
    severity: str
    labels: dict[str, str]
    title: str
    owner: str
    description: str
    action: str


class Story(Frozen):
    """One policy act as told so far. ``version`` rises with every change (compare and set)."""

    id: str
    version: int
    title: str
    url: str | None
    issuer: str | None
    kind: str | None
    commodities: tuple[str, ...]
    targets: tuple[str, ...]
    status: Status | None
    official: bool
    first_seen: datetime
    last_seen: datetime
    reports: int
    publishers: tuple[str, ...]
    alerts: dict[str, str] = {}
    """Rule id to the id of the latest alert that this story opened under it."""
    told: dict[str, Told] = {}
    """Rule id to what was told under it."""
    titles: tuple[str, ...] = ()
    """Headlines of its reports, the first few, to hold others against."""
    acts: tuple[str, ...] = ()
    """Numbers of the official documents that it is told of in."""
    entities: tuple[str, ...] = ()
    began: datetime | None = None
    """When its first report was published, as far as that is known."""
    latest: datetime | None = None
    """When its newest report was published, likewise."""
    moved: datetime | None = None
    """When it last brought something new."""
