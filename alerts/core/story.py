"""A story: the events that report one policy act, so that a buyer is told once.

Two events belong to one story when they report the same policy event (issuer, kind,
commodity within a window) or when their texts are near-duplicates.
"""

from __future__ import annotations

from datetime import datetime

from alerts.core.frozen import Frozen
from alerts.core.taxonomy import Status


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
