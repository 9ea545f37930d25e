"""What a parser made of a document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from alerts.core.entry import Entry
from alerts.core.reasons import PollReason


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document holds. A reason that is not ok may come with the entries that are whole."""

    reason: PollReason
    entries: tuple[Entry, ...] = ()
    detail: str = ""
    complaint: str = ""
    wish: timedelta | None = None
