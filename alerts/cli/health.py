"""``health``: is the service doing its job? Reads the ledger, not the processes.

With ``--heartbeat`` it is a probe of one process instead: it reads a file's age and imports
nothing that takes time, since a container runs it every few seconds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerts.core.durations import parse_duration
from alerts.core.errors import SettingsError
from alerts.observe.heartbeat import VARIABLE, age

if TYPE_CHECKING:
    from alerts.core.status import LedgerStatus


class _Seconds(click.ParamType[float]):
    name = "duration"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read ``90s``."""
        try:
            return parse_duration(value).total_seconds()
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.option(
    "--heartbeat", is_flag=True, help=f"Judge the age of {VARIABLE} alone: does this process get on?"
)
@click.option(
    "--max-age",
    default="90s",
    show_default=True,
    type=_Seconds(),
    help="Age at which a heartbeat is stale; more than EXPORTWATCH_LEASE.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def health(form: str, max_age: float, *, heartbeat: bool) -> None:
    """Say whether every lane makes progress; exit 1 if something is wrong, 3 if the ledger is away."""
    faults = judge_heartbeat(form, max_age) if heartbeat else judge_service(form)
    if faults:
        raise SystemExit(1)


def judge_heartbeat(form: str, max_age: float) -> list[str]:
    """Print the heartbeat's age; returns what is wrong with it."""
    name = os.environ.get(VARIABLE, "")
    if not name:
        raise SettingsError(f"{VARIABLE} is not set", remedy="Set it for this process and for the one probed")
    seconds = age(Path(name))
    if seconds is None:
        faults = [f"there is no heartbeat at {name}: the process has not begun, or cannot write there"]
    elif seconds > max_age:
        faults = [f"the heartbeat at {name} is {seconds:.0f} s old: the process does not get on"]
    else:
        faults = []
    if form == "json":
        import json

        click.echo(json.dumps({"ok": not faults, "faults": faults, "age_seconds": seconds}))
    else:
        click.echo(faults[0] if faults else f"the last heartbeat was {seconds:.1f} s ago", err=bool(faults))
    return faults


def judge_service(form: str) -> list[str]:
    """Print the service's state as the ledger has it; returns what is wrong."""
    from alerts.cli.context import visit
    from alerts.cli.output import print_json
    from alerts.observe.health import judge
    from alerts.wiring import now

    status = visit(lambda ledger: ledger.records.status(now()))
    faults = judge(status)
    if form == "json":
        print_json({"ok": not faults, "faults": faults, "status": status.model_dump(mode="json")})
        return faults
    _print_status(status)
    for fault in faults:
        click.echo(f"! {fault}", err=True)
    return faults


def _print_status(status: LedgerStatus) -> None:
    from alerts.cli.output import print_table

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
