"""Following the service from outside: what is new in its ledger since the last look.

The ledger is another process's and cannot call us, so it is read again and again; each
event, decision and delivery is reported once, in the order in which the service made them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.errors import LedgerUnavailable
from alerts.core.event import Event
from alerts.ledger.records import Records
from alerts.pipeline.ports import DecisionRecord

LIMIT = 500
"""Newest rows looked at; the demonstration has ten items."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An item became an event."""

    event: Event


@dataclass(frozen=True, slots=True)
class Judged:
    """An event was recognised and decided."""

    event: Event
    record: DecisionRecord
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivery was made, or given up."""

    delivery: Delivery
    alert: Alert | None


Step = Seen | Judged | Settled


@dataclass(slots=True)
class Follower:
    """Remembers what it has told; ``look`` returns the rest."""

    records: Records
    _events: dict[str, Event] = field(default_factory=dict)
    _judged: set[str] = field(default_factory=set)
    _settled: set[str] = field(default_factory=set)

    @property
    def judged(self) -> int:
        """How many events were decided so far."""
        return len(self._judged)

    async def look(self) -> list[Step]:
        """Return the steps since the last look; none while the ledger is away."""
        try:
            return [*await self._new_events(), *await self._new_decisions(), *await self._new_deliveries()]
        except LedgerUnavailable:
            return []

    async def waiting(self) -> int:
        """How many deliveries still wait for their turn or their next try."""
        return len(await self.records.deliveries(DeliveryState.DUE, LIMIT))

    async def _new_events(self) -> list[Step]:
        steps: list[Step] = []
        for event in reversed(await self.records.events(LIMIT)):
            if event.id not in self._events:
                self._events[event.id] = event
                steps.append(Seen(event))
        return steps

    async def _new_decisions(self) -> list[Step]:
        steps: list[Step] = []
        for event in [event for name, event in self._events.items() if name not in self._judged]:
            record = await self.records.decision(event.id)
            if record is not None:
                self._judged.add(event.id)
                steps.append(Judged(event, record, await self._alerts_of(record)))
        return steps

    async def _alerts_of(self, record: DecisionRecord) -> tuple[Alert, ...]:
        names = dict.fromkeys(decided.get("alert_id") for decided in record.decided)
        found = [await self.records.alert(name) for name in names if name]
        return tuple(alert for alert in found if alert is not None)

    async def _new_deliveries(self) -> list[Step]:
        steps: list[Step] = []
        for state in (DeliveryState.DELIVERED, DeliveryState.DEAD):
            for delivery in reversed(await self.records.deliveries(state, LIMIT)):
                if delivery.id not in self._settled:
                    self._settled.add(delivery.id)
                    steps.append(Settled(delivery, await self.records.alert(delivery.alert_id)))
        return steps
