"""``receivers list|test``: who is told, and whether a notice reaches them right now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import click

from alerts.cli.output import format_option, print_json, print_table
from alerts.core.delivery import Outcome
from alerts.core.errors import ExportwatchError
from alerts.core.receiver import Receiver
from alerts.settings import Settings, read_settings
from alerts.wiring import load, now, read_folder


@dataclass(frozen=True, slots=True)
class Tried:
    """How a test notice to one receiver ended; seconds it took."""

    name: str
    outcome: Outcome
    seconds: float


@click.group()
def receivers() -> None:
    """Look at who is told, and try whether a notice reaches them."""


@receivers.command(name="list")
@format_option
def list_receivers(form: str) -> None:
    """List the receivers, their way, and what is missing before they can be told."""
    from alerts.channels.dispatch import what_is_missing

    known = load(read_folder(read_settings())).receivers
    rows = [(name, _way(receiver), what_is_missing(receiver) or "") for name, receiver in known.items()]
    if form == "json":
        print_json([{"name": name, "way": way, "missing": missing} for name, way, missing in rows])
        return
    print_table(("receiver", "way", "missing"), rows, "No receivers: write some into receivers.yaml.")


@receivers.command(name="test")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@format_option
def test_receivers(names: tuple[str, ...], form: str) -> None:
    """Send each receiver one test notice, at once and past all routes; exit 1 if any failed."""
    settings = read_settings()
    tried = asyncio.run(_send_each(settings, _chosen(settings, names).values()))
    if form == "json":
        print_json([_record(each) for each in tried])
    else:
        rows = [(t.name, t.outcome.reason, f"{t.seconds:.1f} s", t.outcome.detail) for t in tried]
        print_table(("receiver", "outcome", "took", "detail"), rows, "No receivers to test.")
    if not all(each.outcome.reason.ok for each in tried):
        raise SystemExit(1)


def _chosen(settings: Settings, names: Sequence[str]) -> Mapping[str, Receiver]:
    known = load(read_folder(settings)).receivers
    if unknown := [name for name in names if name not in known]:
        raise ExportwatchError(
            f"no receiver {unknown[0]!r} in {settings.rules_dir}",
            remedy="`exportwatch receivers list` shows them",
        )
    return {name: known[name] for name in names or known}


async def _send_each(settings: Settings, chosen: Iterable[Receiver]) -> list[Tried]:
    from alerts.channels.dispatch import Channels
    from alerts.pipeline.service_alert import trial_of

    async with Channels(settings.allow_networks) as channels:

        async def one(receiver: Receiver) -> Tried:
            began, at = time.monotonic(), now()
            outcome = await channels.send(trial_of(receiver.name, at), receiver, at)
            return Tried(receiver.name, outcome, time.monotonic() - began)

        return await asyncio.gather(*map(one, chosen))


def _way(receiver: Receiver) -> str:
    return "webhook" if receiver.webhook is not None else "apprise"


def _record(tried: Tried) -> dict[str, object]:
    return {
        "name": tried.name,
        "ok": tried.outcome.reason.ok,
        "reason": tried.outcome.reason,
        "detail": tried.outcome.detail,
        "seconds": round(tried.seconds, 3),
    }
