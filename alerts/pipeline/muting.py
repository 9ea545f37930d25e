"""What keeps a match from being told at all: silences, and (beside this) inhibitions. Pure.

Nothing is told and nothing is noted as told, so that the first report after the end opens the
alert; the decision is on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from alerts.core.inhibition import Mark
from alerts.core.matcher import Facts
from alerts.core.reasons import DecisionReason
from alerts.core.silence import NO_SILENCES, Silence, Silences


@dataclass(frozen=True, slots=True)
class Muted:
    """Why a match is not told, in words; ``alert_id`` is the alert that keeps it from being, if one does."""

    reason: DecisionReason
    detail: str
    alert_id: str | None = None


@dataclass(slots=True)
class Mutes:
    """What is known of silences, and of inhibitions' marks, as of now."""

    silences: Silences = NO_SILENCES
    marks: dict[str, Mark] = field(default_factory=dict)

    def apply(self, marks: Mapping[str, Mark]) -> None:
        """Take marks in, as the ledger will have them once they are committed."""
        self.marks |= marks


def silenced(facts: Facts, silences: Iterable[Silence], now: datetime) -> Muted | None:
    """Ask whether a silence holds; of several the one that lasts longest is named."""
    holding = [silence for silence in silences if silence.holds(facts, now)]
    if not holding:
        return None
    last = max(holding, key=lambda silence: silence.ends)
    detail = f"by {last.id} of {last.author} until {last.ends:%Y-%m-%d %H:%M:%S} UTC: {last.comment}"
    return Muted(DecisionReason.SILENCED, detail)
