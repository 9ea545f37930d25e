"""Whether traces are made: where no collector is named, nothing of OpenTelemetry is imported."""

from __future__ import annotations

import importlib.util

from alerts.core.errors import SettingsError
from alerts.observe.witness import Witness


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
