"""What a failure below HTTP means, in words for an operator; pure."""

from __future__ import annotations

import aiohttp
from yarl import URL

from alerts.core.reasons import PollReason
from alerts.guard.connector import refused_by

_MEANINGS: tuple[tuple[type[Exception], PollReason, str], ...] = (
    (aiohttp.ClientConnectorDNSError, PollReason.DNS, "the host's name does not resolve: check the url"),
    (aiohttp.ClientConnectorCertificateError, PollReason.TLS, "its certificate is not valid"),
    (aiohttp.ClientSSLError, PollReason.TLS, "no TLS connection: does it speak https?"),
    (aiohttp.InvalidURL, PollReason.SCHEME_REFUSED, "not an address that can be fetched: check the url"),
    (aiohttp.ClientConnectorError, PollReason.CONNECTION, "no connection: is the server up?"),
    (aiohttp.ServerDisconnectedError, PollReason.CONNECTION, "the server hung up without an answer"),
    (aiohttp.ClientResponseError, PollReason.HTTP_ERROR, "what came back is not HTTP"),
)
"""From the special to the general: the first that holds wins."""


def explain(error: Exception) -> tuple[PollReason, str]:
    """Give the reason and the words for an error that aiohttp or the socket raised."""
    if refused := refused_by(error):
        return (
            PollReason.ADDRESS_REFUSED,
            f"{refused}; if this is meant, add the network to EXPORTWATCH_ALLOW_NETWORKS",
        )
    for kind, reason, text in _MEANINGS:
        if isinstance(error, kind):
            return reason, f"{text} ({_cause(error)})"
    return PollReason.CONNECTION, f"the connection broke ({_cause(error)})"


def _cause(error: Exception) -> str:
    """Name the cause shortly, without the URL, which may hold a key."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return str(error.certificate_error)[:200]
    if isinstance(error, aiohttp.ClientConnectorError):
        return (error.os_error.strerror or str(error.os_error) or type(error).__name__)[:200]
    if isinstance(error, aiohttp.ClientResponseError):
        return " ".join(error.message.split())[:200] or type(error).__name__
    return type(error).__name__


def shown(url: URL) -> str:
    """Write a URL for a message: no credentials, no query, not too long."""
    try:
        plain = url.with_user(None) if url.absolute else url
        return str(plain.with_query(None).with_fragment(None))[:300]
    except ValueError:
        return "(a URL that cannot be shown)"
