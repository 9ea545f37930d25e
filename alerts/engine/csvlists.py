"""Lists kept as CSV: what a team watches, by field, as it comes out of a spreadsheet.

``lists/ours.csv`` is list ``ours``. Its columns are ``field`` and ``value``; ``note`` and
``owner`` are for people. A field is one that a detection may look at (``commodity``, ``hs``,
``issuer``, ``entity``, ...), ``country`` (an issuer and a target), or ``term`` (words that
queries look for as ``$ours``). Comma or semicolon: spreadsheets write both.

Invariant: each value knows its line and column, and is checked there, whether a rule uses it
or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from alerts.core.errors import Place
from alerts.core.text import fold_term
from alerts.engine import meant
from alerts.engine.document import Scalar, text_at
from alerts.engine.fields import FIELDS, OPERATORS, Kind
from alerts.engine.findings import Findings, nearest, shown
from alerts.engine.values import read_word

COLUMNS = ("field", "value", "note", "owner")
MAX_ROWS = 20_000
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ALSO: Mapping[str, tuple[str, ...]] = {"country": ("issuer", "target"), "term": ("term",)}
_FIELDS = tuple(
    name
    for name, known in FIELDS.items()
    if "in_list" in OPERATORS[known.kind] and known.kind is not Kind.TEXT
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell and where it begins."""

    text: str
    place: Place


@dataclass(slots=True)
class CsvList:
    """One file, read: the list's id and its values by field."""

    id: str
    place: Place
    members: dict[str, list[Scalar]] = field(default_factory=dict)


def read_csv_list(file: str, text: str, findings: Findings) -> CsvList | None:
    """Read one file; None where nothing can be made of it."""
    name = PurePosixPath(file).stem
    if not _ID.fullmatch(name):
        remedy = "small letters, digits and _; it begins with a letter, e.g. lists/ours.csv"
        findings.error("bad-value", Place(file), f"`{name[:60]}` cannot be the name of a list", remedy)
        return None
    rows = _Lines(file, text, findings).rows()
    header = next(rows, None)
    columns = _columns(header, file, findings)
    if columns is None:
        return None
    listed = CsvList(name, Place(file))
    seen: dict[tuple[str, str], Place] = {}
    for number, row in enumerate(rows):
        if number >= MAX_ROWS:
            findings.error("yaml-limit", row[0].place, f"more than {MAX_ROWS:,} rows", "split the list")
            break
        _take(row, columns, listed, seen, findings)
    return listed


def _columns(header: Sequence[Cell] | None, file: str, findings: Findings) -> dict[str, int] | None:
    names = [cell.text.casefold() for cell in header or ()]
    for name, cell in zip(names, header or (), strict=True):
        if name and name not in COLUMNS:
            findings.error("unknown-key", cell.place, f"unknown column {shown(name)}", nearest(name, COLUMNS))
    missing = [name for name in COLUMNS[:2] if name not in names]
    for name in missing:
        findings.error(
            "missing-key", Place(file), f"column `{name}` is missing", "first line: field,value,note,owner"
        )
    return None if missing else {name: names.index(name) for name in names if name}


def _take(
    row: Sequence[Cell],
    columns: Mapping[str, int],
    listed: CsvList,
    seen: dict[tuple[str, str], Place],
    findings: Findings,
) -> None:
    cells = {name: row[at] for name, at in columns.items() if at < len(row)}
    name, value = cells.get("field"), cells.get("value")
    if name is None or not name.text:
        known = "commodity, hs, country, entity or term"
        findings.error("missing-key", row[0].place, "the row names no field", f"write {known} there")
    elif value is None or not value.text:
        findings.error("empty-values", row[0].place, "the row has no value", "write one, or remove the row")
    elif name.text not in (*_FIELDS, *_ALSO):
        remedy = nearest(name.text, [*_FIELDS, *_ALSO], words=meant.FIELDS)
        findings.error("unknown-field", name.place, f"unknown field {shown(name.text)}", remedy)
    elif (before := seen.get(key := (name.text, fold_term(value.text)))) is not None:
        message = f"{shown(value.text)} stands twice in list `{listed.id}`"
        findings.warning("duplicate-term", value.place, message, f"it stands at {before} too: remove one")
    else:
        seen[key] = value.place
        _keep(name.text, value, listed, findings)


def _keep(name: str, value: Cell, listed: CsvList, findings: Findings) -> None:
    fields = _ALSO.get(name, (name,))
    known = FIELDS.get(fields[0])
    if known is not None:
        word = read_word(known, value.text, value.place, findings)
        if word is None:
            return
        if known.kind is Kind.HS and len(word) % 2:
            message = f"`hs` cannot be {shown(value.text)}: customs codes have 2, 4, 6, 8 or 10 digits"
            remedy = f"did a spreadsheet drop the zero of 0{word}? Format the column as text"
            findings.error("unknown-value", value.place, message, remedy)
            return
    scalar = text_at(value.text, value.place)
    for each in fields:
        listed.members.setdefault(each, []).append(scalar)


class _Lines:
    """A file's lines, one row each; empty ones and those that begin with # are passed over."""

    def __init__(self, file: str, text: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.lines = text.split("\n")
        first = next(filter(_counts, self.lines), "")
        self.separator = ";" if first.count(";") > first.count(",") else ","

    def rows(self) -> Iterator[list[Cell]]:
        """The header first."""
        for number, line in enumerate(self.lines, 1):
            bare = line.rstrip("\r")
            if _counts(bare) and bare.strip(f" \t{self.separator}"):
                cells = self._cells(bare, number)
                if cells is not None:
                    yield cells

    def _cells(self, line: str, number: int) -> list[Cell] | None:
        cells: list[Cell] = []
        at = 0
        while True:
            start = len(line) - len(line[at:].lstrip(" \t"))
            quoted = line[start : start + 1] == '"'
            end = _closing(line, start + 1) if quoted else at
            if end < 0:
                place = Place(self.file, number, start + 1)
                message = 'a quote `"` is not closed on its line'
                self.findings.error("wrong-type", place, message, "close it")
                return None
            after = line.find(self.separator, end)
            start += quoted
            text = line[start : end if quoted else max(start, after) if after >= 0 else len(line)]
            text = text.replace('""', '"') if quoted else text
            cells.append(Cell(text.strip(), Place(self.file, number, start + 1)))
            if after < 0:
                return cells
            at = after + 1


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _closing(line: str, at: int) -> int:
    """The quote that ends a quoted cell; two quotes are one that belongs to it."""
    while (end := line.find('"', at)) >= 0:
        if line[end + 1 : end + 2] != '"':
            return end
        at = end + 2
    return -1
