"""Values of a detection: read, checked against the field's closed list, made comparable."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from alerts.core.durations import parse_duration
from alerts.core.errors import Mend, Place
from alerts.core.places import PLACES
from alerts.core.text import fold_term
from alerts.engine.document import Listing, Node, Scalar, kind_of
from alerts.engine.fields import Field, Kind
from alerts.engine.findings import Findings, Remedy, nearest, shown

_RELATIVE = re.compile(r"now(?:\s*([+-])\s*([0-9a-z]+))?")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a moment, or a time relative to now."""

    day: date | None = None
    at: datetime | None = None
    offset: timedelta | None = None

    def compare(self, value: date | datetime, now: datetime) -> int:
        """-1, 0 or 1: the value lies before, at or after. Days compare as days."""
        at = now + self.offset if self.offset is not None else self.at
        if at is not None and isinstance(value, datetime) and self.day is None:
            return (value > at) - (value < at)
        mine = self.day or (at or now).astimezone(UTC).date()
        theirs = value.astimezone(UTC).date() if isinstance(value, datetime) else value
        return (theirs > mine) - (theirs < mine)


def scalars(node: Node, name: str, findings: Findings) -> list[Scalar] | None:
    """One value or a list of values; None (and a finding) for anything else."""
    items = node.items if isinstance(node, Listing) else (node,)
    if not items:
        findings.error(
            "empty-values", node.place, f"`{name}` has an empty list, so it never holds", "write a value"
        )
        return None
    found: list[Scalar] = []
    for item in items:
        if not isinstance(item, Scalar):
            findings.error(
                "wrong-type", item.place, f"`{name}` takes a value or a list of values, found {kind_of(item)}"
            )
        elif item.value is None or item.raw.strip() == "":
            findings.error(
                "empty-values",
                item.place,
                f"`{name}` has no value",
                f"write a value; for what is not known: `{name.split('|', maxsplit=1)[0]}|exists: false`",
            )
        else:
            found.append(item)
    return found if len(found) == len(items) else None


def read_word(field: Field, raw: str, place: Place, findings: Findings) -> str | None:
    """Return a value in the form that events and measures carry it."""
    if field.kind is Kind.PLACE:
        return _place(field, raw, place, findings)
    if field.kind is Kind.HS:
        return _hs(raw, place, findings)
    if field.known:
        if raw not in field.known:
            findings.error(
                "unknown-value", place, f"`{field.name}` cannot be {shown(raw)}", nearest(raw, field.known)
            )
            return None
        return raw
    if field.name == "lang" and not re.fullmatch(r"[a-z]{2}", raw):
        findings.error(
            "unknown-value", place, f"`lang` cannot be {shown(raw)}", "two small letters, e.g. en, zh"
        )
        return None
    return raw


def _place(field: Field, raw: str, place: Place, findings: Findings) -> str | None:
    if raw.upper() in field.known:
        return raw.upper()
    names = {name.casefold(): code for code, name in PLACES.items()}
    code = names.get(raw.casefold())
    if code is None:
        guess = nearest(raw, names, remedy="") if len(raw) > 3 else ""
        near = guess.split("`")[1].casefold() if "`" in guess else ""
        code = names.get(near)
    remedy = "write the two-letter code, e.g. CN; or EU, WTO"
    if code:
        sure = Mend(raw, code) if raw.casefold() in names else None
        remedy = Remedy.certain(f"write {code} for {PLACES[code]}", sure)
    findings.error("unknown-value", place, f"`{field.name}` cannot be {shown(raw)}", remedy)
    return None


def _hs(raw: str, place: Place, findings: Findings) -> str | None:
    digits = re.sub(r"[.\s]", "", raw)
    if not re.fullmatch(r"[0-9]{2,10}", digits):
        findings.error(
            "unknown-value", place, f"`hs` cannot be {shown(raw)}", "two to ten digits, e.g. 2805.30"
        )
        return None
    return digits


def read_moment(scalar: Scalar, name: str, findings: Findings) -> Moment | None:
    """``2026-11-01``, ``2026-11-01T08:00:00Z``, ``now``, ``now-30d``."""
    raw = scalar.raw.strip()
    try:
        relative = _RELATIVE.fullmatch(raw)
        if relative:
            length = parse_duration(relative[2]) if relative[2] else timedelta(0)
            if length > timedelta(days=36500):
                raise ValueError
            return Moment(offset=-length if relative[1] == "-" else length)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
            return Moment(day=date.fromisoformat(raw))
        at = datetime.fromisoformat(raw)
        return Moment(at=at if at.tzinfo else at.replace(tzinfo=UTC))
    except ValueError:
        findings.error(
            "bad-value",
            scalar.place,
            f"`{name}`: {shown(raw)} is no time",
            "write 2026-11-01, 2026-11-01T08:00:00Z, now, or now-30d",
        )
        return None


def read_duration(scalar: Scalar, name: str, findings: Findings) -> timedelta | None:
    """``48h``, ``10d``."""
    try:
        return parse_duration(scalar.raw.strip())
    except ValueError as error:
        findings.error("bad-value", scalar.place, f"`{name}`: {error}")
        return None


def read_number(scalar: Scalar, name: str, findings: Findings) -> float | None:
    """Return a number."""
    if isinstance(scalar.value, (int, float)) and not isinstance(scalar.value, bool):
        return float(scalar.value)
    findings.error("wrong-type", scalar.place, f"`{name}` takes a number, found {shown(scalar.raw)}")
    return None


def name_equal(wanted: frozenset[str]) -> Callable[[str], bool]:
    """Whether a name is one of some, folded."""
    folded = frozenset(fold_term(word) for word in wanted)
    return lambda value: fold_term(value) in folded
