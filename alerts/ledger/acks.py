"""Acknowledgements: noted once, and with them what would have escalated is cancelled."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.core.ack import Ack
from alerts.core.alert import Alert
from alerts.core.ids import alert_id
from alerts.ledger import keys
from alerts.ledger.connection import Connection, to_ms


@dataclass(frozen=True, slots=True)
class Acked:
    """What became of an acknowledgement: the first one of the alert, and whom it kept from being told."""

    ack: Ack
    cancelled: tuple[str, ...]


class Acks:
    """Notes and reads acknowledgements."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, alert: Alert, ack: Ack) -> Acked | None:
        """Acknowledge an alert and its earlier revisions; None where it is no longer kept."""
        answer = await self._connection.run(
            "ack",
            [keys.DELIVER_TARGETS, keys.COUNTS],
            [keys.PREFIX, to_ms(ack.at), ack.model_dump_json(), alert.id, *_before(alert)],
        )
        if int(answer[0]) < 0:
            return None
        return Acked(await self.of(alert.id) or ack, tuple(str(target) for target in answer[1:]))

    async def of(self, alert: str) -> Ack | None:
        """Return an alert's acknowledgement; None where it has none."""
        raw = await self._connection.do("GET", keys.ack(alert))
        return Ack.model_validate_json(raw) if raw else None


def _before(alert: Alert) -> list[str]:
    """The alerts that this one is a later revision of."""
    if alert.rule is None or alert.story is None:
        return []
    return [alert_id(alert.rule.id, alert.story.id, revision) for revision in range(1, alert.revision)]
