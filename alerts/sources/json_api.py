"""Open data in JSON into entries: ``items`` is a path to the list, ``map`` names its fields.

A path is names parted by dots, with ``[*]`` for every element of a list and ``[2]`` for one:
``results[*]``, ``data.articles[*]``, ``[*]``. In ``map`` the names on the left are ours (key,
title, url, published, date, text, publisher, lang), the paths on the right theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from alerts.core.reasons import PollReason
from alerts.core.source import Source
from alerts.sources.identity import Item, entries, web_link
from alerts.sources.moments import read_moment
from alerts.sources.parsed import Parsed
from alerts.sources.plain import paragraphs, title_line

FIELDS = frozenset({"key", "title", "url", "published", "date", "text", "publisher", "lang"})
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\*|\d{1,6})\]")
_ITEM_LIMIT = 2000


def parse_json(source: Source, body: bytes, *, url: str = "", cut: str = "") -> Parsed:
    """Read a JSON document after the source's ``items`` and ``map``."""
    if fault := map_fault(source):
        return _bad(fault)
    if cut:
        return Parsed(PollReason.TRUNCATED, detail=f"{cut}: the next poll fetches it again")
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _bad(f"not JSON; it begins {body[:60].decode('utf-8', 'replace')!r}: check the url")
    return _rows(source, data, url)


def map_fault(source: Source) -> str:
    """Say what is wrong with a source's ``items`` or ``map``; empty where nothing is."""
    names = source.map or {}
    if unknown := sorted(set(names) - FIELDS):
        return f"map: there is no field {unknown[0]!r}; there are {', '.join(sorted(FIELDS))}"
    for path in (source.items or "[*]", *names.values()):
        if _steps(path) is None:
            return f"{path!r} is not a path: write it as results[*] or data.rows[*]"
    return ""


def _rows(source: Source, data: Any, url: str) -> Parsed:
    names, path = source.map or {}, source.items or "[*]"
    steps = _steps(path) or []
    rows = list(islice(_walk(data, steps), _ITEM_LIMIT))
    if not rows and not _reached(data, steps):
        return _bad(f"items: the document has nothing at {path!r}: has the API changed its form?")
    items = [_item(source, row, names, url) for row in rows if isinstance(row, dict)]
    if items and not any(item.title for item in items):
        return _bad(f"map: no item has a title at {names.get('title', 'title')!r}: check the map")
    return Parsed(PollReason.NEW_ENTRIES, entries(item for item in items if item.title))


def _bad(detail: str) -> Parsed:
    return Parsed(PollReason.BAD_DOCUMENT, detail=detail)


def _steps(path: str) -> list[str | int] | None:
    """Take a path apart: names, numbers, and -1 for every element."""
    steps: list[str | int] = []
    end = 0
    for found in _STEP.finditer(path):
        if found.start() != end:
            return None
        end = found.end()
        steps.append(found[1] if found[1] else -1 if found[2] == "*" else int(found[2]))
    return steps if end == len(path) else None


def _walk(data: Any, steps: list[str | int]) -> Iterator[Any]:
    if not steps:
        yield data
    elif isinstance(steps[0], str):
        if isinstance(data, dict) and steps[0] in data:
            yield from _walk(data[steps[0]], steps[1:])
    elif isinstance(data, list):
        for part in data if steps[0] < 0 else data[steps[0] : steps[0] + 1]:
            yield from _walk(part, steps[1:])


def _reached(data: Any, steps: list[str | int]) -> bool:
    """Tell an empty list (nothing new) from a path that leads nowhere (a changed API)."""
    until = steps.index(-1) if -1 in steps else len(steps)
    return any(isinstance(found, list) for found in _walk(data, steps[:until]))


def _item(source: Source, row: dict[str, Any], names: dict[str, str], url: str) -> Item:
    def said(name: str) -> Any:
        return next(_walk(row, _steps(names.get(name, name)) or []), None)

    def text(name: str) -> str:
        value = said(name)
        return str(value).strip() if isinstance(value, str | int | float) else ""

    link = text("url")
    return Item(
        guid=text("key") or None,
        title=title_line(text("title")),
        text=paragraphs(text("text")),
        url=web_link(url, link) if link else None,
        published=read_moment(said("published") or said("date"), country=source.country),
        publisher=text("publisher") or None,
        lang=text("lang")[:2].lower() or None,
    )
