"""How an answer is read: one table of every HTTP status, one of SMTP replies. Pure.

Every channel that learns a status reads it here, and every channel's test runs the table, so
that a 429 means the same whichever way a notice took. ``details`` are what operators read:
short, printable, and rid of anything in them that is secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from alerts.core.delivery import Outcome
from alerts.core.reasons import OutcomeReason

LONGEST_DETAIL = 4096
LONGEST_RETRY_AFTER = timedelta(hours=24)

_HEEDED = frozenset({OutcomeReason.RATE_LIMITED, OutcomeReason.UNAVAILABLE, OutcomeReason.SERVER_ERROR})
"""Outcomes whose Retry-After says something about the next try."""

_NAMED = {
    400: OutcomeReason.REJECTED,
    401: OutcomeReason.UNAUTHORISED,
    403: OutcomeReason.UNAUTHORISED,
    407: OutcomeReason.UNAUTHORISED,
    408: OutcomeReason.TIMEOUT,
    410: OutcomeReason.GONE,
    413: OutcomeReason.TOO_LARGE,
    415: OutcomeReason.REJECTED,
    422: OutcomeReason.REJECTED,
    425: OutcomeReason.RATE_LIMITED,
    429: OutcomeReason.RATE_LIMITED,
    502: OutcomeReason.UNAVAILABLE,
    503: OutcomeReason.UNAVAILABLE,
    504: OutcomeReason.UNAVAILABLE,
}
_CLASSES = {
    2: OutcomeReason.DELIVERED,
    3: OutcomeReason.REDIRECTED,
    4: OutcomeReason.CLIENT_ERROR,
}

HTTP: dict[int, OutcomeReason] = {
    status: _NAMED.get(status, _CLASSES.get(status // 100, OutcomeReason.SERVER_ERROR))
    for status in range(100, 600)
}
"""Every status. A redirect is a failure: a signed body is not carried to an address nobody
configured. 1xx as a final answer is a broken server."""

_SMTP_NAMED = {
    454: OutcomeReason.UNAUTHORISED,
    530: OutcomeReason.UNAUTHORISED,
    534: OutcomeReason.UNAUTHORISED,
    535: OutcomeReason.UNAUTHORISED,
    538: OutcomeReason.UNAUTHORISED,
    523: OutcomeReason.TOO_LARGE,
}
_TOO_LARGE_CODES = ("5.2.3", "5.3.4")
"""Enhanced codes that say the message is too large; 552 alone may be a full mailbox."""


def http_reason(status: int) -> OutcomeReason:
    """Read a status; one that HTTP does not know is the server's error."""
    return HTTP.get(status, OutcomeReason.SERVER_ERROR)


def http_outcome(status: int, detail: str, retry_after: str | None, now: datetime) -> Outcome:
    """Make an outcome of an answer; Retry-After counts where it says when to come back."""
    reason = http_reason(status)
    heeded = reason in _HEEDED and retry_after is not None
    return Outcome(reason, detail, parse_retry_after(retry_after or "", now) if heeded else None)


def smtp_reason(code: int, text: str = "") -> OutcomeReason:
    """Read an SMTP reply: 2xx taken, 4xx for now not, 5xx refused."""
    if 200 <= code < 300:
        return OutcomeReason.DELIVERED
    if text.startswith(_TOO_LARGE_CODES):
        return OutcomeReason.TOO_LARGE
    if 400 <= code < 500:
        return _SMTP_NAMED.get(code, OutcomeReason.UNAVAILABLE)
    return _SMTP_NAMED.get(code, OutcomeReason.REJECTED)


def parse_retry_after(value: str, now: datetime) -> timedelta | None:
    """Read Retry-After, seconds or a date; None if neither. Between 0 and 24 h."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=min(int(value[:12]), 10**9))
    else:
        try:
            at = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST_RETRY_AFTER)


def printable(text: str, secrets: Iterable[str] = ()) -> str:
    """A detail as it may be kept: secrets starred out, control characters gone, 4 kB at most."""
    for secret in sorted((one for one in secrets if len(one) >= 4), key=len, reverse=True):
        text = text.replace(secret, "***")
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split())[:LONGEST_DETAIL]
