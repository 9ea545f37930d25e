"""An event as rules look at it: its measures, its texts, the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts.core.event import Event
from alerts.core.measure import Measure
from alerts.engine.annotations import event_names
from alerts.engine.tokens import EventTexts, TextView


class EventView:
    """Everything that a rule may ask; texts are folded and cut into words once, when asked for."""

    __slots__ = ("_names", "event", "measures", "now", "texts")

    def __init__(self, event: Event, measures: Sequence[Measure], now: datetime) -> None:
        self.event = event
        self.measures = tuple(measures)
        self.now = now
        self.texts = EventTexts(event)
        self._names: dict[str, Any] | None = None

    @property
    def names(self) -> dict[str, Any]:
        """Return what templates see of the event."""
        if self._names is None:
            self._names = event_names(self.event)
        return self._names

    def text(self, field: str) -> TextView:
        """Return the view of ``title``, ``text`` (title and body) or ``text_added``."""
        if field == "title":
            return self.texts.title
        return self.texts.text if field == "text" else self.texts.text_added
