"""The sweep lane: what no item sets off.

It turns the silence of a source into an alert of its own; putting an edited rule book in
force is :mod:`alerts.pipeline.rulebook`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from alerts.core.alert import Alert, AlertType
from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.durations import format_duration
from alerts.core.ids import delivery_id, make_id
from alerts.core.rulebook import RuleBook
from alerts.core.source import Source
from alerts.pipeline.ports import SourceState
from alerts.pipeline.route import route


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
        """Store an alert about the service itself, once."""
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
    silent = await ledger.silent_sources()
    raised: list[Alert] = []
    for source in watched:
        alert = silence_of(source, states[source.id], silent.get(source.id), now)
        if alert is not None:
            await ledger.raise_alert(alert, _deliveries(alert, source, book, now))
            await ledger.note_silence(source.id, alert.id if alert.type is AlertType.SOURCE_STALE else None)
            raised.append(alert)
    return raised


def silence_of(source: Source, state: SourceState, told: str | None, now: datetime) -> Alert | None:
    """Decide whether a source's silence, or its end, is news. Pure.

    A source is silent when it brought nothing new within ``max_staleness``, counted from its
    first poll where it never brought a thing: answering well is not enough (an address or a
    selector that is wrong from the beginning answers well, with nothing, for ever).
    """
    limit = source.max_staleness
    since = state.last_new or state.first_poll
    if limit is None or since is None:
        return None
    if now - since > limit and told is None:
        last = f"last new item {since:%Y-%m-%d %H:%M} UTC" if state.last_new else "nothing new so far"
        summary = (
            f"Nothing new from {source.id} for {format_duration(now - since)} "
            f"(expected within {format_duration(limit)}; {last}). "
            f"Last poll: {state.reason or 'none'}. {state.detail}"
        ).strip()
        action = "Run `exportwatch sources test` for it; look at the publisher's page; mend its URL."
        return _alert(AlertType.SOURCE_STALE, source, since, summary, action, now)
    if now - since <= limit and told is not None:
        summary = f"{source.id} has new items again, since {since:%Y-%m-%d %H:%M} UTC."
        return _alert(AlertType.SOURCE_RECOVERED, source, since, summary, "", now)
    return None


def _alert(
    kind: AlertType, source: Source, since: datetime, summary: str, action: str, now: datetime
) -> Alert:
    title = f"Source {source.id} " + ("is silent" if kind is AlertType.SOURCE_STALE else "speaks again")
    return Alert(
        id=make_id("alr", kind, source.id, since.isoformat()),
        type=kind,
        revision=1,
        at=now,
        severity="high" if kind is AlertType.SOURCE_STALE else "info",
        title=title,
        summary=summary,
        action=action,
        labels={"source": source.id},
    )


def _deliveries(alert: Alert, source: Source, book: RuleBook, now: datetime) -> list[Delivery]:
    facts: Mapping[str, tuple[str, ...]] = {
        "type": (alert.type.value,),
        "severity": (alert.severity,),
        "source.id": (source.id,),
        "source.tier": (source.tier.value,),
    }
    return [
        Delivery(
            id=delivery_id(alert.id, way.receiver),
            alert_id=alert.id,
            target=way.receiver,
            state=DeliveryState.DUE,
            created=now,
            due=now,
        )
        for way in route(facts, book.route, book.receivers)
    ]
