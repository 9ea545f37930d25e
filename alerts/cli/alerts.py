"""``alerts list|show``: what was noticed, and why."""

from __future__ import annotations

import click

from alerts.cli.context import visit
from alerts.cli.output import format_option, print_json, print_table
from alerts.core.alert import Alert
from alerts.core.errors import ExportwatchError
from alerts.core.places import place_label
from alerts.core.taxonomy import commodity_label
from alerts.ledger.ledger import Ledger


@click.group()
def alerts() -> None:
    """Look at alerts."""


@alerts.command(name="list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10000))
@format_option
def list_alerts(limit: int, form: str) -> None:
    """List the newest alerts."""
    found = visit(lambda ledger: ledger.records.alerts(limit))
    if form == "json":
        print_json([alert.model_dump(mode="json") for alert in found])
        return
    rows = [
        (f"{a.at:%Y-%m-%d %H:%M}", a.severity, a.rule.id if a.rule else a.type, a.title, a.id) for a in found
    ]
    print_table(("at (UTC)", "severity", "rule", "title", "id"), rows, "No alerts yet.")


@alerts.command()
@click.argument("alert_id")
@format_option
def show(alert_id: str, form: str) -> None:
    """Show one alert: what, who, why, the words, and where it went."""

    async def read(ledger: Ledger) -> Alert | None:
        return await ledger.records.alert(alert_id)

    alert = visit(read)
    if alert is None:
        raise ExportwatchError(
            f"no alert {alert_id}", remedy="`exportwatch alerts list` shows those there are"
        )
    if form == "json":
        print_json(alert.model_dump(mode="json"))
        return
    print_table(("", ""), _facts(alert), "")


def _facts(alert: Alert) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        ("title", alert.title),
        ("at", alert.at.isoformat()),
        ("type", f"{alert.type} (revision {alert.revision})"),
        ("severity", alert.severity),
    ]
    if alert.rule:
        facts.append(("rule", f"{alert.rule.id}: {alert.rule.title}"))
    measure = alert.measure
    if measure:
        facts += [
            ("measure", f"{measure.kind.label} ({measure.status})"),
            ("issuer", place_label(measure.issuer) if measure.issuer else "not named"),
            ("towards", ", ".join(place_label(code) for code in measure.targets)),
            ("commodities", ", ".join(commodity_label(name) for name in measure.commodities)),
        ]
    facts += [("why", alert.why), ("summary", alert.summary), ("action", alert.action)]
    facts += [("words", f"{e.role}: {e.text}") for e in alert.evidence]
    if alert.event:
        facts += [("source", alert.event.source.publisher), ("link", alert.event.url)]
    if alert.story:
        facts.append(("story", f"{alert.story.id}, {alert.story.reports} report(s) when it was opened"))
    return facts
