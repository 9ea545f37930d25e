"""A lane: its name, and the bounds of one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Lane(StrEnum):
    """The lanes; also the names of their Celery queues and tasks."""

    POLL = "poll"
    DECIDE = "decide"
    DELIVER = "deliver"
    SWEEP = "sweep"


Clock = Callable[[], datetime]
"""Gives the present time, aware UTC."""

Nudge = Callable[[Lane], None]
"""Tells a lane to look now; may be lost without harm."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a run goes on while work is due, and how long a claim is good for.

    A run ends within ``run`` and the longest single piece of work; ``lease`` is longer than
    that, so that only a dead worker's claims run out.
    """

    run: timedelta
    lease: timedelta
    in_flight: int = 32
    batch: int = 50
