"""The witness: it is told of all that the lanes do, and tells those who watch.

By itself it writes the log. Where a collector of traces is named it is a
:class:`alerts.observe.trace.TracingWitness`, which makes spans as well; where none is, nothing of
OpenTelemetry is imported and nothing is spent on it.
"""

from __future__ import annotations

import contextlib
import importlib.util
from contextlib import AbstractContextManager
from dataclasses import dataclass

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery
from alerts.core.errors import SettingsError
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


def check_otel(otlp_endpoint: str) -> None:
    """Raise :class:`SettingsError` if traces are wanted and the extra is not installed."""
    if otlp_endpoint and importlib.util.find_spec("opentelemetry") is None:
        raise SettingsError(
            "EXPORTWATCH_OTLP_ENDPOINT is set, and OpenTelemetry is not installed",
            remedy="pip install 'exportwatch[otel]', or unset it",
        )


def make_witness(otlp_endpoint: str) -> Witness:
    """Return the witness that the settings ask for. Call it after a fork: exporters have threads."""
    if not otlp_endpoint:
        return Witness()
    from alerts.observe.trace import TracingWitness, export_to  # noqa: PLC0415 - an extra

    return TracingWitness(export_to(otlp_endpoint))
