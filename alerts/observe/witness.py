"""The witness: it is told of all that the lanes do, and tells those who watch.

By itself it writes the log. Where a collector of traces is named it is a
:class:`alerts.observe.trace.TracingWitness`, which makes spans as well; where none is, nothing of
OpenTelemetry is imported and nothing is spent on it.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from dataclasses import dataclass

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery
from alerts.core.event import Event
from alerts.observe import tell
from alerts.pipeline.lane import Lane
from alerts.pipeline.ports import Completion, Decision, Polled


@dataclass(slots=True)
class Run:
    """A lane run while it goes on; ``worked`` is set at its end: how many items it dealt with."""

    worked: int = 0


class Witness:
    """Logs what the lanes do."""

    def run(self, lane: Lane) -> AbstractContextManager[Run]:
        """Stand by while a lane runs."""
        return contextlib.nullcontext(Run())

    def polled(self, polled: Polled) -> None:
        """Tell of a poll that was committed."""
        tell.tell_polled(polled)

    def decided(self, decision: Decision) -> None:
        """Tell of a decision that was committed."""
        tell.tell_decided(decision)

    def undecided(self, event: Event, mishap: str) -> None:
        """Tell of an event that set off a bug."""
        tell.tell_undecided(event, mishap)

    def delivered(self, delivery: Delivery, alert: Alert, done: Completion) -> None:
        """Tell of an attempt that was recorded."""
        tell.tell_delivered(delivery, alert, done)
