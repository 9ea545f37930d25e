"""What an HTTP status and its headers mean for a poll; pure.

``refused`` turns every status that brings no document into a reason with a remedy;
``retry_after`` and ``server_wish`` read the two ways in which a server says "not so soon".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from alerts.core.reasons import PollReason

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
LONGEST_WISH = timedelta(days=365)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s{0,3}=\s{0,3}\"?(\d{1,9})", re.IGNORECASE)

_REMEDIES = {
    400: "the server does not understand the request: check the url's query",
    401: "it wants credentials: put them into the url, or use an open address",
    403: "it turns this client away: set EXPORTWATCH_CONTACT, poll more rarely, or look for an official feed",
    404: "there is nothing at this address: check the url on the publisher's site",
    406: "it has no feed in a form we accept: check the url",
    451: "it is blocked for legal reasons where this service runs",
}


def refused(status: int) -> tuple[PollReason, str]:
    """Give the reason and the remedy of a status that brought no document."""
    if status == 410:
        return PollReason.GONE, "the publisher removed this address for good: look for its successor"
    if status == 429:
        return PollReason.RATE_LIMITED, "poll this host more rarely (a longer `every`)"
    if status >= 500:
        return PollReason.UNAVAILABLE, "the server is in trouble: it is asked again later"
    return PollReason.HTTP_ERROR, _REMEDIES.get(status, "check the url in a browser")


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read ``Retry-After``: seconds or an HTTP date; None where it says nothing useful."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WISH)
    try:
        moment = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta()), LONGEST_WISH)


def server_wish(headers: Mapping[str, str]) -> timedelta | None:
    """Read how long a server says its answer stays fresh (``max-age`` less ``Age``)."""
    control = headers.get("Cache-Control", "")[:1000]
    found = _MAX_AGE.search(control)
    if found is None or "no-cache" in control.lower():
        return None
    age = headers.get("Age", "0")
    spent = int(age) if age.isascii() and age.isdigit() and len(age) <= 9 else 0
    left = int(found[1]) - spent
    return min(timedelta(seconds=left), LONGEST_WISH) if left > 0 else None
