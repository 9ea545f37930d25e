"""``rules hygiene``: silent, noisy and overdue rules, and terms that never help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerts.cli.backtest import items_options, report_of, run_over
from alerts.cli.output import format_option, print_json, print_table
from alerts.cli.rulesdir import FOUND, files_of, print_problems, rules_dir
from alerts.core.errors import ConfigError

if TYPE_CHECKING:
    from alerts.engine.hygiene import Advice


@click.command()
@rules_dir
@items_options
@click.option(
    "--noisy-above", default=20.0, show_default=True, type=click.FloatRange(0), help="Matches a week."
)
@click.option("--strict", is_flag=True, help="Exit 1 if there is anything to tidy.")
@format_option
@click.pass_context
def hygiene(
    context: click.Context,
    since: timedelta,
    items: Path | None,
    jobs: int,
    noisy_above: float,
    strict: bool,
    form: str,
) -> None:
    """Say what to tidy: rules that are silent, noisy or overdue, terms without use.

    Runs the rules of today over the ledger's items (or a file). A term that only ever hits noise
    can be told where items are labelled: --items FILE with `relevant`.
    """
    from alerts.engine.hygiene import advise
    from alerts.engine.intest import read_loaded

    files = files_of(context)
    try:
        rules = read_loaded(files).every
    except ConfigError as error:
        print_problems(error.problems)
        raise SystemExit(FOUND) from None
    outcome = run_over([files], since, items, jobs)
    counts = {} if items is not None else _counts()
    report = report_of(outcome, rules)
    found = advise(rules, report, counts, datetime.now(UTC).date(), noisy_above)
    if form == "json":
        print_json([asdict(advice) for advice in found])
    else:
        click.echo(f"{report.items} item(s) looked at")
        _print(found)
    for number, reason in outcome.bad:
        click.echo(f"line {number}: {reason}", err=True)
    if outcome.bad or (strict and found):
        raise SystemExit(FOUND)


def _counts() -> dict[str, int]:
    from alerts.cli.context import visit

    now = datetime.now(UTC)
    return visit(lambda ledger: ledger.records.status(now)).counts


def _print(found: Sequence[Advice]) -> None:
    rules = [advice for advice in found if not advice.term]
    rows = [(advice.kind.value, advice.where, advice.owner, advice.message) for advice in rules]
    print_table(("", "rule", "owner", ""), rows, "Every rule is fine.")
    terms = [advice for advice in found if advice.term]
    for (kind, where), group in groupby(terms, key=lambda advice: (advice.kind, advice.where)):
        click.echo(f"\n{kind.value}: {where}\n  {', '.join(advice.term for advice in group)}")
