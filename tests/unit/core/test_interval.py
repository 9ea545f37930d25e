"""Time intervals and cron times in local time: nights, weekends, and days on which clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.core.interval import WEEKDAYS, Span, TimeInterval
from alerts.core.route import DigestPlan

BERLIN = "Europe/Berlin"
NIGHT = TimeInterval(name="night", location=BERLIN, times=(Span(start="20:00", end="07:00"),))
WEEKEND = TimeInterval(
    name="off",
    location=BERLIN,
    times=(Span(weekdays=("sat", "sun")), Span(start="18:00", end="08:00")),
)


def end(interval: TimeInterval, at: str) -> str | None:
    """When the interval ends, in its own clocks."""
    found = interval.end_after(datetime.fromisoformat(at))
    return found.astimezone(ZoneInfo(interval.location)).isoformat() if found else None


@pytest.mark.parametrize(
    ("interval", "at", "until"),
    [
        (NIGHT, "2026-11-23T02:10:00+01:00", "2026-11-23T07:00:00+01:00"),
        (NIGHT, "2026-11-23T01:10:00+00:00", "2026-11-23T07:00:00+01:00"),
        (NIGHT, "2026-11-23T06:59:59.999+01:00", "2026-11-23T07:00:00+01:00"),
        (NIGHT, "2026-11-23T07:00:00+01:00", None),
        (NIGHT, "2026-11-23T19:59:59+01:00", None),
        (NIGHT, "2026-11-23T20:00:00+01:00", "2026-11-24T07:00:00+01:00"),
        # Friday evening runs into the weekend, and that into Sunday's night.
        (WEEKEND, "2026-11-27T19:00:00+01:00", "2026-11-30T08:00:00+01:00"),
        (WEEKEND, "2026-11-30T12:00:00+01:00", None),
    ],
)
def test_it_holds_from_its_beginning_until_its_end(
    interval: TimeInterval, at: str, until: str | None
) -> None:
    assert end(interval, at) == until


@pytest.mark.parametrize(
    ("span", "at", "until"),
    [
        # 2026-03-29: 02:00 to 03:00 is left out. A night is an hour shorter; an end in the gap is its end.
        (("20:00", "07:00"), "2026-03-29T01:59:59+01:00", "2026-03-29T07:00:00+02:00"),
        (("20:00", "02:30"), "2026-03-29T01:10:00+01:00", "2026-03-29T03:00:00+02:00"),
        (("02:30", "05:00"), "2026-03-29T01:59:00+01:00", None),
        (("02:30", "05:00"), "2026-03-29T03:00:00+02:00", "2026-03-29T05:00:00+02:00"),
        # 2026-10-25: 02:00 to 03:00 comes twice. A beginning is the first of the two, an end the second.
        (("20:00", "02:30"), "2026-10-25T02:10:00+02:00", "2026-10-25T02:30:00+01:00"),
        (("20:00", "02:30"), "2026-10-25T02:29:59+01:00", "2026-10-25T02:30:00+01:00"),
        (("20:00", "02:30"), "2026-10-25T02:30:00+01:00", None),
        (("02:30", "05:00"), "2026-10-25T02:30:00+02:00", "2026-10-25T05:00:00+01:00"),
    ],
)
def test_where_clocks_are_changed(span: tuple[str, str], at: str, until: str | None) -> None:
    assert (
        end(TimeInterval(name="x", location=BERLIN, times=(Span(start=span[0], end=span[1]),)), at) == until
    )


times = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 15, 30]))
spans = st.builds(
    lambda pair, days: Span(start=pair[0], end=pair[1], weekdays=tuple(days)),
    st.tuples(times, times).filter(lambda pair: pair[0] != pair[1]),
    st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=3),
)


def inside(span: Span, at: datetime) -> bool:
    """Whether a time without changes of clocks lies in a span, by looking at its two days."""
    start, length = span.minutes[0], span.minutes[1] - span.minutes[0]
    for day in (at.date() - timedelta(days=1), at.date()):
        begun = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=start)
        if span.begins_on(day) and begun <= at < begun + timedelta(minutes=length):
            return True
    return False


@given(st.lists(spans, min_size=1, max_size=3), st.integers(0, 7 * 96))
def test_the_end_is_the_first_quarter_of_an_hour_outside_of_every_span(
    several: list[Span], quarter: int
) -> None:
    try:
        interval = TimeInterval(name="x", times=tuple(several))
    except ValidationError as error:
        assert "whole week" in str(error)  # noqa: PT017 - most draws are sound
        return
    at = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    expected = at
    while any(inside(span, expected) for span in several):
        expected += timedelta(minutes=15)
    assert interval.end_after(at) == (expected if expected > at else None)


@pytest.mark.parametrize(
    ("cron", "at", "due"),
    [
        ("0 7 * * 1-5", "2026-11-27T07:00:00+01:00", "2026-11-30T07:00:00+01:00"),
        ("0 7 * * 1-5", "2026-11-27T06:59:59.5+01:00", "2026-11-27T07:00:00+01:00"),
        ("30 2 * * *", "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00"),
        ("30 2 * * *", "2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+02:00"),
        ("30 2 * * *", "2026-10-25T02:45:00+02:00", "2026-10-26T02:30:00+01:00"),
        ("0 7 * * *", "2026-03-28T07:00:00+01:00", "2026-03-29T07:00:00+02:00"),
    ],
)
def test_a_digest_comes_at_its_next_time(cron: str, at: str, due: str) -> None:
    plan = DigestPlan(cron=cron, location=BERLIN)
    assert plan.next_after(datetime.fromisoformat(at)) == datetime.fromisoformat(due)
    assert plan.next_after(datetime.fromisoformat(at)).tzinfo is UTC
