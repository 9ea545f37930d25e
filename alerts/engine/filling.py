"""Templates that only fill in names, as nearly all do: filled in without Jinja.

``{{ event.title }}`` and ``{{ measure.commodities | join(', ') }}``, with text around them. Jinja
gives the same (a property test says so) and takes twenty times as long, which is what an event
that a thousand rules match would cost most.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

MAX_RESULT = 2_000
MAX_VALUE = 2_000

NAMES: dict[str, tuple[str, ...]] = {
    "event": (
        "id",
        "title",
        "text",
        "text_added",
        "url",
        "lang",
        "published",
        "source",
        "publisher",
        "value",
        "change_pct",
    ),
    "measure": (
        "issuer",
        "issuer_code",
        "targets",
        "target_codes",
        "kind",
        "measure",
        "commodities",
        "commodity_ids",
        "status",
        "effective_date",
        "hs",
        "entities",
    ),
    "rule": ("id", "title", "severity", "owner", "description"),
}
"""What a template may name."""

_SIMPLE = re.compile(r"[^{}]*(?:\{\{ *[a-z]+\.[a-z_]+ *(?:\| *join(?:\('[^'{}\\]*'\))? *)?\}\}[^{}]*)*")
_FILLED = re.compile(r"\{\{ *([a-z]+)\.([a-z_]+) *(\| *join(?:\('([^'{}\\]*)'\))? *)?\}\}")
_NOTHING: Mapping[str, Any] = {}
_NEWLINE = re.compile(r"\r\n?")


class Piece(NamedTuple):
    """A name to fill in (its list joined, if there is a separator), and the text behind it."""

    noun: str
    attribute: str
    separator: str | None
    behind: str


class Filling(NamedTuple):
    """A template that only fills in names: the text before the first, and the names."""

    before: str
    pieces: tuple[Piece, ...]

    def fill(self, names: Mapping[str, Mapping[str, Any]]) -> str:
        """Return the text with the values of the names."""
        found = [self.before]
        for noun, attribute, separator, behind in self.pieces:
            value = names.get(noun, _NOTHING).get(attribute, "")
            found += (str(value) if separator is None else join(value, separator), behind)
        return "".join(found)


def plainly_right(source: str) -> bool:
    """Whether a template only fills in known names: Jinja need not be asked."""
    return _SIMPLE.fullmatch(source) is not None and all(
        attribute in NAMES.get(noun, ()) for noun, attribute, *_ in _FILLED.findall(source)
    )


@lru_cache(maxsize=4096)
def filling_of(source: str) -> Filling | None:
    """Take such a template apart, once for however many rules have it; None for any other."""
    if not plainly_right(source):
        return None
    before, *rest = _FILLED.split(_NEWLINE.sub("\n", source))
    pieces = zip(rest[0::5], rest[1::5], rest[2::5], rest[3::5], rest[4::5], strict=True)
    return Filling(
        before,
        tuple(
            Piece(noun, attribute, None if joined is None else separator or "", behind)
            for noun, attribute, joined, separator, behind in pieces
        ),
    )


def join(values: Any, separator: str = "") -> str:
    """Jinja's join, of a list only and short: a text joined by itself would grow for ever."""
    items = [values] if isinstance(values, str) else list(values)[:100]
    return str(separator)[:20].join(str(item)[:MAX_VALUE] for item in items)[:MAX_RESULT]
