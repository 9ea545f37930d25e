"""``alerts list|show|ack``: what was noticed, why, and who has taken it in hand."""

from __future__ import annotations

import getpass

import click

from alerts.cli.context import visit
from alerts.cli.output import format_option, print_json, print_table
from alerts.core.ack import Ack
from alerts.core.alert import Alert
from alerts.core.errors import ExportwatchError
from alerts.core.places import place_label
from alerts.core.taxonomy import commodity_label
from alerts.ledger.acks import Acked
from alerts.ledger.ledger import Ledger
from alerts.wiring import now


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

    async def read(ledger: Ledger) -> tuple[Alert | None, Ack | None]:
        return await ledger.records.alert(alert_id), await ledger.acks.of(alert_id)

    alert, ack = visit(read)
    if alert is None:
        raise _unknown(alert_id)
    if form == "json":
        acked = {"ack": ack.model_dump(mode="json")} if ack else {}
        print_json(alert.model_dump(mode="json") | acked)
        return
    print_table(("", ""), [*_facts(alert), *([("acknowledged", _words(ack))] if ack else [])], "")


@alerts.command(name="ack")
@click.argument("alert_id", metavar="ID")
@click.option("--by", help="Who takes it in hand [the user who calls].")
@click.option("--comment", default="", help="What you are about to do.")
@format_option
def acknowledge(alert_id: str, by: str | None, comment: str, form: str) -> None:
    """Acknowledge an alert: who was to be told if nobody did is not told.

    ID is the alert's (alr_…) or that of a delivery of it (dlv_…). Earlier notices of its story are
    acknowledged with it; a later update asks again. The first acknowledgement stands.
    """

    async def put(ledger: Ledger) -> Acked | None:
        alert = await _alert_of(ledger, alert_id)
        ack = Ack(by=by or getpass.getuser(), at=now(), comment=comment)
        return await ledger.acks.put(alert, ack) if alert else None

    acked = visit(put)
    if acked is None:
        raise _unknown(alert_id)
    if form == "json":
        print_json(acked.ack.model_dump(mode="json") | {"cancelled": list(acked.cancelled)})
        return
    click.echo(f"acknowledged {_words(acked.ack)}")
    click.echo(
        f"not told any more: {', '.join(acked.cancelled)}"
        if acked.cancelled
        else "nobody else was to be told"
    )


async def _alert_of(ledger: Ledger, wanted: str) -> Alert | None:
    if wanted.startswith("dlv_"):
        delivery = await ledger.records.delivery(wanted)
        wanted = delivery.alert_id if delivery else wanted
    if wanted.startswith("esc_"):
        raise ExportwatchError(
            "that is an escalation", remedy="acknowledge the alert (alr_…) that its text names"
        )
    if wanted.startswith("dig_"):
        raise ExportwatchError(
            "that is a digest", remedy="acknowledge the alerts in it: `deliveries show` names them"
        )
    return await ledger.records.alert(wanted)


def _unknown(alert_id: str) -> ExportwatchError:
    return ExportwatchError(f"no alert {alert_id}", remedy="`exportwatch alerts list` shows those there are")


def _words(ack: Ack) -> str:
    return f"by {ack.by} at {ack.at:%Y-%m-%d %H:%M:%S} UTC" + (f": {ack.comment}" if ack.comment else "")


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
