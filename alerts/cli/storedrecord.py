"""An item with all that is on record of it: its decision, the rules of then, the deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alerts.core.delivery import Delivery
from alerts.core.event import Event
from alerts.core.ids import delivery_id, escalation_id
from alerts.core.reasons import DecisionReason
from alerts.ledger.ledger import Ledger
from alerts.pipeline.ports import DecisionRecord


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """What the ledger has of one item; ``decision`` is None while it awaits one.

    ``rules_then`` are the files that decided, None where they are no longer kept.
    """

    event: Event
    decision: DecisionRecord | None
    in_force: str
    rules_then: dict[str, str] | None
    rules_now: dict[str, str] | None
    deliveries: dict[str, list[Delivery]]
    """By alert."""

    @property
    def changed(self) -> bool:
        """Whether other rules are in force than those that decided."""
        return self.decision is not None and self.decision.rules_version != self.in_force

    def of_rule(self, rule_id: str) -> list[dict[str, Any]]:
        """What was decided under a rule."""
        decided = self.decision.decided if self.decision else ()
        return [one for one in decided if one["rule_id"] == rule_id]


async def read_record(ledger: Ledger, event: Event) -> StoredRecord:
    """Read everything on record of an item."""
    decision = await ledger.records.decision(event.id)
    in_force = await ledger.rulebooks.version() or ""
    now = await ledger.rulebooks.files()
    then = now
    if decision is not None and decision.rules_version != in_force:
        then = await ledger.rulebooks.files_of(decision.rules_version)
    decided = decision.decided if decision else ()
    return StoredRecord(event, decision, in_force, then, now, await _deliveries(ledger, decided))


async def _deliveries(ledger: Ledger, decided: Sequence[dict[str, Any]]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = {}
    for one in decided:
        for target in one["targets"] if one["alert_id"] else ():
            alert = one["alert_id"]
            carrier = escalation_id(alert, target) if one["reason"] == DecisionReason.ESCALATES else alert
            delivery = await ledger.records.delivery(delivery_id(carrier, target))
            if delivery is not None and delivery not in found.setdefault(one["alert_id"], []):
                found[one["alert_id"]].append(delivery)
    return found
