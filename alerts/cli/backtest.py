"""``rules backtest``: what the rules would have done with past items, and what changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerts.cli.output import format_option, print_json, print_table
from alerts.cli.rulesdir import FOUND, files_of, folder_of, print_problems, rules_dir
from alerts.core.durations import parse_duration
from alerts.core.errors import ConfigError, ExportwatchError

if TYPE_CHECKING:
    from alerts.cli.backtesting import Outcome
    from alerts.engine.backtest import Seen
    from alerts.engine.backtest_report import BacktestReport, RuleRow, TermRow
    from alerts.engine.compiled import Rule
    from alerts.engine.correlation import CorrelationRule

TERMS_SHOWN = 15


class Since(click.ParamType[timedelta]):
    """``90d``, ``2w``: how far back."""

    name = "duration"

    def convert(
        self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read a duration."""
        if isinstance(value, timedelta):
            return value
        try:
            return min(parse_duration(value), timedelta(days=36500))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def items_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which past items it reads, and how."""
    for option in (
        click.option(
            "--jobs",
            default=os.cpu_count() or 1,
            show_default="one a processor",
            type=click.IntRange(1, 256),
            help="Processes.",
        ),
        click.option(
            "--items",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="JSON lines (id, title, text, published, source, relevant, rules) instead of the ledger.",
        ),
        click.option(
            "--since", default="90d", show_default=True, type=Since(), help="How far back in the ledger."
        ),
    ):
        function = option(function)
    return function


@click.command()
@rules_dir
@items_options
@click.option("--against", metavar="FOLDER|REVISION", help="Compare with another version of the rules.")
@click.option("--rule", "only", multiple=True, help="Only this rule, whatever its status; may be repeated.")
@click.option("--fail-on-lost", is_flag=True, help="Exit 1 if an item is lost against the other version.")
@format_option
@click.pass_context
def backtest(
    context: click.Context,
    since: timedelta,
    items: Path | None,
    jobs: int,
    against: str | None,
    only: tuple[str, ...],
    fail_on_lost: bool,
    form: str,
) -> None:
    """Run live, shadow and draft rules over past items; correlations by time of publication.

    Shows each rule's hits, hits a week and newest samples; with --against, what it finds more and
    misses now; the terms that took part; with labels, precision, recall and each term's noise.
    """
    from alerts.cli.otherversion import other_version

    if fail_on_lost and against is None:
        raise click.UsageError("--fail-on-lost needs --against")
    versions = [files_of(context)]
    if against is not None:
        versions.append(other_version(folder_of(context), against))
    rules = _rules(versions, only)
    outcome = run_over(versions, since, items, jobs, only)
    report = report_of(outcome, rules)
    if form == "json":
        print_json(report.as_data())
    else:
        _print_report(report)
    for number, reason in outcome.bad:
        click.echo(f"line {number}: {reason}", err=True)
    lost = fail_on_lost and any(row.change is not None and row.change.lost for row in report.rules)
    if outcome.bad or lost:
        raise SystemExit(FOUND)


def _rules(versions: Sequence[dict[str, str]], only: tuple[str, ...]) -> dict[str, Rule | CorrelationRule]:
    """Read this version's rules; print every error of any version."""
    from alerts.engine.findings import nearest
    from alerts.engine.intest import read_loaded

    try:
        first, *_ = read = [read_loaded(files).every for files in versions]
    except ConfigError as error:
        print_problems(error.problems)
        raise SystemExit(FOUND) from None
    for name in only:
        if not any(name in rules for rules in read):
            raise ExportwatchError(f"no rule {name!r}", remedy=nearest(name, first))
    return {name: rule for name, rule in first.items() if not only or name in only}


def run_over(
    versions: list[dict[str, str]],
    since: timedelta,
    items: Path | None,
    jobs: int,
    only: tuple[str, ...] = (),
) -> Outcome:
    """Run versions of the rules over a file or the ledger; error if there is nothing there."""
    from alerts.cli.backtesting import run_backtest
    from alerts.cli.pastitems import lines_of, stored_items
    from alerts.settings import read_settings
    from alerts.wiring import ledger_url

    now = datetime.now(UTC)
    if items is not None:
        with items.open(encoding="utf-8", errors="replace") as file, _progress(_lines(items)) as told:
            outcome = run_backtest(lines_of(file), [*versions], only=only, jobs=jobs, now=now, progress=told)
    else:
        url = ledger_url(read_settings())
        with _progress(_count(now - since)) as told:
            outcome = run_backtest(
                stored_items(url, now - since), [*versions], only=only, jobs=jobs, now=now, progress=told
            )
    if not outcome.read:
        where = str(items) if items is not None else "the ledger"
        raise ExportwatchError(f"no items in {where}", remedy="widen --since, or give --items FILE.jsonl")
    _correlate(outcome, versions, only)
    return outcome


def _correlate(outcome: Outcome, versions: Sequence[dict[str, str]], only: tuple[str, ...]) -> None:
    """Count correlations, which no process can alone: they need all items in their order."""
    from alerts.engine.backtest import correlate, tried
    from alerts.engine.intest import read_loaded
    from alerts.pipeline.retelling import retell

    for tally, files in zip(outcome.tallies, versions, strict=True):
        if tally.fed:
            correlate(tally, tried(read_loaded(files).every, only).correlations, retell())


def _lines(file: Path) -> int | None:
    """Count a file's lines for the bar; what is no plain file can be read only once."""
    if not sys.stderr.isatty() or not file.is_file():
        return None
    with file.open("rb") as raw:
        return sum(block.count(b"\n") for block in iter(lambda: raw.read(1 << 20), b""))


def _count(since: datetime) -> int:
    from alerts.cli.context import visit

    return visit(lambda ledger: ledger.records.count_since(since))


@contextmanager
def _progress(total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal, and nothing anywhere else."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    if not sys.stderr.isatty():
        yield lambda read: None
        return
    columns = (TextColumn("items"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("items", total=total)
        yield lambda read: bar.update(task, completed=read)


def report_of(outcome: Outcome, rules: dict[str, Rule | CorrelationRule]) -> BacktestReport:
    """Read the report off an outcome."""
    from alerts.engine.backtest import terms_of, tried
    from alerts.engine.backtest_report import make_report

    compiled = tried(rules, list(rules))
    run = [rule for rule in compiled.rules if rule.head.status.value != "deprecated"]
    counting = [rule for rule in compiled.correlations if rule.head.status.value != "deprecated"]
    tally, *others = outcome.tallies
    names = [rule.head.id for rule in run] + [rule.head.id for rule in counting]
    return make_report(tally, names, terms_of(run), others[0] if others else None)


def _print_report(report: BacktestReport) -> None:
    over = "without dates" if report.weeks is None else f"over {report.weeks:g} week(s)"
    click.echo(f"{report.items} item(s) {over}\n")
    rows = [report.total, *report.rules]
    columns = ["rule", "hits", "a week"]
    compared = report.total.change is not None
    labelled = any(row.precision is not None or row.recall is not None for row in rows)
    if compared:
        columns += ["added", "lost"]
    if labelled:
        columns += ["precision", "recall"]
    print_table([*columns, "excepted"], [_cells(row, compared, labelled) for row in rows], "")
    for row in report.rules:
        _print_samples(row)
    _print_terms(report.terms)


def _cells(row: RuleRow, compared: bool, labelled: bool) -> list[object]:
    cells: list[object] = [row.rule if row.known else f"{row.rule} (gone)", row.hits]
    cells.append("" if row.a_week is None else f"{row.a_week:g}")
    if compared and row.change is not None:
        cells += [f"+{row.change.added}", f"-{row.change.lost}"]
    if labelled:
        cells += ["" if share is None else f"{share:.0%}" for share in (row.precision, row.recall)]
    return [*cells, row.excepted]


def _print_samples(row: RuleRow) -> None:
    marked = [("  ", item) for item in row.samples]
    if row.change is not None:
        marked += [("+ ", item) for item in row.change.added_samples]
        marked += [("- ", item) for item in row.change.lost_samples]
    if marked:
        click.echo(f"\n{row.rule}")
    for mark, item in marked:
        click.echo(f"  {mark}{_line(item)}")


def _line(item: Seen) -> str:
    label = "" if item.relevant is not False else " [irrelevant]"
    return f"{f'{item.at:%Y-%m-%d} ' if item.at else ''}{item.id}: {item.title}{label}"


def _print_terms(terms: Sequence[TermRow]) -> None:
    used = [term for term in terms if term.matches]
    if used:
        click.echo("\nterms that took part" + (", the noisiest first" if used[0].noise else ""))
        rows = [
            (term.where, term.term, term.matches, "" if term.noise is None else term.noise)
            for term in used[:TERMS_SHOWN]
        ]
        print_table(("where", "term", "matches", "noise"), rows, "")
    rest = len(terms) - len(used)
    if rest:
        click.echo(f"\n{rest} of {len(terms)} terms took part in no match; `rules hygiene` names them")
