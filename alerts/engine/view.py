"""An event as rules look at it: its measures, its texts, the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts.core.event import Event
from alerts.core.measure import Measure
from alerts.engine.annotations import event_names, measure_names
from alerts.engine.tokens import EventTexts, TextView


class EventView:
    """Everything that a rule may ask; texts are folded and cut into words once, when asked for."""

    __slots__ = ("_event_names", "_measure_names", "event", "measures", "now", "texts")

    def __init__(self, event: Event, measures: Sequence[Measure], now: datetime) -> None:
        self.event = event
        self.measures = tuple(measures)
        self.now = now
        self.texts = EventTexts(event)
        self._event_names: dict[str, Any] | None = None
        self._measure_names: dict[int, dict[str, Any]] = {}

    def names(self, rule: dict[str, str], measure: Measure | None) -> dict[str, Any]:
        """Return what a rule's templates see: rule, event, measure."""
        if self._event_names is None:
            self._event_names = event_names(self.event)
        known = self._measure_names.get(id(measure))
        if known is None:
            known = self._measure_names[id(measure)] = measure_names(measure)
        return {"rule": rule, "event": self._event_names, "measure": known}

    def text(self, field: str) -> TextView:
        """Return the view of ``title``, ``text`` (title and body) or ``text_added``."""
        if field == "title":
            return self.texts.title
        return self.texts.text if field == "text" else self.texts.text_added
