"""``deliveries list|show|redrive``: what became of every notice."""

from __future__ import annotations

import click

from alerts.cli.context import visit
from alerts.cli.output import format_option, print_json, print_table
from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.errors import ExportwatchError
from alerts.ledger.ledger import Ledger
from alerts.wiring import now

_STATES = click.Choice([state.value for state in DeliveryState])


@click.group()
def deliveries() -> None:
    """Look at deliveries, and send dead letters again."""


@deliveries.command(name="list")
@click.option("--state", type=_STATES, help="Only those in a state.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100000))
@format_option
def list_deliveries(state: str | None, limit: int, form: str) -> None:
    """List the newest deliveries."""
    wanted = DeliveryState(state) if state else None
    found = visit(lambda ledger: ledger.records.deliveries(wanted, limit))
    if form == "json":
        print_json([delivery.model_dump(mode="json") for delivery in found])
        return
    rows = [
        (f"{d.created:%Y-%m-%d %H:%M}", d.state, d.target, d.tries, _last(d), d.id, d.alert_id) for d in found
    ]
    columns = ("created (UTC)", "state", "target", "tries", "last outcome", "id", "alert")
    print_table(columns, rows, "No deliveries.")


def _last(delivery: Delivery) -> str:
    if delivery.state is DeliveryState.HELD and delivery.due:
        return f"held until {delivery.due:%Y-%m-%d %H:%M}"
    return str(delivery.attempts[-1].reason) if delivery.attempts else ""


@deliveries.command()
@click.argument("delivery_id")
@format_option
def show(delivery_id: str, form: str) -> None:
    """Show one delivery with every attempt; of a digest, what is in it, of what is held, by what."""

    async def read(ledger: Ledger) -> tuple[Delivery | None, list[Delivery]]:
        found = await ledger.records.delivery(delivery_id)
        return found, await ledger.records.held_in(found.alert_id) if found else []

    delivery, held = visit(read)
    if delivery is None:
        raise ExportwatchError(
            f"no delivery {delivery_id}", remedy="`exportwatch deliveries list` shows those there are"
        )
    if form == "json":
        holds = {"holds": [each.id for each in held]} if held else {}
        print_json(delivery.model_dump(mode="json") | holds)
        return
    due = delivery.due.isoformat() if delivery.due else "-"
    click.echo(f"{delivery.id}  {delivery.state}  to {delivery.target}  alert {delivery.alert_id}  due {due}")
    if delivery.held:
        click.echo(f"held by {delivery.held.why}; it goes with {delivery.held.delivery}")
    if delivery.escalation:
        words = delivery.escalation
        click.echo(f"an escalation: {words.told} was told, and has {words.within} to acknowledge it")
    if held:
        click.echo(f"a digest of {len(held)} notice(s):")
        for each in held:
            click.echo(f"  {each.alert_id}  {each.id}  {each.state}")
    rows = [(a.at.isoformat(), a.reason, f"{a.seconds:.3f}", a.detail) for a in delivery.attempts]
    print_table(("at", "outcome", "seconds", "detail"), rows, "Not tried yet.")


@deliveries.command()
@click.argument("delivery_ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every dead letter.")
@click.option("--target", help="Every dead letter of one target.")
@format_option
def redrive(delivery_ids: tuple[str, ...], everything: bool, target: str | None, form: str) -> None:
    """Put dead letters back on the schedule's beginning, under their old ids."""
    if not delivery_ids and not everything and target is None:
        raise click.UsageError("name deliveries, or give --all or --target NAME")

    async def send_again(ledger: Ledger) -> list[str]:
        ids = list(delivery_ids)
        if everything or target is not None:
            dead = await ledger.records.deliveries(DeliveryState.DEAD, 100_000)
            ids += [d.id for d in dead if target is None or d.target == target]
        return await ledger.deliveries.redrive(ids, now())

    done = visit(send_again)
    if form == "json":
        print_json({"redriven": done})
    else:
        click.echo(f"{len(done)} put back on the schedule")
    if set(delivery_ids) - set(done):
        missing = ", ".join(sorted(set(delivery_ids) - set(done)))
        raise ExportwatchError(
            f"not dead letters: {missing}", remedy="`exportwatch deliveries list --state dead`"
        )
