"""The table of figures."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; ``ratio`` is ours over the baseline's, above 1 is quicker than it."""

    what: str
    value: str
    baseline: str = ""
    ratio: float | None = None
    aim: str = ""
    note: str = ""


def per_second(rate: float, what: str) -> str:
    """Write a rate."""
    return f"{rate:,.0f} {what}/s"


def show(rows: list[Row], title: str) -> None:
    """Print the table."""
    table = Table(title=title, title_justify="left")
    for name in ("figure", "Exportwatch", "baseline", "ratio", "aim", "note"):
        table.add_column(name, overflow="fold")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        table.add_row(row.what, row.value, row.baseline, ratio, row.aim, row.note)
    Console(width=200).print(table)
