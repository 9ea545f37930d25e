"""``rules``: lint, test and explain what stands in the rules folder.

Exit codes: 0 all well, 1 problems found, 2 the command itself was used wrongly.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree  # written only: nothing is parsed

import click

from alerts.core.errors import ConfigError, Problem, Severity

if TYPE_CHECKING:
    from alerts.engine.explain import Explanation
    from alerts.engine.intest import Recogniser, TestResult

FOUND = 1


def _keep_folder(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.obj = value


rules_dir = click.option(
    "--rules-dir",
    type=click.Path(path_type=Path),
    callback=_keep_folder,
    expose_value=False,
    help="Rules folder [EXPORTWATCH_RULES_DIR].",
)
"""Taken before and after the command's name, since people write it in both places."""


@click.group()
@rules_dir
def rules() -> None:
    """Check, try and explain the rules."""


def _folder(context: click.Context) -> Path:
    from alerts.settings import read_settings

    given: Path | None = context.obj
    return given or read_settings().rules_dir


def _files(context: click.Context) -> dict[str, str]:
    from alerts.rules_folder import read_folder

    try:
        return read_folder(_folder(context))
    except ConfigError as error:
        _print_problems(error.problems)
        raise SystemExit(FOUND) from None


def _print_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem))


def _recogniser() -> Recogniser:
    from alerts.recognise import recognise

    return recognise


@rules.command()
@rules_dir
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@click.pass_context
def lint(context: click.Context, form: str, strict: bool) -> None:
    """Report everything that is wrong, with file, line, column and a remedy."""
    from datetime import UTC, datetime

    from alerts.engine.loading import lint as lint_files

    problems = lint_files(_files(context), today=datetime.now(UTC).date())
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if form == "json":
        click.echo(json.dumps([_row(problem) for problem in problems], ensure_ascii=False, indent=2))
    else:
        _print_problems(problems)
        click.echo(f"{errors} error(s), {len(problems) - errors} warning(s) in {_folder(context)}")
    if errors or (strict and problems):
        raise SystemExit(FOUND)


def _row(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "remedy": problem.remedy,
    }


@rules.command()
@rules_dir
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True
)
@click.pass_context
def test(context: click.Context, form: str) -> None:
    """Run the tests that stand in the rules."""
    from alerts.engine.intest import read_rules, run_tests, unused_selections

    files = _files(context)
    try:
        results = run_tests(files, _recogniser())
    except ConfigError as error:
        _print_problems(error.problems)
        raise SystemExit(FOUND) from None
    show = {"text": _print_results, "json": _print_json, "junit": _print_junit}[form]
    show(results)
    if form == "text":
        for rule, names in unused_selections(read_rules(files), results).items():
            click.echo(f"note: {rule}: no test in which {', '.join(names)} holds")
    if not results or not all(result.passed for result in results):
        raise SystemExit(FOUND)


def _print_results(results: list[TestResult]) -> None:
    failed = [result for result in results if not result.passed]
    for result in failed:
        click.echo(f"FAIL {result.place}: {result.rule_id}: {result.name}: {result.verdict}")
        click.echo(f"     `rules explain {result.rule_id} --test '{result.name}'` says why")
    click.echo(
        f"{len(results) - len(failed)} passed, {len(failed)} failed" if results else "there is no test"
    )


def _print_json(results: list[TestResult]) -> None:
    rows = [
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
    click.echo(json.dumps(rows, ensure_ascii=False, indent=2))


def _print_junit(results: list[TestResult]) -> None:
    failed = sum(not result.passed for result in results)
    suite = ElementTree.Element("testsuite", name="rules", tests=str(len(results)), failures=str(failed))
    for result in results:
        place = result.place
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=result.rule_id,
            name=result.name,
            file=place.file,
            line=str(place.line),
        )
        if not result.passed:
            ElementTree.SubElement(case, "failure", message=result.verdict)
    ElementTree.indent(suite)
    click.echo(ElementTree.tostring(suite, encoding="unicode", xml_declaration=True))


@rules.command()
@rules_dir
@click.argument("rule")
@click.option(
    "--event", "event_file", type=click.File("r", encoding="utf-8"), help="Event as JSON; - is stdin."
)
@click.option("--test", "test_name", help="Name of a test of the rule, instead of an event.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def explain(context: click.Context, rule: str, event_file: Any, test_name: str | None, form: str) -> None:
    """Say why RULE does, or does not, match an event, down to words and distances.

    The event is JSON with title, text, source, lang and so on; all may be left out.
    """
    from alerts.engine.explaining import explain_text

    if (event_file is None) == (test_name is None):
        raise click.UsageError("give exactly one of --event FILE and --test NAME")
    files = _files(context)
    try:
        tree = explain_text(
            files, rule, _recogniser(), event=event_file.read() if event_file else None, test=test_name
        )
    except ConfigError as error:
        _print_problems(error.problems)
        raise SystemExit(FOUND) from None
    _print_tree(tree, form)


def _print_tree(tree: Explanation, form: str) -> None:
    if form == "json":
        click.echo(json.dumps(tree.as_data(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(tree.lines()))


@rules.command()
@rules_dir
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder to write them to.")
@click.pass_context
def schema(context: click.Context, out: Path | None) -> None:
    """Write the JSON Schemas that editors complete and check the files by."""
    from alerts.engine.schema import schemas

    folder = out or _folder(context) / ".schemas"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(str(folder / name))
