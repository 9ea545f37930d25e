"""``recognise``: JSON lines in, JSON lines out, one line a text.

In: id, title, text and, if known, lang and published (RFC 3339 or a plain day). Out: id,
relevant, measures. A line that is no such text is reported on stderr with its number and
reason; the others still come out, and the exit code is 1 at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

import click

from alerts.core.errors import ExportwatchError
from alerts.core.measure import Measure, Recognition


class BadLine(ExportwatchError):
    """A line of the input that is no text to recognise."""


def _published(value: Any) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise BadLine(f"published: {value!r} is no date; write 2025-10-09 or 2025-10-09T08:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int if name == "id" else str):
        raise BadLine(f"{name}: a string is needed, not {type(value).__name__}")
    return str(value)


def parse(line: str) -> dict[str, Any]:
    """Read one line of input; BadLine says what is wrong with it."""
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as broken:
        remedy = 'write {"id": "1", "title": "…"}'
        raise BadLine(f"no JSON: {broken.msg} at column {broken.colno}; {remedy}") from None
    if not isinstance(fields, dict):
        raise BadLine(f"a JSON object is needed, not {type(fields).__name__}")
    if "title" not in fields and "text" not in fields:
        raise BadLine("neither title nor text; give at least one of them")
    if fields.get("id") is None:
        raise BadLine("no id; each line needs one, so that its answer can be told apart")
    lang = fields.get("lang")
    return {
        "id": _text(fields, "id"),
        "title": _text(fields, "title"),
        "text": _text(fields, "text"),
        "lang": lang if isinstance(lang, str) else None,
        "published": _published(fields.get("published")),
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "issuer": measure.issuer,
        "targets": list(measure.targets),
        "measure": measure.kind.value,
        "commodities": list(measure.commodities),
        "status": measure.status.value,
        "effective_date": measure.effective_date.isoformat() if measure.effective_date else None,
        "hs": list(measure.hs),
        "entities": list(measure.entities),
        "evidence": [each.model_dump() for each in measure.evidence],
    }


def written(identifier: str, recognition: Recognition) -> dict[str, Any]:
    """Shape one line of output."""
    return {
        "id": identifier,
        "relevant": recognition.relevant,
        "score": recognition.score,
        "measures": [_measure(each) for each in recognition.measures],
    }


def recognised(lines: TextIO) -> Iterator[dict[str, Any] | tuple[int, str]]:
    """Yield an output for each line, or (line number, reason) where it is bad."""
    from alerts.recognise import recognise as read

    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            fields = parse(line)
        except BadLine as bad:
            yield number, str(bad)
            continue
        identifier = fields.pop("id")
        yield written(identifier, read(fields.pop("title"), fields.pop("text"), **fields))


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
@click.pass_context
def recognise(context: click.Context, file: TextIO) -> None:
    """Recognise trade measures in JSON lines (id, title, text) from FILE or stdin."""
    bad = 0
    for result in recognised(file):
        if isinstance(result, tuple):
            bad += 1
            click.echo(f"line {result[0]}: {result[1]}", err=True)
        else:
            click.echo(json.dumps(result, ensure_ascii=False))
    if bad:
        context.exit(1)
