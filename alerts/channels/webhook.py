"""Signed webhooks: Standard Webhooks headers over a CloudEvents body, one POST a try.

One session a channel object, on connections that the address guard checks where they connect.
Invariants: a try ends within 15 s whatever the target does; a redirect is a failure; 2xx means
taken, whatever becomes of the answer's body; no secret and no URL stands in an outcome. What
can be made once is: a body an alert, a key a secret.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from alerts import __version__
from alerts.channels.outcome import LONGEST_DETAIL, http_outcome, printable
from alerts.channels.payload import CONTENT_TYPE
from alerts.channels.rendering import body
from alerts.channels.secrets import Secrets, Unconfigured, refuse_placeholder_host, secrets_in
from alerts.channels.signing import key_of, sign
from alerts.core.alert import Alert
from alerts.core.delivery import Outcome
from alerts.core.reasons import OutcomeReason
from alerts.core.receiver import WebhookTarget
from alerts.guard.addresses import Network
from alerts.guard.connector import guarded_connector, refused_by
from alerts.pipeline.ports import Notice

HARD_LIMIT = 15.0
_DRAIN = 2.0
"""Seconds that a 2xx answer's body may take before the connection is given up instead of kept."""
_BODIES = 256
"""Rendered bodies kept: one alert usually goes to several subscribers within moments."""


class WebhookChannel:
    """Sends notices to webhooks. Use as an async context, within one event loop."""

    def __init__(self, allow_networks: Iterable[Network], secrets: Secrets) -> None:
        self._allow = tuple(allow_networks)
        self._secrets = secrets
        self._session: aiohttp.ClientSession | None = None
        self._bodies: dict[str, bytes] = {}
        self._urls: dict[str, URL] = {}

    async def __aenter__(self) -> Self:
        self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the session and its connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def send(self, notice: Notice, target: WebhookTarget, now: datetime) -> Outcome:
        """Try once; returns within the target's timeout, 15 s at most."""
        try:
            keys = self.keys(target)
            url = self._url(target)
        except Unconfigured as missing:
            return Outcome(OutcomeReason.UNCONFIGURED, str(missing))
        words = self._body(notice.alert)
        stamp = int(now.timestamp())
        headers = {
            "content-type": CONTENT_TYPE,
            "webhook-id": notice.delivery.id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": sign(keys, notice.delivery.id, stamp, words),
        }
        limit = min(target.timeout.total_seconds(), HARD_LIMIT)
        try:
            async with asyncio.timeout(limit):
                return await self._post(url, headers, words, now)
        except TimeoutError:
            return Outcome(OutcomeReason.TIMEOUT, f"no answer within {limit:g} s; it may have been taken")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _failure(error, url)

    def keys(self, target: WebhookTarget) -> tuple[bytes, ...]:
        """Return the present key and, while it is rotated, the one before; raises Unconfigured."""
        secret = self._secrets.resolve("webhook.secret", target.secret, target.secret_file, target.secret_env)
        previous = (target.previous_secret, target.previous_secret_file, target.previous_secret_env)
        if previous == (None, None, None):
            return (key_of(secret),)
        return (key_of(secret), key_of(self._secrets.resolve("webhook.previous_secret", *previous)))

    def _url(self, target: WebhookTarget) -> URL:
        text = str(target.url)
        url = self._urls.get(text)
        if url is None:
            url = URL(text)
            refuse_placeholder_host(url.host)
            self._urls[text] = url
        return url

    def _body(self, alert: Alert) -> bytes:
        made = self._bodies.get(alert.id)
        if made is None:
            if len(self._bodies) >= _BODIES:
                del self._bodies[next(iter(self._bodies))]
            made = self._bodies[alert.id] = body(alert)
        return made

    async def _post(self, url: URL, headers: dict[str, str], body: bytes, now: datetime) -> Outcome:
        session = self._session or self._open()
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            if 200 <= answer.status < 300:
                await _drain(answer)
                return Outcome(OutcomeReason.DELIVERED, f"HTTP {answer.status}")
            said = await _beginning(answer)
            detail = printable(f"HTTP {answer.status} {said}", secrets_in(str(url)))
            return http_outcome(answer.status, detail, answer.headers.get("Retry-After"), now)

    def _open(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=guarded_connector(self._allow, limit=0, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            # What is not asked to be compressed cannot inflate; what is anyway stays as it came.
            auto_decompress=False,
            headers={"user-agent": f"Exportwatch/{__version__}", "accept-encoding": "identity"},
            trust_env=False,
        )
        return self._session


async def _drain(answer: aiohttp.ClientResponse) -> None:
    """Read a taken call's answer so that the connection can be used again; its words don't matter."""
    if answer.content.at_eof():
        return
    try:
        async with asyncio.timeout(_DRAIN):
            await answer.content.readexactly(LONGEST_DETAIL + 1)
        answer.close()
    except asyncio.IncompleteReadError:
        pass
    except (TimeoutError, aiohttp.ClientError, OSError):
        answer.close()


async def _beginning(answer: aiohttp.ClientResponse) -> str:
    """The first 4 kB of what a target said; what breaks off is kept as far as it came."""
    try:
        async with asyncio.timeout(_DRAIN):
            said = await answer.content.readexactly(LONGEST_DETAIL)
        answer.close()
    except asyncio.IncompleteReadError as whole:
        said = whole.partial
    except (TimeoutError, aiohttp.ClientError, OSError):
        said = b""
        answer.close()
    return said.decode("utf-8", errors="replace")


_FAILURES: tuple[tuple[tuple[type[BaseException], ...], OutcomeReason, str], ...] = (
    ((aiohttp.ClientConnectorDNSError,), OutcomeReason.DNS, "{host} does not resolve"),
    ((aiohttp.ClientSSLError, ssl.SSLError), OutcomeReason.TLS, "TLS with {host} failed: {why}"),
    (
        (aiohttp.ServerDisconnectedError,),
        OutcomeReason.CONNECTION,
        "{host} closed the connection without an answer",
    ),
    (
        (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError),
        OutcomeReason.UNCONFIGURED,
        "the webhook's url cannot be called; correct receivers.yaml",
    ),
    ((aiohttp.ClientConnectionError, OSError), OutcomeReason.CONNECTION, "no connection to {host}: {why}"),
    ((Exception,), OutcomeReason.SERVER_ERROR, "{host} answered with something that is not HTTP"),
)
"""How calls fail that get no answer; the first row that fits holds."""


def _failure(error: Exception, url: URL) -> Outcome:
    refused = refused_by(error)
    if refused is not None:
        remedy = "if it is yours, add its network to EXPORTWATCH_ALLOW_NETWORKS"
        return Outcome(
            OutcomeReason.ADDRESS_REFUSED, f"the host is at {refused.address}: {refused.why}; {remedy}"
        )
    reason, words = next((row[1], row[2]) for row in _FAILURES if isinstance(error, row[0]))
    return Outcome(reason, printable(words.format(host=url.host or "the host", why=_reason(error))))


def _reason(error: BaseException) -> str:
    inner = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    return getattr(inner, "strerror", None) or getattr(inner, "verify_message", None) or type(inner).__name__
