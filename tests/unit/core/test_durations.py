"""Durations as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.core.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0s", timedelta()),
        ("250ms", timedelta(milliseconds=250)),
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("1h30m", timedelta(minutes=90)),
        ("10d", timedelta(days=10)),
        ("2w", timedelta(weeks=2)),
        ("1d2h3m4s5ms", timedelta(days=1, hours=2, minutes=3, seconds=4, milliseconds=5)),
    ],
)
def test_what_people_write(written: str, meant: timedelta) -> None:
    assert parse_duration(written) == meant


@pytest.mark.parametrize(
    "written", ["", "15", "15 m", "m", "1.5h", "-5m", "15M", "1h30", "1h and 30m", "PT15M", "１５m "]
)
def test_what_is_no_duration_is_shown_with_the_right_form(written: str) -> None:
    with pytest.raises(ValueError, match="30s, 15m, 1h30m or 10d") as caught:
        parse_duration(written)
    assert repr(written) in str(caught.value)


@pytest.mark.parametrize("written", ["99999999999999d", "9" * 400 + "d"])
def test_what_no_clock_can_hold_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="too long"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        (timedelta(), "0ms"),
        (timedelta(milliseconds=250), "250ms"),
        (timedelta(seconds=90), "1m30s"),
        (timedelta(days=1, hours=2, minutes=3), "1d2h"),
        (timedelta(days=400), "400d"),
    ],
)
def test_how_durations_are_shown(duration: timedelta, shown: str) -> None:
    assert format_duration(duration) == shown


@given(st.integers(min_value=0, max_value=10_000_000))
def test_what_is_shown_can_be_read_again_and_is_near(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    again = parse_duration(format_duration(duration))
    assert again <= duration
    assert duration - again <= duration / 20 + timedelta(seconds=1)
