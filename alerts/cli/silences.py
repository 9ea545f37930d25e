"""``silences add|list|expire``: what nobody is told of for a while, by whom and why."""

from __future__ import annotations

import getpass
import re
from datetime import UTC, datetime, timedelta

import click

from alerts.cli.context import visit
from alerts.cli.output import format_option, print_json, print_table
from alerts.cli.parameters import DURATION, MOMENT
from alerts.core.alert import Alert
from alerts.core.errors import ExportwatchError, Problem, Severity
from alerts.core.silence import Silence, make_silence
from alerts.ledger.ledger import Ledger
from alerts.ledger.silences import MOST
from alerts.pipeline.facts import facts_of_alert
from alerts.wiring import now

LOOKED_BACK = 200
"""Newest alerts that a new silence is held against, so that its author sees what it takes."""

_BARE = re.compile(r"(\s*[a-z_][a-z0-9_.]*(?:\|in_list)?\s*(?:=~|!~|!=|=))([^\"'=~].*)?", re.DOTALL)


@click.group()
def silences() -> None:
    """Keep alerts from being told for a while; what is silenced stays on record."""


@silences.command()
@click.argument("matchers", nargs=-1, required=True, metavar="MATCHER...")
@click.option(
    "--comment", required=True, help="Why; it stands in the record of every alert that is silenced."
)
@click.option("--author", help="Who answers for it [the user who calls].")
@click.option("--for", "duration", type=DURATION, help="How long, e.g. 2h, 3d.")
@click.option("--until", type=MOMENT, help="Until when, e.g. 2026-11-24T06:00:00+01:00.")
@click.option("--from", "begins", type=MOMENT, help="When it begins [now].")
@format_option
def add(
    matchers: tuple[str, ...],
    comment: str,
    author: str | None,
    duration: timedelta | None,
    until: datetime | None,
    begins: datetime | None,
    form: str,
) -> None:
    """Silence alerts for which every MATCHER holds, e.g. 'issuer="CN"' 'commodity=~"gallium|germanium"'.

    Matchers are those of routes. Nobody is told, and the decision is on record with the silence;
    the first report after its end opens the alert. What waits to be sent already is sent.
    """
    if (duration is None) == (until is None):
        raise click.UsageError("give either --for DURATION or --until TIME: a silence always ends")
    written = tuple(_quoted(each) for each in matchers)

    async def store(ledger: Ledger) -> tuple[Silence, list[Alert]]:
        read = _read(written, await ledger.rulebooks.files() or {})
        at = now()
        start = begins or at
        end = until or start + (duration or timedelta())
        silence = _made(read, author or getpass.getuser(), comment, at, start, end)
        if not await ledger.silences.put(silence):
            raise ExportwatchError(
                f"there are {MOST} silences already", remedy="a rule or a route is the place"
            )
        return silence, await ledger.records.alerts(LOOKED_BACK)

    silence, newest = visit(store)
    taken = [each for each in newest if silence.holds(facts_of_alert(each), silence.begins)]
    if form == "json":
        print_json(_as_data(silence, now()) | {"would_have_silenced": [each.id for each in taken]})
        return
    click.echo(f"{silence.id} until {silence.ends.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")
    click.echo(f"of the newest {len(newest)} alerts it would have silenced {len(taken)}")
    for alert in taken[:5]:
        click.echo(f"  {alert.at:%Y-%m-%d %H:%M}  {alert.severity}  {alert.title}")


def _quoted(matcher: str) -> str:
    """A matcher whose quotes the shell has eaten gets them back."""
    bare = _BARE.fullmatch(matcher)
    return f'{bare[1]}"{(bare[2] or "").strip()}"' if bare else matcher


def _read(matchers: tuple[str, ...], files: dict[str, str]) -> tuple[str, ...]:
    from alerts.engine.matchercheck import read_matchers

    read, problems = read_matchers(matchers, files)
    for problem in problems:
        click.echo(f"{problem.severity}: {_told(problem, matchers)}", err=True)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise ExportwatchError("nothing was silenced", remedy="mend the matchers")
    return read


def _told(problem: Problem, matchers: tuple[str, ...]) -> str:
    remedy = f" ({problem.remedy})" if problem.remedy else ""
    return f"{matchers[problem.place.line - 1]}: {problem.message}{remedy}"


def _made(
    matchers: tuple[str, ...], author: str, comment: str, at: datetime, begins: datetime, ends: datetime
) -> Silence:
    try:
        return make_silence(matchers, author, comment, at, begins, ends)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from None


@silences.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@format_option
def list_silences(everything: bool, form: str) -> None:
    """List the silences that hold or will, the next to end first."""
    at = now()
    found = visit(lambda ledger: ledger.silences.read()).kept
    found = tuple(each for each in found if everything or each.ends > at)
    if form == "json":
        print_json([_as_data(each, at) for each in found])
        return
    rows = [
        (
            each.id,
            _state(each, at),
            f"{each.ends:%Y-%m-%d %H:%M}",
            each.author,
            " ".join(each.matchers),
            each.comment,
        )
        for each in found
    ]
    print_table(("id", "state", "ends (UTC)", "author", "matchers", "comment"), rows, "No silences.")


@silences.command()
@click.argument("silence_ids", nargs=-1, required=True, metavar="ID...")
@format_option
def expire(silence_ids: tuple[str, ...], form: str) -> None:
    """End silences now."""

    async def end(ledger: Ledger) -> list[tuple[str, Silence | None]]:
        return [(name, await ledger.silences.expire(name, now())) for name in silence_ids]

    ended = visit(end)
    found = [silence for _, silence in ended if silence is not None]
    if form == "json":
        print_json([_as_data(each, now()) for each in found])
    else:
        for each in found:
            click.echo(f"{each.id} ended {each.ends:%Y-%m-%d %H:%M:%S} UTC")
    missing = [name for name, silence in ended if silence is None]
    if missing:
        remedy = "`exportwatch silences list --all` shows those there are"
        raise ExportwatchError(f"no silence {', '.join(missing)}", remedy=remedy)


def _state(silence: Silence, at: datetime) -> str:
    return "over" if silence.ends <= at else "active" if silence.active(at) else "ahead"


def _as_data(silence: Silence, at: datetime) -> dict[str, object]:
    return silence.model_dump(mode="json") | {"state": _state(silence, at)}
