"""What the commands about rules share: the folder, its files, and how problems are printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerts.core.errors import ConfigError, Problem

if TYPE_CHECKING:
    from alerts.engine.intest import Recogniser

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


def folder_of(context: click.Context) -> Path:
    """Return the rules folder that was asked for, or that of the settings."""
    from alerts.settings import read_settings

    given: Path | None = context.obj
    return given or read_settings().rules_dir


def files_of(context: click.Context) -> dict[str, str]:
    """Read the folder's files; where that fails, print why and exit."""
    from alerts.rules_folder import read_folder

    try:
        return read_folder(folder_of(context))
    except ConfigError as error:
        print_problems(error.problems)
        raise SystemExit(FOUND) from None


def print_problems(problems: Sequence[Problem]) -> None:
    """Print one line a problem."""
    for problem in problems:
        click.echo(str(problem))


def recogniser() -> Recogniser:
    """Return the recogniser, imported when it is needed: its lexicons take a moment."""
    from alerts.recognise import recognise

    return recognise
