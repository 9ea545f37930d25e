"""Correlation: what a rule asks of several events, and what has been counted towards it.

A :class:`Correlation` is a rule's question. A :class:`Window` is one group's answer so far: its
members are events, each at most once, so that counting an event again changes nothing. It is
bounded in size and in time, and carries a version that rises with every change (compare and
set), as a story does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.core.frozen import Frozen
from alerts.core.ids import make_id


class CorrelationType(StrEnum):
    """What is asked: Sigma's names, and ``absence``."""

    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"
    ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation rule's question.

    ``rules`` and ``sources`` are the base, ``group_by`` names fields (or ``story``), ``least``
    is the count at which it holds: of events, of distinct values of ``field``, or of rules.
    """

    type: CorrelationType
    rules: tuple[str, ...]
    sources: tuple[str, ...]
    group_by: tuple[str, ...]
    timespan: timedelta
    field: str = ""
    least: int = 1

    def key(self, rule_id: str, group: tuple[str, ...]) -> str:
        """Id of a group's window; what was counted otherwise is not taken for it."""
        base = (*self.rules, "|", *self.sources) if self.type is CorrelationType.ABSENCE else ()
        return make_id("win", rule_id, self.type, self.field, "|".join(self.group_by), *base, *group)


class Member(Frozen):
    """An item that counts, whatever its revision; ``values`` is what is counted of it.

    That is the item itself, the values of a field, or the rules that it satisfies.
    """

    item: str
    event_id: str
    at: datetime
    values: tuple[str, ...]
    publisher: str
    title: str


class Told(Frozen):
    """What was told when the correlation held last: by which event, as which alert.

    ``receivers`` are those to whom an absence's silence was told: they hear of its end. ``held`` is
    until when its notice is held for which of them.
    """

    event_id: str
    at: datetime
    alert_id: str | None = None
    receivers: tuple[str, ...] = ()
    held: dict[str, datetime] = {}


class Window(Frozen):
    """What one group of one correlation rule has counted, oldest first.

    ``since`` is when an absence began to be watched, before its first event.
    """

    key: str
    rule_id: str
    group: tuple[str, ...]
    version: int = 0
    members: tuple[Member, ...] = ()
    told: Told | None = None
    since: datetime | None = None

    @property
    def newest(self) -> datetime | None:
        """When the newest member was published; for an absence, or when watching began."""
        return self.members[-1].at if self.members else self.since
