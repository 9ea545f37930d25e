"""``why``: why an item did, or did not, become an alert, from what is on record of it."""

from __future__ import annotations

from typing import Any

import click

from alerts.cli.context import visit
from alerts.cli.items import find_items
from alerts.cli.output import format_option, print_json, print_table
from alerts.cli.storedrecord import StoredRecord, read_record
from alerts.core.delivery import Delivery
from alerts.core.event import Event
from alerts.core.measure import Measure
from alerts.core.reasons import DecisionReason
from alerts.ledger.ledger import Ledger

FOUND = 1


@click.command()
@click.argument("item", nargs=-1, required=True)
@format_option
def why(item: tuple[str, ...], form: str) -> None:
    """Say why ITEM did, or did not, alert: what was recognised, each rule's decision, who was told.

    ITEM is an id (evt_…, alr_…, dlv_…), an address, or words of the headline. Where several items
    have them, they are listed, and the exit code is 1.
    """

    async def read(ledger: Ledger) -> tuple[list[Event], StoredRecord | None]:
        found = await find_items(ledger, " ".join(item))
        return found, await read_record(ledger, found[0]) if len(found) == 1 else None

    found, record = visit(read)
    if record is None:
        print_several(found)
        raise SystemExit(FOUND)
    if form == "json":
        print_json(as_data(record))
    else:
        _print(record)


def print_several(found: list[Event]) -> None:
    """List items of which one must be named."""
    click.echo(f"{len(found)} items have these words; name one by its id:", err=True)
    rows = [(event.id, f"{event.seen:%Y-%m-%d %H:%M}", event.source.id, event.title) for event in found]
    print_table(("id", "seen (UTC)", "source", "title"), rows, "")


def as_data(record: StoredRecord) -> dict[str, Any]:
    """The record for machines."""
    return {
        "event": record.event.model_dump(mode="json"),
        "decision": record.decision.model_dump(mode="json") if record.decision else None,
        "rules_in_force": record.in_force,
        "rules_changed": record.changed,
        "deliveries": [each.model_dump(mode="json") for many in record.deliveries.values() for each in many],
    }


def head_lines(record: StoredRecord) -> list[str]:
    """The item, and what decided on it."""
    event, decision = record.event, record.decision
    lines = [
        f"{event.title}",
        f"  {event.id}, {event.source.id}, seen {event.seen:%Y-%m-%d %H:%M:%S} UTC"
        + (f", {event.url}" if event.url else ""),
    ]
    if decision is None:
        return [*lines, "  not decided yet: `exportwatch health` says whether the decide lane runs"]
    force = "in force now" if not record.changed else f"not in force any more: {record.in_force} is"
    lines.append(f"  decided {decision.at:%Y-%m-%d %H:%M:%S} UTC by {decision.rules_version} ({force})")
    measures = [_measure(measure) for measure in decision.recognition.measures]
    return [*lines, *(f"  recognised: {line}" for line in measures or ["no measure"])]


def _print(record: StoredRecord) -> None:
    click.echo("\n".join(head_lines(record)))
    if record.decision is None:
        return
    rows = [
        (
            one["rule_id"] or "(all rules)",
            one["reason"],
            one["alert_id"] or "",
            told(record, one),
            one["detail"],
        )
        for one in record.decision.decided
    ]
    click.echo()
    print_table(("rule", "decision", "alert", "told", "why"), rows, "")
    click.echo("\nRules that are not named did not match.")
    click.echo(f"`exportwatch rules explain RULE --item {record.event.id}` says why, down to the words.")


def told(record: StoredRecord, decided: dict[str, Any]) -> str:
    """Whom a decision reached, or shall reach."""
    deliveries = record.deliveries.get(decided["alert_id"] or "", [])
    escalates = decided["reason"] == DecisionReason.ESCALATES
    own = [
        delivery
        for delivery in deliveries
        if delivery.target in decided["targets"] and bool(delivery.escalation) is escalates
    ]
    return ", ".join(_delivery(delivery) for delivery in own)


def _delivery(delivery: Delivery) -> str:
    last = delivery.attempts[-1] if delivery.attempts else None
    at = last.at if last else delivery.due
    return f"{delivery.target}: {delivery.state}" + (f" {at:%Y-%m-%d %H:%M:%S}" if at else "")


def _measure(measure: Measure) -> str:
    goods = ", ".join(measure.commodities) or "no commodity"
    towards = ", ".join(measure.targets)
    who = measure.issuer or "unknown issuer"
    return f"{measure.kind} by {who}, {goods}, towards {towards}, {measure.status}"
