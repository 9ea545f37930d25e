"""The sweep lane: what no item sets off.

It looks for what is missing (a silent source, the events of an absence rule) or was given up (dead letters) and makes it an
alert of its own, unless somebody silenced that: then it is told when the silence ends. It forgets what is past its retention. Putting an edited rule book in
force is :mod:`alerts.pipeline.rulebook`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from alerts.core.alert import Alert, AlertType
from alerts.core.correlation import Window
from alerts.core.delivery import Delivery
from alerts.core.rulebook import RuleBook
from alerts.core.silence import Silences
from alerts.engine.rule import RuleStatus
from alerts.pipeline import absence
from alerts.pipeline.muting import silenced
from alerts.pipeline.ports import SourceState, WindowChange
from alerts.pipeline.service_alert import address, exhaustion_of, service_facts, silence_of


class SweepLedger(Protocol):
    """State of the sweep lane."""

    async def source_states(self, ids: Sequence[str]) -> dict[str, SourceState]:
        """Read the states of many sources."""
        ...

    async def silent_sources(self) -> dict[str, str]:
        """Return the sources told of as silent, with the alert that told."""
        ...

    async def note_silence(self, source_id: str, alert_id: str | None) -> None:
        """Note that a source was told of as silent; None: it has spoken again."""
        ...

    async def raise_alert(self, alert: Alert, deliveries: Sequence[Delivery]) -> bool:
        """Store an alert about the service itself, once; whether the deliver lane should look."""
        ...

    async def tell_silence(self, alert: Alert, deliveries: Sequence[Delivery], change: WindowChange) -> bool:
        """Store a silence's alert with its window; False if that has changed since it was read."""
        ...

    async def windows_at(self, keys: Sequence[str]) -> dict[str, Window]:
        """Read correlations' windows; those that nothing was counted in are left out."""
        ...

    async def begin_windows(self, changes: Sequence[WindowChange]) -> bool:
        """Store windows that nothing is told of; False if one has changed since it was read."""
        ...

    async def silences(self) -> Silences:
        """Read every silence that is kept."""
        ...

    async def awaiting_since(self, cutoff: datetime) -> bool:
        """Tell whether an event that was seen since ``cutoff`` still awaits its decision."""
        ...

    async def dead_since(self, cutoff: datetime) -> list[Delivery]:
        """Return the deliveries given up since ``cutoff``, oldest first, a bounded number."""
        ...

    async def expire(self, cutoff: datetime, source_ids: Sequence[str]) -> int:
        """Forget a bounded number of what is older than ``cutoff``."""
        ...


async def forget_old(ledger: SweepLedger, book: RuleBook, retention: timedelta, now: datetime) -> int:
    """Forget what is past the retention; a run takes a bounded bite, the next one goes on."""
    return await ledger.expire(now - retention, sorted(book.sources))


async def watch_sources(ledger: SweepLedger, book: RuleBook, now: datetime) -> list[Alert]:
    """Alert on each source that fell silent or spoke again since the last look."""
    watched = [source for source in book.sources.values() if source.enabled and source.max_staleness]
    states = await ledger.source_states([source.id for source in watched])
    silent, silences = await ledger.silent_sources(), await ledger.silences()
    raised: list[Alert] = []
    for source in watched:
        alert = silence_of(source, states[source.id], silent.get(source.id), now)
        if alert is not None and not silenced(service_facts(alert, source), silences.kept, now):
            await ledger.raise_alert(alert, address(alert, source, book, now))
            await ledger.note_silence(source.id, alert.id if alert.type is AlertType.SOURCE_STALE else None)
            raised.append(alert)
    return raised


async def watch_absences(ledger: SweepLedger, book: RuleBook, now: datetime) -> list[Alert]:
    """Alert on each absence rule whose silence is over its timespan.

    The order matters: a poll commits its events with its success, and an event's decision ends
    the silence. So what is seen as a success and not as awaiting is in the windows.
    """
    watched = absence.watched(book)
    if not watched:
        return []
    states = await ledger.source_states(sorted(book.sources))
    awaited = await ledger.awaiting_since(now - absence.AWAITED)
    known = await ledger.windows_at([rule.window(group).key for rule, group in watched])
    silences = await ledger.silences()
    raised: list[Alert] = []
    for rule, group in watched:
        window = known.get(rule.window(group).key)
        looked = {name: states[name] for name in absence.looked_at(rule, group, book)}
        if window is None:
            await ledger.begin_windows([absence.begin(rule, group, now)])
        elif not awaited and absence.is_silent(rule, window, looked, now):
            if silenced(absence.told_facts(rule, window, book), silences.kept, now):
                continue
            alert, deliveries, change = absence.silence(rule, window, book, now)
            if rule.head.status is not RuleStatus.LIVE:
                await ledger.begin_windows([change])
            elif await ledger.tell_silence(alert, deliveries, change):
                raised.append(alert)
    return raised


async def watch_dead_letters(ledger: SweepLedger, book: RuleBook, now: datetime) -> list[Alert]:
    """Alert on targets whose notices were given up within the hour, once a target and hour."""
    by_target: dict[str, list[Delivery]] = {}
    for delivery in await ledger.dead_since(now.replace(minute=0, second=0, microsecond=0)):
        by_target.setdefault(delivery.target, []).append(delivery)
    raised: list[Alert] = []
    silences = await ledger.silences()
    for target, dead in sorted(by_target.items()):
        alert = exhaustion_of(target, dead, now)
        if silenced(service_facts(alert, None), silences.kept, now):
            continue
        if await ledger.raise_alert(alert, address(alert, None, book, now)):
            raised.append(alert)
    return raised
