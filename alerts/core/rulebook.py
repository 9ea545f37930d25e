"""The rule book: everything under ``rules/``, loaded, checked and compiled as one set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from alerts.core.event import Event
from alerts.core.inhibition import InhibitRule
from alerts.core.interval import TimeInterval
from alerts.core.match import Match
from alerts.core.measure import Measure
from alerts.core.receiver import Receiver
from alerts.core.route import Route
from alerts.core.source import Source


class RuleSet(Protocol):
    """Compiled rules: a pure function from an event and its measures to matches."""

    @property
    def correlations(self) -> Sequence[Any]:
        """The correlation rules (``engine.correlation``), each after those that it rests on."""
        ...

    def __len__(self) -> int:
        """How many rules are evaluated (live and shadow)."""
        ...

    def match(self, event: Event, measures: Sequence[Measure], now: datetime) -> list[Match]:
        """Return every rule that holds; those that an exception takes back carry its reason."""
        ...


@dataclass(frozen=True, slots=True)
class RuleBook:
    """One consistent version of what ops wrote; ``version`` is a hash of the files."""

    version: str
    rules: RuleSet
    sources: Mapping[str, Source]
    receivers: Mapping[str, Receiver]
    route: Route
    intervals: Mapping[str, TimeInterval] = field(default_factory=dict)
    inhibit_rules: tuple[InhibitRule, ...] = ()
