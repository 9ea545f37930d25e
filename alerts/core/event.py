"""An event: one revision of one entry of one source, normalised and admitted."""

from __future__ import annotations

from datetime import datetime

from alerts.core.frozen import Frozen
from alerts.core.source import Tier


class SourceRef(Frozen):
    """What an event keeps of its source, so that it can be understood without it."""

    id: str
    publisher: str
    tier: Tier
    country: str | None = None


class Event(Frozen):
    """A normalised item. Its id is a hash of source, entry key and revision.

    ``text_added`` is what this revision added to the one before (the whole text of a first
    revision). ``backlog`` marks what a new source brought with it: recorded, never alerted.
    Times are aware UTC; ``published`` is the publisher's word and may be missing. ``value``
    and ``change_pct`` are set where the entry is a point of a data series.
    """

    id: str
    source: SourceRef
    key: str
    revision: int
    title: str
    text: str
    text_added: str
    url: str | None
    lang: str | None
    published: datetime | None
    seen: datetime
    backlog: bool = False
    value: float | None = None
    change_pct: float | None = None
