"""Closed lists of reasons.

A decision is never a bare bool: it says why, in one of these words, and the same word
stands in the log, the metric, the API, the page and the CLI.
"""

from __future__ import annotations

from enum import StrEnum


class PollReason(StrEnum):
    """How a poll of a source ended."""

    NEW_ENTRIES = "new_entries"
    NOTHING_NEW = "nothing_new"
    NOT_MODIFIED = "not_modified"
    UNCHANGED_BODY = "unchanged_body"
    DNS = "dns"
    CONNECTION = "connection"
    TLS = "tls"
    TIMEOUT = "timeout"
    HOST_BUSY = "host_busy"
    TOO_LARGE = "too_large"
    ADDRESS_REFUSED = "address_refused"
    SCHEME_REFUSED = "scheme_refused"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    HTTP_ERROR = "http_error"
    GONE = "gone"
    ENTITIES_REFUSED = "entities_refused"
    NOT_A_FEED = "not_a_feed"
    TRUNCATED = "truncated"
    BAD_DOCUMENT = "bad_document"
    INTERNAL_ERROR = "internal_error"

    @property
    def ok(self) -> bool:
        """Whether the source answered as it should."""
        return self in _POLL_OK


_POLL_OK = frozenset(
    {PollReason.NEW_ENTRIES, PollReason.NOTHING_NEW, PollReason.NOT_MODIFIED, PollReason.UNCHANGED_BODY}
)


class DecisionReason(StrEnum):
    """Why an event did, or did not, become an alert under a rule."""

    OPENED = "opened"
    UPDATED = "updated"
    HELD = "held"
    RESOLVED = "resolved"
    MUTED = "muted"
    GATHERED = "gathered"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    ESCALATES = "escalates"
    REPEATED = "repeated"
    NO_MATCH = "no_match"
    BACKLOG = "backlog"
    TOO_OLD = "too_old"
    SHADOW = "shadow"
    EXCEPTED = "excepted"
    NO_RECEIVER = "no_receiver"
    COUNTED = "counted"
    NOT_COUNTED = "not_counted"


class OutcomeReason(StrEnum):
    """How an attempt to deliver ended; ``permanent`` ones are not tried again."""

    DELIVERED = "delivered"
    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECTION = "connection"
    TLS = "tls"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    SERVER_ERROR = "server_error"
    REDIRECTED = "redirected"
    CLIENT_ERROR = "client_error"
    UNAUTHORISED = "unauthorised"
    GONE = "gone"
    REJECTED = "rejected"
    ADDRESS_REFUSED = "address_refused"
    TOO_LARGE = "too_large"
    UNCONFIGURED = "unconfigured"
    INTERNAL_ERROR = "internal_error"

    @property
    def ok(self) -> bool:
        """Whether the target took the notice."""
        return self is OutcomeReason.DELIVERED

    @property
    def permanent(self) -> bool:
        """Whether trying again cannot help, so that the delivery is dead at once."""
        return self in _PERMANENT


_PERMANENT = frozenset({OutcomeReason.GONE, OutcomeReason.TOO_LARGE})
