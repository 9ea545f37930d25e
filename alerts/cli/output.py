"""Printing: tables for people, JSON for machines; one way for every command."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

F = TypeVar("F", bound=Callable[..., Any])

WIDE = 100_000
"""Columns of a pipe; a table takes only what it needs."""

FORMATS = click.Choice(["table", "json"])


def format_option(function: F) -> F:
    """Give a command ``--format table|json``."""
    option = click.option("--format", "form", type=FORMATS, default="table", show_default=True)
    return option(function)


def print_json(data: Any) -> None:
    """Print data as JSON; times as ISO 8601, text as it is."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Print rows as a table, or say in a sentence that there are none."""
    if not rows:
        click.echo(empty)
        return
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    # Into a pipe each row is one line with whole ids, however wide: grep and cut come after it.
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)
