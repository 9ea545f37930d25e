"""Fetching over HTTP: the one socket through which sources come in.

:meth:`Web.get` makes one conditional request and gives a :class:`Document`, or the
``Fetched`` that says why there is none. It raises nothing for what a server can do.

Invariants: every hop's scheme and connected address is checked; a body is read and
inflated only up to :class:`Limits`; the hops together end within ``Limits.seconds``;
validators travel byte for byte; one request at a time a host. No cookies, no referrer, no
proxy from the environment. URLs in messages carry neither credentials nor query, either
of which may hold a key.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from alerts import __version__
from alerts.core.reasons import PollReason
from alerts.guard.addresses import Network
from alerts.guard.connector import SCHEMES, guarded_connector
from alerts.pipeline.ports import Fetched, Validators
from alerts.sources import answer
from alerts.sources.broken import explain, shown
from alerts.sources.inflate import ENCODINGS, Inflater, TooLarge
from alerts.sources.turns import Turns

ACCEPT_FEED = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a server is borne: bytes inflated, growth, seconds in all, hops, waiting for a turn."""

    inflated: int = 10 * 1024 * 1024
    ratio: int = 100
    seconds: float = 30.0
    redirects: int = 5
    patience: float = 20.0


@dataclass(frozen=True, slots=True)
class Document:
    """A body that came with 200. ``cut`` says why it is known to be incomplete, if it is."""

    body: bytes
    url: str
    content_type: str
    charset: str | None
    validators: Validators
    not_before: timedelta | None = None
    permanent_url: str | None = None
    cut: str = ""


class Web:
    """A session for fetching. Use as ``async with Web(...) as web``."""

    def __init__(
        self,
        allow_networks: Iterable[Network] = (),
        *,
        contact: str = "",
        limits: Limits = Limits(),
        spacing: float = 0.5,
    ) -> None:
        self.limits = limits
        self._allow = tuple(allow_networks)
        self.turns = Turns(spacing, self._allow)
        self._agent = f"exportwatch/{__version__}" + (f" (+{contact})" if contact else "")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=guarded_connector(self._allow, limit=64),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),  # ours runs over all hops, see _Request
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open session."""
        if self._session is None:
            raise RuntimeError("Web is not open: use `async with Web(...) as web`")
        return self._session

    async def get(
        self, url: str, validators: Validators, now: datetime, *, accept: str = ACCEPT_FEED
    ) -> Document | Fetched:
        """Fetch one document, conditionally where ``validators`` say how."""
        try:
            target = URL(url)
        except ValueError:
            return Fetched(
                PollReason.SCHEME_REFUSED, validators=validators, detail="not a URL: check the source's url"
            )
        return await _Request(self, target, validators, now, accept).run()


@dataclass(slots=True)
class _Request:
    """One fetch on its way through redirects."""

    web: Web
    url: URL
    validators: Validators
    now: datetime
    accept: str
    permanent: bool = True
    hops: int = 0
    spent: float = 0.0

    async def run(self) -> Document | Fetched:
        while True:
            if self.url.scheme not in SCHEMES or not self.url.host:
                return self._failed(PollReason.SCHEME_REFUSED, "only http:// and https:// are fetched")
            try:
                async with self.web.turns.take(self.url, self.web.limits.patience):
                    result = await self._one_hop()
            except TimeoutError:
                return self._failed(
                    PollReason.HOST_BUSY,
                    "its host was busy with other sources; it is asked again shortly",
                )
            if not isinstance(result, URL):
                return result
            self.hops += 1
            if self.hops > self.web.limits.redirects:
                return self._failed(
                    PollReason.TOO_MANY_REDIRECTS,
                    f"more than {self.web.limits.redirects} redirects: use the address where they end",
                )
            self.url = result

    async def _one_hop(self) -> Document | Fetched | URL:
        limits, began = self.web.limits, time.monotonic()
        try:
            async with asyncio.timeout(limits.seconds - self.spent):
                return await self._ask()
        except TimeoutError:
            return self._failed(
                PollReason.TIMEOUT, f"no whole answer within {limits.seconds:g} s: the server is slow or down"
            )
        except TooLarge as error:
            return self._failed(PollReason.TOO_LARGE, f"{error}: is this really the feed?")
        except zlib.error as error:
            return self._failed(PollReason.BAD_DOCUMENT, f"the compressed body is damaged ({error})")
        except (aiohttp.ClientError, OSError) as error:
            return self._failed(*explain(error))
        finally:
            self.spent += time.monotonic() - began

    async def _ask(self) -> Document | Fetched | URL:
        async with self.web.session.get(self.url, headers=self._headers(), allow_redirects=False) as response:
            if response.status == 200:
                return await self._document(response)
            if response.status == 304:
                return self._not_modified(response)
            if response.status in answer.REDIRECTS and "Location" in response.headers:
                return self._redirected(response)
            reason, remedy = answer.refused(response.status)
            wish = answer.retry_after(response.headers.get("Retry-After"), self.now)
            failed = self._failed(reason, f"HTTP {response.status}; {remedy}")
            return replace(failed, retry_after=wish if response.status in (429, 503) else None)

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": self.accept}
        if self.validators.etag is not None:
            headers["If-None-Match"] = self.validators.etag
        if self.validators.last_modified is not None:
            headers["If-Modified-Since"] = self.validators.last_modified
        return headers

    def _redirected(self, response: aiohttp.ClientResponse) -> Fetched | URL:
        self.permanent = self.permanent and response.status in answer.PERMANENT
        try:
            return self.url.join(URL(response.headers["Location"]))
        except ValueError:
            return self._failed(PollReason.HTTP_ERROR, f"HTTP {response.status} to what is not a URL")

    async def _document(self, response: aiohttp.ClientResponse) -> Document | Fetched:
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ENCODINGS:
            return self._failed(
                PollReason.BAD_DOCUMENT, f"Content-Encoding {encoding[:40]!r}, which was not asked for"
            )
        body, cut = await self._read(response, encoding)
        validators = Validators(
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
            body_hash=blake2b(body, digest_size=16).hexdigest(),
            cursor=self.validators.cursor,
        )
        wish, moved = answer.server_wish(response.headers), self._moved()
        if validators.body_hash == self.validators.body_hash and not cut:
            return Fetched(
                PollReason.UNCHANGED_BODY, validators=validators, not_before=wish, permanent_url=moved
            )
        return Document(
            body, str(self.url), response.content_type, response.charset, validators, wish, moved, cut
        )

    async def _read(self, response: aiohttp.ClientResponse, encoding: str) -> tuple[bytes, str]:
        limit = self.web.limits.inflated
        if response.content_length is not None and response.content_length > limit:
            raise TooLarge(f"{response.content_length:,} bytes, more than {limit:,}")
        inflater = Inflater(encoding, limit, self.web.limits.ratio)
        body = bytearray()
        try:
            async for chunk in response.content.iter_any():
                body += inflater.feed(chunk)
        except aiohttp.ClientPayloadError:
            return bytes(body), "the connection ended before the document did"
        if body and not inflater.complete:
            return bytes(body), "the compressed document breaks off"
        return bytes(body), ""

    def _not_modified(self, response: aiohttp.ClientResponse) -> Fetched:
        before = self.validators
        if before.etag is None and before.last_modified is None:
            return self._failed(
                PollReason.HTTP_ERROR, "HTTP 304 to a request without conditions: a cache on the way is wrong"
            )
        validators = before.model_copy(
            update={
                "etag": response.headers.get("ETag", before.etag),
                "last_modified": response.headers.get("Last-Modified", before.last_modified),
            }
        )
        return Fetched(
            PollReason.NOT_MODIFIED,
            validators=validators,
            not_before=answer.server_wish(response.headers),
            permanent_url=self._moved(),
        )

    def _moved(self) -> str | None:
        return str(self.url) if self.hops and self.permanent else None

    def _failed(self, reason: PollReason, text: str) -> Fetched:
        return Fetched(reason, validators=self.validators, detail=f"{shown(self.url)}: {text}")
