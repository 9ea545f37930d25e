"""Whether anything keeps a match from being told at all: silences. Pure.

Nothing is told and nothing is noted as told, so that the first report after the end opens the
alert; the decision is on record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alerts.core.matcher import Facts
from alerts.core.reasons import DecisionReason
from alerts.core.silence import Silence


@dataclass(frozen=True, slots=True)
class Muted:
    """Why a match is not told, in words; ``alert_id`` is the alert that keeps it from being, if one does."""

    reason: DecisionReason
    detail: str
    alert_id: str | None = None


def silenced(facts: Facts, silences: Iterable[Silence], now: datetime) -> Muted | None:
    """Ask whether a silence holds; of several the one that lasts longest is named."""
    holding = [silence for silence in silences if silence.holds(facts, now)]
    if not holding:
        return None
    last = max(holding, key=lambda silence: silence.ends)
    detail = f"by {last.id} of {last.author} until {last.ends:%Y-%m-%d %H:%M:%S} UTC: {last.comment}"
    return Muted(DecisionReason.SILENCED, detail)
