"""``check``: the whole configuration in one go, before anything is started."""

from __future__ import annotations

import re
from collections.abc import Mapping

import click

from alerts.cli.output import format_option, print_json
from alerts.core.errors import ConfigError, ExportwatchError, Place, Problem, Severity
from alerts.core.source import Source
from alerts.settings import Settings, read_settings


@click.command()
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@format_option
def check(strict: bool, form: str) -> None:
    """Check settings, rules, sources, routes and receivers; exit 1 if anything does not hold."""
    settings = read_settings()
    problems = rule_problems(settings)
    problems += source_problems(settings)
    problems += receiver_problems(settings, problems)
    notes = machine_problems(settings)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    warnings = [problem for problem in problems if problem.severity is Severity.WARNING]
    if form == "json":
        print_json({"errors": _rows(errors), "warnings": _rows(warnings), "machine": notes})
    else:
        for line in [*map(str, problems), *notes]:
            click.echo(line)
        click.echo(f"{len(errors) + len(notes)} error(s), {len(warnings)} warning(s) in {settings.rules_dir}")
    if errors or notes or (strict and warnings):
        raise SystemExit(1)


def _rows(problems: list[Problem]) -> list[dict[str, object]]:
    return [
        {
            "file": problem.place.file,
            "line": problem.place.line,
            "column": problem.place.column,
            "code": problem.code,
            "message": problem.message,
            "remedy": problem.remedy,
        }
        for problem in problems
    ]


def rule_problems(settings: Settings) -> list[Problem]:
    """Everything that is wrong, or doubtful, in the rules folder."""
    from alerts.engine.loading import lint
    from alerts.rules_folder import read_folder

    try:
        files = read_folder(settings.rules_dir)
    except ConfigError as error:
        return error.problems
    return lint(files)


def source_problems(settings: Settings) -> list[Problem]:
    """What a source asks for that its kind cannot do: found here rather than at the first poll."""
    from alerts.engine.loading import read_all
    from alerts.rules_folder import read_folder

    try:
        files = read_folder(settings.rules_dir)
    except ConfigError:
        return []  # told of already
    return [
        Problem(_place_of(source.id, files), "bad-source", f"source `{source.id}`: {fault}")
        for source in read_all(files).sources.values()
        if (fault := source_fault(source))
    ]


def source_fault(source: Source) -> str:
    """What is wrong with a source's query, map or selectors; empty where nothing is."""
    from alerts.sources.federal_register import read_query
    from alerts.sources.json_api import map_fault
    from alerts.sources.page import selector_fault

    if source.kind == "federal_register":
        query = read_query(source)
        return query if isinstance(query, str) else ""
    if source.kind == "json_api":
        return map_fault(source)
    return selector_fault(source) if source.kind == "page" else ""


def _place_of(source_id: str, files: Mapping[str, str]) -> Place:
    """Where the source's id stands."""
    form = re.compile(rf"\bid:\s*[\"']?({re.escape(source_id)})[\"']?\s*(?:[,}}#]|$)")
    for name, text in files.items():
        if name.endswith(".csv") or not re.search(r"^sources:", text, re.MULTILINE):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if found := form.search(line):
                return Place(name, number, found.start(1) + 1)
    return Place("sources.yaml")


def receiver_problems(settings: Settings, told: list[Problem]) -> list[Problem]:
    """Secrets that a receiver names and that cannot be read here, unless lint ``told`` of it."""
    from alerts.channels.dispatch import what_is_missing
    from alerts.wiring import load, read_folder

    try:
        book = load(read_folder(settings))
    except ConfigError:
        return []  # told of already
    missing = {name: what_is_missing(receiver) for name, receiver in book.receivers.items()}
    return [
        Problem(Place("receivers.yaml"), "no-secret", f"receiver `{name}`: {what}", severity=Severity.WARNING)
        for name, what in missing.items()
        if what and not any(f"receiver `{name}`" in problem.message for problem in told)
    ]


def machine_problems(settings: Settings) -> list[str]:
    """What this machine lacks: today, a server where none is configured."""
    from alerts.ledger.embedded import find_binary

    if settings.redis_url.get_secret_value():
        return []
    try:
        find_binary()
    except ExportwatchError as error:
        return [f"error: {error}"]
    return []
