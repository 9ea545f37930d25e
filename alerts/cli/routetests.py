"""``routes test``: the tests that stand beside the routes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from alerts.cli.junit import Case, junit
from alerts.cli.rulesdir import FOUND, files_of, print_problems, rules_dir
from alerts.core.errors import ConfigError

if TYPE_CHECKING:
    from alerts.pipeline.routetest import RouteResult


@click.command()
@rules_dir
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True
)
@click.pass_context
def test(context: click.Context, form: str) -> None:
    """Run the tests that stand beside the routes: each names exactly those who are told, and when."""
    from alerts.cli.routefiles import read_routing
    from alerts.pipeline.routetest import run_route_tests

    try:
        routing, receivers = read_routing(files_of(context))
    except ConfigError as error:
        print_problems(error.problems)
        raise SystemExit(FOUND) from None
    results = run_route_tests(routing.tests, routing.tree, receivers, routing.intervals)
    {"text": _print_text, "json": _print_json, "junit": _print_junit}[form](results)
    if not results or not all(result.passed for result in results):
        raise SystemExit(FOUND)


def _print_text(results: list[RouteResult]) -> None:
    failed = [result for result in results if not result.passed]
    for result in failed:
        click.echo(f"FAIL {result.place}: {result.name}")
        for fault in result.faults:
            click.echo(f"     {fault}")
    passed = len(results) - len(failed)
    click.echo(
        f"{passed} passed, {len(failed)} failed"
        if results
        else "there is no test: write `tests:` beside `route:`"
    )


def _print_json(results: list[RouteResult]) -> None:
    tests = [
        {
            "test": result.name,
            "file": result.place.file,
            "line": result.place.line,
            "passed": result.passed,
            "told": list(result.told),
            "faults": list(result.faults),
        }
        for result in results
    ]
    click.echo(json.dumps({"tests": tests}, ensure_ascii=False, indent=2))


def _print_junit(results: list[RouteResult]) -> None:
    cases = [Case("routes", result.name, result.place, "; ".join(result.faults)) for result in results]
    click.echo(junit("routes", cases))
