"""The table of every status, and what becomes of Retry-After."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.outcome import (
    HTTP,
    LONGEST_DETAIL,
    http_outcome,
    http_reason,
    parse_retry_after,
    printable,
    smtp_reason,
)
from alerts.core.reasons import OutcomeReason as R
from tests.support.builders import NOON


def test_every_status_has_a_reason() -> None:
    assert set(HTTP) == set(range(100, 600))


def test_only_2xx_is_taken() -> None:
    assert {status for status, reason in HTTP.items() if reason.ok} == set(range(200, 300))


def test_only_gone_and_too_large_end_a_delivery() -> None:
    assert {status for status, reason in HTTP.items() if reason.permanent} == {410, 413}


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, R.DELIVERED),
        (204, R.DELIVERED),
        (301, R.REDIRECTED),
        (304, R.REDIRECTED),
        (400, R.REJECTED),
        (401, R.UNAUTHORISED),
        (403, R.UNAUTHORISED),
        (404, R.CLIENT_ERROR),
        (408, R.TIMEOUT),
        (410, R.GONE),
        (413, R.TOO_LARGE),
        (429, R.RATE_LIMITED),
        (500, R.SERVER_ERROR),
        (503, R.UNAVAILABLE),
        (504, R.UNAVAILABLE),
        (999, R.SERVER_ERROR),
    ],
)
def test_statuses_as_promised(status: int, reason: R) -> None:
    assert http_reason(status) is reason


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        (250, "OK", R.DELIVERED),
        (421, "busy", R.UNAVAILABLE),
        (451, "greylisted", R.UNAVAILABLE),
        (454, "no", R.UNAUTHORISED),
        (535, "5.7.8 no", R.UNAUTHORISED),
        (550, "5.1.1 nobody here", R.REJECTED),
        (552, "5.2.2 mailbox full", R.REJECTED),
        (552, "5.3.4 too big", R.TOO_LARGE),
        (554, "spam", R.REJECTED),
    ],
)
def test_smtp_replies(code: int, text: str, reason: R) -> None:
    assert smtp_reason(code, text) is reason


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 5 ", timedelta(seconds=5)),
        ("0", timedelta(0)),
        ("999999999999999999", timedelta(hours=24)),
        (format_datetime(NOON + timedelta(minutes=3), usegmt=True), timedelta(minutes=3)),
        (format_datetime(NOON - timedelta(minutes=3), usegmt=True), timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
    ],
)
def test_retry_after(value: str, wait: timedelta | None) -> None:
    assert parse_retry_after(value, NOON) == wait


@pytest.mark.parametrize(
    ("status", "heeded"), [(429, True), (503, True), (500, True), (301, False), (404, False)]
)
def test_retry_after_counts_where_it_means_come_back(status: int, heeded: bool) -> None:
    assert (http_outcome(status, "", "60", NOON).retry_after is not None) is heeded


@given(st.text())
def test_any_retry_after_is_read_without_error(value: str) -> None:
    wait = parse_retry_after(value, NOON)
    assert wait is None or timedelta(0) <= wait <= timedelta(hours=24)


@given(st.text(), st.lists(st.text(min_size=4)))
def test_details_are_short_and_printable(text: str, secrets: list[str]) -> None:
    detail = printable(text, secrets)
    assert len(detail) <= LONGEST_DETAIL
    assert all(char.isprintable() for char in detail)


def test_details_hide_secrets() -> None:
    assert (
        printable("token s3cr3t-s3cr3t!\x00 was\nwrong", ["s3cr3t", "s3cr3t-s3cr3t"])
        == "token ***! was wrong"
    )
