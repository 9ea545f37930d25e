"""``rules test``: the tests that stand in the rules, and which selections they cover."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from alerts.cli.junit import Case, junit
from alerts.cli.rulesdir import FOUND, files_of, print_problems, recogniser, rules_dir
from alerts.core.errors import ConfigError

if TYPE_CHECKING:
    from alerts.engine.intest import Coverage, TestResult


@click.command()
@rules_dir
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True
)
@click.option("--strict", is_flag=True, help="Exit 1 on a selection that holds in no test, too.")
@click.pass_context
def test(context: click.Context, form: str, strict: bool) -> None:
    """Run the tests that stand in the rules, and say which selections held in none of them."""
    from alerts.engine.intest import coverage, read_loaded, run_tests
    from alerts.pipeline.retelling import retell

    files = files_of(context)
    try:
        results = run_tests(files, recogniser(), retell)
        covered = coverage(read_loaded(files).every, results)
    except ConfigError as error:
        print_problems(error.problems)
        raise SystemExit(FOUND) from None
    {"text": _print_text, "json": _print_json, "junit": _print_junit}[form](results, covered)
    gaps = strict and any(each.missing for each in covered.values())
    if not results or gaps or not all(result.passed for result in results):
        raise SystemExit(FOUND)


def _print_text(results: list[TestResult], covered: Mapping[str, Coverage]) -> None:
    failed = [result for result in results if not result.passed]
    for result in failed:
        click.echo(f"FAIL {result.place}: {result.rule_id}: {result.name}: {result.verdict}")
        click.echo(f"     `rules explain {result.rule_id} --test '{result.name}'` says why")
    click.echo(
        f"{len(results) - len(failed)} passed, {len(failed)} failed; {_sum(covered)} selections covered"
        if results
        else "there is no test"
    )
    for rule, each in covered.items():
        if each.missing:
            click.echo(f"note: {rule}: no test in which {', '.join(each.missing)} holds")


def _sum(covered: Mapping[str, Coverage]) -> str:
    held = sum(len(each.held) for each in covered.values())
    return f"{held} of {held + sum(len(each.missing) for each in covered.values())}"


def _print_json(results: list[TestResult], covered: Mapping[str, Coverage]) -> None:
    tests = [
        {
            "rule": result.rule_id,
            "test": result.name,
            "passed": result.passed,
            "expected": result.expected,
            "got": result.got,
            "selections": list(result.selections),
        }
        for result in results
    ]
    rules = {rule: {"held": list(each.held), "missing": list(each.missing)} for rule, each in covered.items()}
    click.echo(json.dumps({"tests": tests, "coverage": rules}, ensure_ascii=False, indent=2))


def _print_junit(results: list[TestResult], covered: Mapping[str, Coverage]) -> None:
    gaps = {
        f"selections.missing.{rule}": " ".join(each.missing) for rule, each in covered.items() if each.missing
    }
    cases = [
        Case(result.rule_id, result.name, result.place, "" if result.passed else result.verdict)
        for result in results
    ]
    click.echo(junit("rules", cases, {"selections.covered": _sum(covered)} | gaps))
