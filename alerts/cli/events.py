"""``events list|show``: what came in, and why it did or did not alert."""

from __future__ import annotations

from collections.abc import Sequence

import click

from alerts.cli.context import visit
from alerts.cli.output import format_option, print_json, print_table
from alerts.core.errors import ExportwatchError
from alerts.core.event import Event
from alerts.ledger.ledger import Ledger
from alerts.pipeline.ports import DecisionRecord

Found = tuple[Event, DecisionRecord | None]


@click.group()
def events() -> None:
    """Look at events: the items that came in, and what was decided on each."""


@events.command(name="list")
@click.option("--text", default="", help="Only those whose title or text holds these words, in any case.")
@click.option("--source", "source_id", default="", help="Only those of a source.")
@click.option(
    "--among", default=5000, show_default=True, type=click.IntRange(1, 1_000_000), help="Newest looked at."
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10000))
@format_option
def list_events(text: str, source_id: str, among: int, limit: int, form: str) -> None:
    """List the newest events with the reasons of what was decided."""

    async def read(ledger: Ledger) -> list[Found]:
        chosen = [each for each in await ledger.records.events(among) if _holds(each, text, source_id)]
        return [(each, await ledger.records.decision(each.id)) for each in chosen[:limit]]

    found = visit(read)
    if form == "json":
        print_json([_as_json(*each) for each in found])
        return
    rows = [
        (f"{event.seen:%Y-%m-%d %H:%M}", event.source.id, _reasons(record), event.title, event.id)
        for event, record in found
    ]
    print_table(("seen (UTC)", "source", "decided", "title", "id"), rows, "No such events.")


@events.command()
@click.argument("event_id")
@format_option
def show(event_id: str, form: str) -> None:
    """Show one event: what was recognised in it, and each rule's decision with its reason."""

    async def read(ledger: Ledger) -> Found | None:
        event = await ledger.records.event(event_id)
        return (event, await ledger.records.decision(event_id)) if event else None

    found = visit(read)
    if found is None:
        raise ExportwatchError(
            f"no event {event_id}", remedy="`exportwatch events list --text WORDS` finds those there are"
        )
    if form == "json":
        print_json(_as_json(*found))
        return
    print_table(("", ""), _facts(*found), "")


def _holds(event: Event, text: str, source_id: str) -> bool:
    wanted = text.casefold()
    return source_id in ("", event.source.id) and (
        wanted in event.title.casefold() or wanted in event.text.casefold()
    )


def _reasons(record: DecisionRecord | None) -> str:
    if record is None:
        return "not yet"
    return ", ".join(dict.fromkeys(str(each["reason"]) for each in record.decided))


def _as_json(event: Event, record: DecisionRecord | None) -> dict[str, object]:
    return {
        "event": event.model_dump(mode="json"),
        "decision": record.model_dump(mode="json") if record else None,
    }


def _facts(event: Event, record: DecisionRecord | None) -> Sequence[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        ("title", event.title),
        ("source", f"{event.source.id} ({event.source.publisher})"),
        ("link", event.url),
        ("published", event.published.isoformat() if event.published else "not told"),
        ("seen", event.seen.isoformat()),
        ("revision", event.revision),
    ]
    if event.backlog:
        facts.append(("backlog", "it was there when the source was first polled: recorded, never alerted"))
    if record is None:
        return [*facts, ("decided", "not yet: see `exportwatch health`, lane decide")]
    facts.append(("decided", f"{record.at.isoformat()} under rules {record.rules_version}"))
    for measure in record.recognition.measures:
        what = ", ".join(measure.commodities) or "no commodity"
        facts.append(
            ("measure", f"{measure.kind} by {measure.issuer or 'nobody named'} ({what}; {measure.status})")
        )
    if not record.recognition.measures:
        facts.append(("measure", "none was recognised"))
    for each in record.decided:
        said = [each["rule_id"] or "no rule", each["reason"], each["detail"], each["alert_id"]]
        facts.append(("rule", ": ".join(str(part) for part in said if part)))
        if each["targets"]:
            facts.append(("told", ", ".join(each["targets"])))
    return facts
