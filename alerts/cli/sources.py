"""``sources list|poll|test``: what is polled, and what comes back right now."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from alerts.cli.context import visit
from alerts.cli.output import format_option, print_json, print_table
from alerts.core.durations import format_duration
from alerts.core.errors import ExportwatchError
from alerts.core.source import Source
from alerts.pipeline.ports import Fetched, Fetcher, SourceState, Validators
from alerts.settings import Settings, read_settings
from alerts.wiring import load, now, read_folder

_TITLES = 3
_rules_dir = click.option(
    "--rules-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Another rules folder than the configured one.",
)


@dataclass(frozen=True, slots=True)
class Tested:
    """One source's test: what came, and how long it took."""

    source: Source
    fetched: Fetched
    seconds: float


@click.group()
def sources() -> None:
    """Look at the sources that are polled."""


@sources.command(name="list")
@_rules_dir
@format_option
def list_sources(rules_dir: Path | None, form: str) -> None:
    """List the sources and how their last poll ended."""
    settings, chosen = _chosen(rules_dir, ())

    async def read(ledger: Any) -> dict[str, SourceState]:
        states: dict[str, SourceState] = await ledger.records.source_states(list(chosen))
        return states

    states = visit(read, settings)
    if form == "json":
        print_json(
            [
                source.model_dump(mode="json") | {"state": states[name].model_dump(mode="json")}
                for name, source in chosen.items()
            ]
        )
        return
    rows = [_state_row(source, states[name]) for name, source in chosen.items()]
    print_table(
        ("source", "tier", "every", "last poll (UTC)", "result", "failures", "next (UTC)"),
        rows,
        "No sources: write some into sources.yaml.",
    )
    for name, state in states.items():
        if state.detail:
            click.echo(f"! {name}: {state.detail}", err=True)


@sources.command(name="poll")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@_rules_dir
@format_option
def poll_sources(ids: tuple[str, ...], rules_dir: Path | None, form: str) -> None:
    """Make sources due now: the running service polls them within a second."""
    settings, chosen = _chosen(rules_dir, ids)

    async def make_due(ledger: Any) -> list[str]:
        return [name for name in chosen if await ledger.polls.poll_now(name, now())]

    due = visit(make_due, settings)
    if form == "json":
        print_json({"due": due})
    else:
        click.echo(f"{len(due)} due now; `exportwatch sources list` shows what came")
    if unknown := sorted(set(chosen) - set(due)):
        raise ExportwatchError(
            f"not polled by the running service: {', '.join(unknown)}",
            remedy="A source that was just added is known within seconds; one with `enabled: false` never is",
        )


@sources.command(name="test")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@_rules_dir
@format_option
def test_sources(ids: tuple[str, ...], rules_dir: Path | None, form: str) -> None:
    """Fetch each source once, without the ledger, and say what came; exit 1 if any failed."""
    settings, chosen = _chosen(rules_dir, ids)
    tested = asyncio.run(_test_over_http(settings, chosen, _progress(len(chosen))))
    if form == "json":
        print_json([_record(result) for result in tested])
    else:
        _print(tested)
    if not all(result.fetched.reason.ok for result in tested):
        raise SystemExit(1)


async def fetch_each(
    chosen: Mapping[str, Source],
    fetcher: Fetcher,
    at: datetime,
    told: Callable[[Tested], None] = lambda _: None,
) -> list[Tested]:
    """Fetch every source once, together; ``told`` hears of each as it ends."""

    async def one(source: Source) -> Tested:
        began = time.monotonic()
        fetched = await fetcher.fetch(source, Validators(), at)
        result = Tested(source, fetched, time.monotonic() - began)
        told(result)
        return result

    return await asyncio.gather(*(one(source) for source in chosen.values()))


async def _test_over_http(
    settings: Settings, chosen: Mapping[str, Source], told: Callable[[Tested], None]
) -> list[Tested]:
    from alerts.sources.fetch import Limits, Web
    from alerts.sources.polling import SourceFetcher

    patience = 60.0 * max(1, len(chosen))  # a person waits: searches on one host take turns
    limits = Limits(patience=patience)
    async with Web(settings.allow_networks, contact=settings.contact, limits=limits) as web:
        return await fetch_each(chosen, SourceFetcher(web), now(), told)


def _chosen(rules_dir: Path | None, ids: Sequence[str]) -> tuple[Settings, dict[str, Source]]:
    settings = read_settings()
    if rules_dir is not None:
        settings = settings.model_copy(update={"rules_dir": rules_dir})
    known = load(read_folder(settings)).sources
    if unknown := [name for name in ids if name not in known]:
        raise ExportwatchError(
            f"no source {unknown[0]!r} in {settings.rules_dir}",
            remedy="`exportwatch sources list` shows them",
        )
    return settings, {name: known[name] for name in ids or known}


def _progress(total: int) -> Callable[[Tested], None]:
    """Count on a terminal's standard error; say nothing where nobody watches."""
    done = 0

    def tell(result: Tested) -> None:
        nonlocal done
        done += 1
        line = f"[{done}/{total}] {result.source.id}: {result.fetched.reason} ({result.seconds:.1f} s)"
        click.echo(line, err=True)

    return tell if sys.stderr.isatty() else lambda _: None


def _print(tested: list[Tested]) -> None:
    rows = [
        (
            result.source.id,
            "ok" if result.fetched.reason.ok else result.fetched.reason,
            len(result.fetched.entries),
            _moment(_newest(result.fetched)),
            f"{result.seconds:.1f} s",
            _first_titles(result.fetched)[0] if result.fetched.entries else "",
        )
        for result in tested
    ]
    print_table(
        ("source", "result", "items", "newest (UTC)", "took", "first title"), rows, "No sources to test."
    )
    for result in tested:
        for said in filter(None, (result.fetched.detail, result.fetched.complaint)):
            click.echo(f"! {result.source.id}: {said}", err=True)
    failed = sum(not result.fetched.reason.ok for result in tested)
    click.echo(f"{len(tested) - failed} of {len(tested)} sources answer as they should.")


def _record(result: Tested) -> dict[str, Any]:
    fetched, newest = result.fetched, _newest(result.fetched)
    return {
        "id": result.source.id,
        "ok": fetched.reason.ok,
        "reason": fetched.reason,
        "detail": fetched.detail,
        "complaint": fetched.complaint,
        "items": len(fetched.entries),
        "newest": newest.isoformat() if newest else None,
        "titles": _first_titles(fetched),
        "seconds": round(result.seconds, 3),
    }


def _state_row(source: Source, state: SourceState) -> tuple[object, ...]:
    return (
        source.id,
        source.tier,
        format_duration(source.every),
        _moment(state.last_poll),
        (state.reason or "not polled yet") if source.enabled else "disabled",
        state.failures or "",
        _moment(state.next_poll) if source.enabled else "",
    )


def _newest(fetched: Fetched) -> datetime | None:
    return max((entry.published for entry in fetched.entries if entry.published), default=None)


def _first_titles(fetched: Fetched) -> list[str]:
    return [entry.title for entry in fetched.entries[:_TITLES]]


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
