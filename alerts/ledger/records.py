"""Reading the ledger: what the CLI, the pages and the health check show."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.event import Event
from alerts.core.status import LaneStatus, LedgerStatus
from alerts.ledger import keys
from alerts.ledger.connection import Connection, as_dict, from_ms, score_of, to_ms
from alerts.ledger.deliveries import read_delivery
from alerts.ledger.polls import read_source_states
from alerts.pipeline.ports import DecisionRecord, SourceState


class Records:
    """Read-only queries, newest first where they are lists."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def source_states(self, ids: Sequence[str]) -> dict[str, SourceState]:
        """Return the states of sources."""
        return await read_source_states(self._connection, ids)

    async def alerts(self, limit: int) -> list[Alert]:
        """Return the newest alerts."""
        ids = await self._connection.do("ZREVRANGE", keys.ALERTS, 0, limit - 1)
        stored = await self._connection.do_all([("GET", keys.alert(name)) for name in ids])
        return [Alert.model_validate_json(raw) for raw in stored if raw]

    async def alert(self, alert_id: str) -> Alert | None:
        """Return one alert."""
        raw = await self._connection.do("GET", keys.alert(alert_id))
        return Alert.model_validate_json(raw) if raw else None

    async def event(self, event_id: str) -> Event | None:
        """Return one event."""
        raw = await self._connection.do("GET", keys.event(event_id))
        return Event.model_validate_json(raw) if raw else None

    async def events(self, limit: int) -> list[Event]:
        """Return the newest events."""
        ids = await self._connection.do("ZREVRANGE", keys.EVENTS, 0, limit - 1)
        stored = await self._connection.do_all([("GET", keys.event(name)) for name in ids])
        return [Event.model_validate_json(raw) for raw in stored if raw]

    async def newest_events(self, batch: int = 500) -> AsyncIterator[list[Event]]:
        """Return all events, newest first, batch by batch."""
        start = 0
        while ids := await self._connection.do("ZREVRANGE", keys.EVENTS, start, start + batch - 1):
            stored = await self._connection.do_all([("GET", keys.event(name)) for name in ids])
            yield [Event.model_validate_json(raw) for raw in stored if raw]
            start += batch

    async def decision(self, event_id: str) -> DecisionRecord | None:
        """Return why an event did or did not alert."""
        raw = await self._connection.do("HGET", keys.decision(event_id), "record")
        return DecisionRecord.model_validate_json(raw) if raw else None

    async def count_since(self, since: datetime) -> int:
        """How many events were seen since a time."""
        return int(await self._connection.do("ZCOUNT", keys.EVENTS, to_ms(since), "+inf"))

    async def history(
        self, since: datetime, batch: int = 500
    ) -> AsyncIterator[list[tuple[Event, DecisionRecord | None]]]:
        """Return every event seen since a time, oldest first, with its decision if it has one.

        Batch by batch, and each goes on from the last event of the one before, so that events
        that come or expire meanwhile are neither told twice nor make others be passed over.
        """
        before = ("ZCOUNT", keys.EVENTS, "-inf", f"({to_ms(since)}")
        start = await self._connection.do(*before)
        while ids := await self._connection.do("ZRANGE", keys.EVENTS, start, start + batch - 1):
            calls = [call for name in ids for call in _event_and_decision(name)]
            stored = await self._connection.do_all(calls)
            yield [
                (
                    Event.model_validate_json(raw),
                    DecisionRecord.model_validate_json(record) if record else None,
                )
                for raw, record in zip(stored[::2], stored[1::2], strict=True)
                if raw
            ]
            rank = await self._connection.do("ZRANK", keys.EVENTS, ids[-1])
            # Forgotten meanwhile, and with it all that was older: go on at the oldest that is left.
            start = await self._connection.do(*before) if rank is None else int(rank) + 1

    async def deliveries(self, state: DeliveryState | None, limit: int) -> list[Delivery]:
        """Return the newest deliveries, of one state or of all."""
        found: list[Delivery] = []
        for each in [state] if state else list(DeliveryState):
            ids = await self._connection.do("ZREVRANGE", keys.deliveries(each), 0, limit - 1)
            stored = await self._connection.do_all([("HGETALL", keys.delivery(name)) for name in ids])
            found += [read_delivery(name, as_dict(raw)) for name, raw in zip(ids, stored, strict=True) if raw]
        return sorted(found, key=lambda delivery: delivery.created, reverse=True)[:limit]

    async def delivery(self, delivery_id: str) -> Delivery | None:
        """Return one delivery with its attempts."""
        raw = await self._connection.do("HGETALL", keys.delivery(delivery_id))
        return read_delivery(delivery_id, as_dict(raw)) if raw else None

    async def held_in(self, digest_id: str) -> list[Delivery]:
        """Return the deliveries that go with a digest's; none for an alert's."""
        if not digest_id.startswith("dig_"):
            return []
        held = await self._connection.do("HVALS", keys.digest(digest_id))
        ids = [one.partition(":")[2] for content in held for one in content.split()]
        stored = await self._connection.do_all([("HGETALL", keys.delivery(name)) for name in ids])
        return [read_delivery(name, as_dict(raw)) for name, raw in zip(ids, stored, strict=True) if raw]

    async def status(self, now: datetime) -> LedgerStatus:
        """Return the ledger at a glance."""
        progress = await self._connection.pairs("HGETALL", keys.PROGRESS)
        lanes = {
            "poll": await self._lane(keys.POLL_DUE, now, progress.get("poll")),
            "decide": await self._lane(keys.DECIDE_DUE, now, progress.get("decide")),
            "deliver": await self._lane(keys.DELIVER_TARGETS, now, progress.get("deliver")),
        }
        # Sweep has no index of its own; that its runs come to an end matters all the same.
        lanes["sweep"] = LaneStatus(
            waiting=0, due=0, oldest_due_seconds=0.0, progress_seconds=_age(progress.get("sweep"), now)
        )
        waiting = await self._connection.do("ZCARD", keys.deliveries("due"))
        lanes["deliver"] = lanes["deliver"].model_copy(update={"waiting": waiting})
        events, alerts, delivered, dead = await self._connection.do_all(
            [
                ("ZCARD", keys.EVENTS),
                ("ZCARD", keys.ALERTS),
                ("ZCARD", keys.deliveries("delivered")),
                ("ZCARD", keys.deliveries("dead")),
            ]
        )
        version, problem = await self._connection.do("HMGET", keys.RULEBOOK, "version", "problem")
        counts = await self._connection.pairs("HGETALL", keys.COUNTS)
        return LedgerStatus(
            lanes=lanes,
            events=events,
            alerts=alerts,
            delivered=delivered,
            dead=dead,
            counts={name: int(value) for name, value in sorted(counts.items())},
            rules_version=version or "",
            rules_problem=problem or "",
        )

    async def _lane(self, index: str, now: datetime, progress: str | None) -> LaneStatus:
        waiting, due, head = await self._connection.do_all(
            [
                ("ZCARD", index),
                ("ZCOUNT", index, "-inf", to_ms(now)),
                ("ZRANGE", index, 0, 0, "WITHSCORES"),
            ]
        )
        oldest = score_of(head)
        return LaneStatus(
            waiting=waiting,
            due=due,
            oldest_due_seconds=max(0.0, (to_ms(now) - oldest) / 1000) if oldest is not None else 0.0,
            progress_seconds=_age(progress, now),
        )


def _event_and_decision(name: str) -> list[tuple[str, ...]]:
    return [("GET", keys.event(name)), ("HGET", keys.decision(name), "record")]


def _age(progress: str | None, now: datetime) -> float | None:
    return (now - from_ms(progress)).total_seconds() if progress else None
