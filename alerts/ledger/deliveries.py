"""The deliver lane's part of the ledger: due deliveries, their outcomes, redrives."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from alerts.core.alert import Alert
from alerts.core.delivery import Attempt, Delivery, DeliveryState, Escalation, Held
from alerts.core.survey import DELAY_BOUNDS
from alerts.ledger import keys
from alerts.ledger.connection import Connection, dump, from_ms, to_ms
from alerts.ledger.digests import read_digest
from alerts.pipeline.escalating import escalated
from alerts.pipeline.ports import Completion, Lease

DEFAULT_IN_FLIGHT = 2
KEPT_ATTEMPTS = 20
"""Attempts kept of a delivery; the schedule has ten, a redrive adds ten more."""

_FIELDS = (
    "alert",
    "target",
    "state",
    "created",
    "due",
    "tries",
    "attempts",
    "why",
    "max_items",
    "until",
    "escalation",
)
"""What a claim returns of a delivery, in the script's order."""


class Deliveries:
    """Implements :class:`alerts.pipeline.ports.DeliverLedger`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def claim_deliveries(
        self, now: datetime, limit: int, lease: timedelta, in_flight: Mapping[str, int]
    ) -> list[tuple[Lease, Delivery, Alert]]:
        """Take due deliveries, targets in turn, none beyond its share in flight."""
        taken = await self._connection.run(
            "claim_deliveries",
            [keys.DELIVER_TARGETS, keys.FENCE],
            [
                to_ms(now),
                limit,
                to_ms(now + lease),
                keys.PREFIX,
                DEFAULT_IN_FLIGHT,
                dump(dict(in_flight)),
            ],
        )
        alerts: dict[str, Alert] = {}
        claimed: list[tuple[Lease, Delivery, Alert]] = []
        for i in range(0, len(taken), 4):
            fields = dict(zip(_FIELDS, taken[i + 2], strict=True))
            alert = alerts.get(fields["alert"])
            if alert is None:
                alert = alerts[fields["alert"]] = await self._read(fields, taken[i + 3])
            delivery = read_delivery(taken[i], fields)
            told = escalated(alert, delivery.escalation) if delivery.escalation else alert
            claimed.append((Lease(taken[i], int(taken[i + 1])), delivery, told))
        return claimed

    async def _read(self, fields: Mapping[str, Any], stored: str) -> Alert:
        """The alert that a delivery carries, or the digest with all that it holds."""
        if not fields["until"]:
            return Alert.model_validate_json(stored)
        at, items, threads = from_ms(fields["until"]), int(fields["max_items"]), json.loads(stored)
        return await read_digest(self._connection, fields["alert"], threads, at, fields["why"], items)

    async def complete(self, completions: Sequence[Completion]) -> list[bool]:
        """Record outcomes in one script; False where the lease was lost."""
        if not completions:
            return []
        answers = await self._connection.run(
            "complete",
            [keys.DELIVER_TARGETS, keys.COUNTS, keys.DELAYS],
            [keys.PREFIX, dump([_completion_row(done) for done in completions]), dump(DELAY_BOUNDS)],
        )
        return [answer == 1 for answer in answers]

    async def redrive(self, ids: Sequence[str], now: datetime) -> list[str]:
        """Put dead deliveries back on the schedule's beginning; returns those that were dead."""
        if not ids:
            return []
        done = await self._connection.run("redrive", [keys.DELIVER_TARGETS], [keys.PREFIX, to_ms(now), *ids])
        return [str(name) for name in done]


def _completion_row(done: Completion) -> dict[str, object]:
    attempt = {"at": to_ms(done.at), "reason": done.reason, "detail": done.detail, "seconds": done.seconds}
    return {
        "id": done.lease.id,
        "token": str(done.lease.token),
        "target": done.target,
        "at": to_ms(done.at),
        "reason": done.reason,
        "attempt": dump(attempt),
        "due": to_ms(done.due) if done.due else False,
        "keep": KEPT_ATTEMPTS,
        "published": to_ms(done.published) if done.published else False,
        "seen": to_ms(done.seen) if done.seen else False,
    }


def read_delivery(delivery_id: str, fields: Mapping[str, Any]) -> Delivery:
    """Build a delivery from its hash; not validated again, since only scripts write it."""
    attempts = [json.loads(raw) for raw in json.loads(fields.get("attempts") or "[]")]
    return Delivery.model_construct(
        id=delivery_id,
        alert_id=fields["alert"],
        target=fields["target"],
        state=DeliveryState(fields["state"]),
        created=from_ms(fields["created"]),
        due=from_ms(fields["due"]) if fields.get("due") else None,
        attempts=tuple(_read_attempt(attempt) for attempt in attempts),
        tries=int(fields["tries"]),
        held=Held.model_validate_json(fields["held"]) if fields.get("held") else None,
        escalation=Escalation.model_validate_json(fields["escalation"]) if fields.get("escalation") else None,
    )


def _read_attempt(attempt: Mapping[str, Any]) -> Attempt:
    return Attempt(
        at=from_ms(attempt["at"]),
        reason=attempt["reason"],
        detail=attempt["detail"],
        seconds=attempt["seconds"],
    )
