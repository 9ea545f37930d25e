"""Digests: the rows by which notices join one, and reading one with all that it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery
from alerts.core.digest import Digest, DigestItem
from alerts.ledger import keys
from alerts.ledger.connection import Connection, to_ms
from alerts.pipeline.digest import gather

MOST_ITEMS = 500
"""Items of a digest that are read; what is beyond is counted."""

MOST_BEFORE = 5
"""Earlier notices of an item that are read, the latest of them."""


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    """A delivery as the scripts store it."""
    held = delivery.held
    return {
        "id": delivery.id,
        "alert": delivery.alert_id,
        "target": delivery.target,
        "created": to_ms(delivery.created),
        "due": to_ms(delivery.due or delivery.created),
        "escalation": delivery.escalation.model_dump_json() if delivery.escalation else False,
        "held": {**held.model_dump(), "json": held.model_dump_json()} if held else False,
    }


async def read_digest(
    connection: Connection, digest_id: str, threads: Sequence[str], at: datetime, why: str, max_items: int
) -> Digest:
    """Read the notices of a digest; ``threads`` are their names and contents, in turn."""
    held = [_alerts_in(content) for content in threads[1::2]]
    shown = [ids[-MOST_BEFORE:] for ids in held[:MOST_ITEMS]]
    wanted = list(chain.from_iterable(shown))
    stored = await connection.do("MGET", *map(keys.alert, wanted)) if wanted else []
    known = {name: Alert.model_validate_json(raw) for name, raw in zip(wanted, stored, strict=True) if raw}
    items = [item for ids in shown if (item := _item(ids, known))]
    return gather(digest_id, at, why, items, max_items, beyond=len(held) - len(items))


def _alerts_in(content: str) -> list[str]:
    return [one.partition(":")[0] for one in content.split()]


def _item(ids: Sequence[str], known: Mapping[str, Alert]) -> DigestItem | None:
    alerts = [known[name] for name in ids if name in known]
    return DigestItem(alert=alerts[-1], before=tuple(alerts[:-1])) if alerts else None
