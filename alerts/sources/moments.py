"""Dates as pages and open data write them, read or left out, never guessed; pure.

What cannot be read surely is None: a day without a year, ``03/04/2026`` where nobody said
whether the day comes first.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_NUMBERS = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4})(?!\d)")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?\s{1,3}([A-Za-z]{3,9})\.?,?\s{1,3}(\d{4})(?!\d)")
_MONTH_DAY = re.compile(r"\b([A-Za-z]{3,9})\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,3}(\d{4})(?!\d)")
_EARLIEST, _LATEST = 1970, 2200


def read_moment(value: Any, *, country: str | None = None) -> datetime | None:
    """Read a date or time as aware UTC; what has no zone is taken as UTC. ``country`` settles d/m."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _from_epoch(float(value))
    text = " ".join(str(value)[:200].split())
    return _exact(text) or _written(text, country)


def _from_epoch(number: float) -> datetime | None:
    seconds = number / 1000 if number > 1e11 else number
    try:
        return _sane(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _exact(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return _sane(moment)
    return None


def _written(text: str, country: str | None) -> datetime | None:
    if found := _NUMBERS.search(text):
        return _day(found[1], found[2], found[3])
    if (found := _DAY_MONTH.search(text)) and found[2].lower() in _MONTHS:
        return _day(found[3], _MONTHS[found[2].lower()], found[1])
    if (found := _MONTH_DAY.search(text)) and found[1].lower() in _MONTHS:
        return _day(found[3], _MONTHS[found[1].lower()], found[2])
    if found := _YEAR_LAST.search(text):
        first, second = int(found[1]), int(found[2])
        if first > 12 or first == second or (country is not None and country != "US"):
            return _day(found[3], second, first)
        if second > 12 or country == "US":
            return _day(found[3], first, second)
    return None


def _day(year: str | int, month: str | int, day: str | int) -> datetime | None:
    try:
        return _sane(datetime(int(year), int(month), int(day), tzinfo=UTC))
    except ValueError:
        return None


def _sane(moment: datetime) -> datetime | None:
    try:
        aware = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None
    return aware if _EARLIEST <= aware.year < _LATEST else None
