"""Values of a detection: read, checked against the field's closed list, made comparable."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from alerts.core.durations import parse_duration
from alerts.core.errors import Mend, Place
from alerts.core.places import PLACES, place_code
from alerts.core.text import fold_term
from alerts.engine.document import Listing, Node, Scalar, kind_of
from alerts.engine.fields import Field, Kind
from alerts.engine.findings import Findings, Remedy, certainly_meant, nearest, shown
from alerts.engine.meant import VALUES, spelt

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
            remedy = (
                _listed(raw, field)
                if "," in raw
                else nearest(raw, field.known, words=VALUES, remedy=_all(field))
            )
            findings.error("unknown-value", place, f"`{field.name}` cannot be {shown(raw)}", remedy)
            return None
        return raw
    if field.name == "lang" and not re.fullmatch(r"[a-z]{2}", raw):
        code = _LANGUAGES.get(raw.casefold().split("-")[0])
        remedy = f"write {code}" if code else "two small letters, e.g. en, zh"
        findings.error("unknown-value", place, f"`lang` cannot be {shown(raw)}", remedy)
        return None
    return raw


def _place(field: Field, raw: str, place: Place, findings: Findings) -> str | None:
    if raw.upper() in field.known:
        return raw.upper()
    code = place_code(raw)
    near = code or _MAYBE.get(raw.casefold()) or _BY_NAME.get(certainly_meant(raw, _BY_NAME) or "")
    remedy = "write the two-letter code, e.g. CN; or EU, WTO"
    if near:
        remedy = Remedy.certain(f"write {near} for {PLACES[near]}", Mend(raw, near) if code else None)
    elif _EVERYONE.fullmatch(raw):
        everyone = "*" in field.known
        remedy = 'write "*": towards everyone' if everyone else f"leave the line out: any {field.name}"
    elif "," in raw:
        remedy = _listed(raw, field)
    findings.error("unknown-value", place, f"`{field.name}` cannot be {shown(raw)}", remedy)
    return None


_MAYBE = {"congo": "CD", "korea": "KR"}  # two states have these names
_BY_NAME = {name: code for code, name in PLACES.items()}
_LANGUAGES = {code: code for code in ("de", "en", "es", "fr", "id", "it", "ja", "ko", "pt", "ru", "zh")} | {
    "chinese": "zh", "english": "en", "french": "fr", "german": "de", "indonesian": "id", "italian": "it",
    "japanese": "ja", "korean": "ko", "portuguese": "pt", "russian": "ru", "spanish": "es",
}  # fmt: skip
_EVERYONE = re.compile(r"(?i)\*|all|any|anyone|everyone|everybody|world|global")


def _all(field: Field) -> str:
    """Say what a field's values are: all of them where they are few."""
    if len(field.known) <= 24:
        return f"known: {', '.join(field.known)}"
    return "docs/reference/values.md lists them all"


def _listed(raw: str, field: Field) -> str:
    """Say how several values are written, to somebody who wrote them as one text."""
    parts = [part.strip() for part in raw[:200].split(",")]
    known = [spelt(part) if spelt(part) in field.known else place_code(part) or part for part in parts]
    return f"several values are a list: [{', '.join(known)}]"


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
            _NAMED_TIMES.get(raw)
            or iso_day(raw)
            or "write 2026-11-01, 2026-11-01T08:00:00Z, now, or now-30d",
        )
        return None


_NAMED_TIMES = {"today": "write now", "yesterday": "write now-1d", "tomorrow": "write now+1d"}
_DAY_FIRST = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})")


def iso_day(raw: str) -> str:
    """Say how a day is written, to somebody who wrote 31.12.2026; blank for what may be two days."""
    found = _DAY_FIRST.fullmatch(raw.strip())
    if found is None:
        return ""
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    readings = [(first, second)] if found[2] == "." else [(first, second), (second, first)]
    fitting = {f"{year}-{month:02}-{day:02}" for day, month in readings if _is_day(year, month, day)}
    return f"write {fitting.pop()}" if len(fitting) == 1 else ""


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def read_duration(scalar: Scalar, name: str, findings: Findings) -> timedelta | None:
    """``48h``, ``10d``."""
    try:
        return parse_duration(scalar.raw.strip())
    except ValueError as error:
        spelled = re.fullmatch(r"(\d+)\s*(days?|weeks?|hours?|minutes?)?", scalar.raw.strip())
        remedy = f"write {spelled[1]}{(spelled[2] or 'd')[0]}" if spelled else ""
        findings.error("bad-value", scalar.place, f"`{name}`: {error}", remedy)
        return None


def read_number(scalar: Scalar, name: str, findings: Findings) -> float | None:
    """Return a number."""
    if isinstance(scalar.value, (int, float)) and not isinstance(scalar.value, bool):
        return float(scalar.value)
    bare = scalar.raw.strip().removesuffix("%").rstrip()
    remedy = f"write {bare}, without quotes or sign" if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", bare) else ""
    findings.error("wrong-type", scalar.place, f"`{name}` takes a number, found {shown(scalar.raw)}", remedy)
    return None


def name_equal(wanted: frozenset[str]) -> Callable[[str], bool]:
    """Whether a name is one of some, folded."""
    folded = frozenset(fold_term(word) for word in wanted)
    return lambda value: fold_term(value) in folded
