"""``health``: is the service doing its job? Reads the ledger, not the processes."""

from __future__ import annotations

import click

from alerts.cli.context import visit
from alerts.cli.output import format_option, print_json, print_table
from alerts.observe.health import judge
from alerts.wiring import now


@click.command()
@format_option
def health(form: str) -> None:
    """Say whether every lane makes progress; exit 1 if something is wrong, 3 if the ledger is away."""
    status = visit(lambda ledger: ledger.records.status(now()))
    faults = judge(status)
    if form == "json":
        print_json({"ok": not faults, "faults": faults, "status": status.model_dump(mode="json")})
    else:
        rows = [
            (
                name,
                lane.waiting,
                lane.due,
                f"{lane.oldest_due_seconds:.0f} s",
                "never" if lane.progress_seconds is None else f"{lane.progress_seconds:.0f} s ago",
            )
            for name, lane in status.lanes.items()
        ]
        print_table(("lane", "waiting", "due", "oldest due", "last run"), rows, "")
        click.echo(
            f"{status.events} events, {status.alerts} alerts, {status.delivered} delivered, "
            f"{status.dead} dead letters; rules {status.rules_version or 'none'}"
        )
        for fault in faults:
            click.echo(f"! {fault}", err=True)
    if faults:
        raise SystemExit(1)
