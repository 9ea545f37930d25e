"""``check``: the whole configuration in one go, before anything is started."""

from __future__ import annotations

import click

from alerts.cli.output import format_option, print_json
from alerts.core.errors import ConfigError, ExportwatchError, Place, Problem, Severity
from alerts.settings import Settings, read_settings


@click.command()
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@format_option
def check(strict: bool, form: str) -> None:
    """Check settings, rules, sources, routes and receivers; exit 1 if anything does not hold."""
    settings = read_settings()
    problems = rule_problems(settings)
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
