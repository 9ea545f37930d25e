"""A time interval that comes again: nights, weekends; in the local time of a place. Pure.

A span is a stretch of local time that begins on each of its weekdays; one that ends no later than
it begins ends on the next day. Where clocks are changed, a time that comes twice is its first
coming for a beginning and its second for an end; one that is left out is the moment after the gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from alerts.core.frozen import Frozen
from alerts.core.source import Slug

TIME_OF_DAY = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
TimeOfDay = Annotated[str, Field(pattern=TIME_OF_DAY)]
"""Local time as ``20:00``; ``24:00`` is the day's end."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_DAY = 24 * 60
_WEEK = 7 * _DAY


@lru_cache(maxsize=64)
def zone(location: str) -> ZoneInfo:
    """Return a place's zone; raise ValueError naming what is wanted."""
    try:
        return ZoneInfo(location)
    except (KeyError, ValueError, OSError):
        near = sorted(name for name in available_timezones() if name.endswith(f"/{location.title()}"))
        meant = f"did you mean {near[0]}?" if near else "write one as Europe/Berlin"
        raise ValueError(f"{location[:60]!r} is no place of the time zone database; {meant}") from None


def _known_zone(location: str) -> str:
    zone(location)
    return location


Location = Annotated[str, AfterValidator(_known_zone)]
"""A place of the time zone database, whose clocks count."""


class Span(Frozen):
    """From ``start`` to ``end`` on the ``weekdays`` on which it begins (all where none is named)."""

    start: TimeOfDay = "00:00"
    end: TimeOfDay = "24:00"
    weekdays: tuple[Weekday, ...] = ()

    @model_validator(mode="after")
    def _has_length(self) -> Span:
        if self.start == self.end:
            raise ValueError(f"start and end are both {self.start}: for whole days leave both out")
        return self

    @property
    def minutes(self) -> tuple[int, int]:
        """Start and end in minutes from the midnight of the day on which it begins."""
        start, end = _minutes(self.start), _minutes(self.end)
        return start, end if end > start else end + _DAY

    def begins_on(self, day: date) -> bool:
        """Whether it begins on a day."""
        return not self.weekdays or WEEKDAYS[day.weekday()] in self.weekdays


class TimeInterval(Frozen):
    """A named interval: it holds while any of its spans does."""

    name: Slug
    location: Location = "UTC"
    times: Annotated[tuple[Span, ...], Field(max_length=50, json_schema_extra={"minItems": 1})]

    @model_validator(mode="after")
    def _ends(self) -> TimeInterval:
        if not self.times:
            raise ValueError('it needs a time at least, e.g. {start: "20:00", end: "07:00"}')
        covered: set[int] = set()
        for span in self.times:
            for number, weekday in enumerate(WEEKDAYS):
                if not span.weekdays or weekday in span.weekdays:
                    start, end = span.minutes
                    covered.update((number * _DAY + minute) % _WEEK for minute in range(start, end))
        if len(covered) == _WEEK:
            raise ValueError("it covers the whole week, so it would never end")
        return self

    def end_after(self, at: datetime) -> datetime | None:
        """Return when the interval that holds at a time ends (aware UTC); None if none holds."""
        until = at.astimezone(UTC)
        while end := max((end for start, end in self._near(until) if start <= until < end), default=None):
            until = end
        return until if until > at else None

    def _near(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans of the local day of a time and of the day before, in UTC."""
        place = zone(self.location)
        today = at.astimezone(place).date()
        for day in (today - timedelta(days=1), today):
            for span in self.times:
                if span.begins_on(day):
                    start, end = span.minutes
                    yield _instant(day, start, place, fold=0), _instant(day, end, place, fold=1)


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def _instant(day: date, minutes: int, place: ZoneInfo, fold: int) -> datetime:
    """The moment at which the clocks of a place show a time; of a time in a gap, the gap's end."""
    days, minutes = divmod(minutes, _DAY)
    wall = datetime.combine(day + timedelta(days=days), time(*divmod(minutes, 60)), tzinfo=place)
    moment = wall.replace(fold=fold).astimezone(UTC)
    if moment.astimezone(place).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    early, late = sorted(wall.replace(fold=each).astimezone(UTC) for each in (0, 1))
    return _change_between(early, late, place)


def _change_between(early: datetime, late: datetime, place: ZoneInfo) -> datetime:
    """When a place's clocks are changed between two moments, to the second."""
    before = early.astimezone(place).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(place).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
