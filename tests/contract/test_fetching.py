"""Fetching from a real server on loopback: whatever it does, there is a reason and a clear detail."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import time
import tracemalloc
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from alerts.core.reasons import PollReason
from alerts.core.source import Source
from alerts.guard.addresses import Network
from alerts.pipeline.ports import Fetched, Validators
from alerts.sources.fetch import Limits, Web
from alerts.sources.polling import SourceFetcher
from tests.support.origin import LOOPBACK, Handler, Origin, origin, raw_origin

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NONE = Validators()
LIMITS = Limits()
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Ministry</title>
<item><title>Licences for magnets</title><guid>n-1</guid><description>From Monday.</description></item>
</channel></rss>"""


def source(url: str, **more: object) -> Source:
    return Source.model_validate({"id": "s", "kind": "feed", "url": url, "every": "15m", **more})


async def poll(
    url: str, validators: Validators = NONE, limits: Limits = LIMITS, allow: Sequence[Network] = LOOPBACK
) -> Fetched:
    async with Web(allow, limits=limits, contact="ops@example.org") as session:
        return await SourceFetcher(session).fetch(source(url), validators, NOW)


def served(page: Handler | bytes | str, **how: Any) -> tuple[Fetched, Origin]:
    async def run() -> tuple[Fetched, Origin]:
        async with origin({"/feed": page}) as server:
            return await poll(server.url("/feed"), **how), server

    return asyncio.run(run())


def spoken(answer: bytes, **how: Any) -> Fetched:
    async def run() -> Fetched:
        async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(answer)
            await writer.drain()

        async with raw_origin(say) as url:
            return await poll(url, **how)

    return asyncio.run(run())


def replying(status: int, headers: dict[str, str] | None = None, body: str = "") -> Handler:
    async def page(_: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers, text=body)

    return page


# --- conditional requests -----------------------------------------------------------------


def test_a_feed_comes_with_its_validators_byte_for_byte() -> None:
    etag, modified = 'W/"a b,c"', "Mon, 23 Nov 2026 11:00:00 GMT"
    fetched, server = served(replying(200, {"ETag": etag, "Last-Modified": modified}, FEED))
    assert fetched.reason is PollReason.NEW_ENTRIES
    assert [entry.title for entry in fetched.entries] == ["Licences for magnets"]
    assert (fetched.validators.etag, fetched.validators.last_modified) == (etag, modified)
    assert fetched.validators.body_hash
    headers = server.requests[0].headers
    assert "If-None-Match" not in headers
    assert headers["User-Agent"].startswith("exportwatch/")
    assert "ops@example.org" in headers["User-Agent"]
    assert not {"Cookie", "Referer"} & set(headers)


def test_validators_go_back_as_they_came_and_304_replaces_them() -> None:
    before = Validators(
        etag='W/"1"', last_modified="Mon, 23 Nov 2026 11:00:00 GMT", body_hash="h", cursor="c"
    )
    fetched, server = served(
        replying(304, {"ETag": 'W/"2"', "Cache-Control": "max-age=600"}), validators=before
    )
    assert fetched.reason is PollReason.NOT_MODIFIED
    assert server.requests[0].headers["If-None-Match"] == 'W/"1"'
    assert server.requests[0].headers["If-Modified-Since"] == "Mon, 23 Nov 2026 11:00:00 GMT"
    assert fetched.validators == before.model_copy(update={"etag": 'W/"2"'})
    assert fetched.not_before == timedelta(seconds=600)


def test_a_200_without_validators_drops_the_old_ones() -> None:
    fetched, _ = served(FEED, validators=Validators(etag='"1"', last_modified="x", body_hash="old"))
    assert fetched.reason is PollReason.NEW_ENTRIES
    assert (fetched.validators.etag, fetched.validators.last_modified) == (None, None)


def test_the_same_body_again_is_unchanged() -> None:
    first, _ = served(FEED)
    second, _ = served(replying(200, {"ETag": '"new"'}, FEED), validators=first.validators)
    assert second.reason is PollReason.UNCHANGED_BODY
    assert second.validators.etag == '"new"'
    assert not second.entries


def test_a_304_to_an_unconditional_request_is_a_fault() -> None:
    fetched, _ = served(replying(304))
    assert fetched.reason is PollReason.HTTP_ERROR
    assert "304" in fetched.detail


def test_a_document_that_cannot_be_used_leaves_the_old_validators() -> None:
    before = Validators(etag='"good"', body_hash="h")
    fetched, _ = served(replying(200, {"ETag": '"bad"'}, "<html><title>Consent</title>"), validators=before)
    assert fetched.reason is PollReason.NOT_A_FEED
    assert fetched.validators == before


# --- statuses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason", "word"),
    [
        (204, PollReason.HTTP_ERROR, "204"),
        (206, PollReason.HTTP_ERROR, "206"),
        (400, PollReason.HTTP_ERROR, "query"),
        (401, PollReason.HTTP_ERROR, "credentials"),
        (403, PollReason.HTTP_ERROR, "EXPORTWATCH_CONTACT"),
        (404, PollReason.HTTP_ERROR, "check the url"),
        (410, PollReason.GONE, "for good"),
        (429, PollReason.RATE_LIMITED, "more rarely"),
        (500, PollReason.UNAVAILABLE, "later"),
        (503, PollReason.UNAVAILABLE, "later"),
        (599, PollReason.UNAVAILABLE, "later"),
    ],
)
def test_every_status_has_a_reason_and_a_remedy(status: int, reason: PollReason, word: str) -> None:
    fetched, _ = served(replying(status))
    assert fetched.reason is reason
    assert word in fetched.detail
    assert fetched.detail.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Mon, 23 Nov 2026 13:00:00 GMT", timedelta(hours=1)),
        ("Mon, 23 Nov 2026 11:00:00 GMT", timedelta()),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(value: str, wait: timedelta | None) -> None:
    for status in (429, 503):
        fetched, _ = served(replying(status, {"Retry-After": value}))
        assert fetched.retry_after == wait


# --- redirects ----------------------------------------------------------------------------


def redirecting(*hops: tuple[int, str]) -> tuple[Fetched, Origin]:
    async def run() -> tuple[Fetched, Origin]:
        async with origin({f"/{len(hops)}": FEED}) as server:
            for number, (status, target) in enumerate(hops):
                server.pages[f"/{number}"] = replying(status, {"Location": target})
            return await poll(server.url("/0")), server

    return asyncio.run(run())


def test_a_permanent_redirect_is_followed_and_told() -> None:
    fetched, server = redirecting((301, "/1"), (308, "/2"))
    assert fetched.reason is PollReason.NEW_ENTRIES
    assert fetched.permanent_url == server.url("/2")
    assert "moved for good" in fetched.complaint


def test_one_temporary_hop_makes_the_whole_way_temporary() -> None:
    fetched, _ = redirecting((301, "/1"), (302, "/2"))
    assert fetched.reason is PollReason.NEW_ENTRIES
    assert fetched.permanent_url is None


def test_five_redirects_are_followed_six_are_not() -> None:
    assert redirecting(*[(302, f"/{n + 1}") for n in range(5)])[0].reason is PollReason.NEW_ENTRIES
    assert redirecting(*[(302, f"/{n + 1}") for n in range(6)])[0].reason is PollReason.TOO_MANY_REDIRECTS


def test_a_loop_ends() -> None:
    fetched, server = redirecting((302, "/0"))
    assert fetched.reason is PollReason.TOO_MANY_REDIRECTS
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", PollReason.ADDRESS_REFUSED),
        ("http://10.0.0.1/", PollReason.ADDRESS_REFUSED),
        ("http://[fd00::1]/", PollReason.ADDRESS_REFUSED),
        ("file:///etc/passwd", PollReason.SCHEME_REFUSED),
        ("gopher://example.org/", PollReason.SCHEME_REFUSED),
        ("http://[half/", PollReason.HTTP_ERROR),
    ],
)
def test_each_hop_is_checked(target: str, reason: PollReason) -> None:
    fetched, server = redirecting((302, target))
    assert fetched.reason is reason, fetched.detail
    assert len(server.requests) == 1


def test_the_refusal_names_the_address_and_the_setting() -> None:
    fetched, _ = redirecting((302, "http://169.254.169.254/latest"))
    assert "169.254.169.254" in fetched.detail
    assert "EXPORTWATCH_ALLOW_NETWORKS" in fetched.detail


def test_loopback_is_refused_where_it_is_not_allowed() -> None:
    fetched, server = served(FEED, allow=())
    assert fetched.reason is PollReason.ADDRESS_REFUSED
    assert not server.requests


# --- bodies -------------------------------------------------------------------------------


def encoded(coding: str, body: bytes) -> Handler:
    async def page(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": coding})

    return page


def bare_deflate(body: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(body) + engine.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(FEED.encode())),
        ("x-gzip", gzip.compress(FEED.encode())),
        ("GZIP", gzip.compress(FEED.encode()[:100]) + gzip.compress(FEED.encode()[100:])),
        ("gzip", gzip.compress(FEED.encode()) + b"\0" * 20),
        ("deflate", zlib.compress(FEED.encode())),
        ("deflate", bare_deflate(FEED.encode())),
        ("identity", FEED.encode()),
    ],
)
def test_compressed_bodies(coding: str, body: bytes) -> None:
    fetched, _ = served(encoded(coding, body))
    assert fetched.reason is PollReason.NEW_ENTRIES, fetched.detail
    assert len(fetched.entries) == 1


def test_an_encoding_that_was_not_asked_for() -> None:
    fetched, _ = served(encoded("br", b"\x0b\x02\x80"))
    assert fetched.reason is PollReason.BAD_DOCUMENT
    assert "'br'" in fetched.detail


def test_damaged_compression() -> None:
    fetched, _ = served(encoded("gzip", b"\x1f\x8b\x08\x00 this is no gzip at all"))
    assert fetched.reason is PollReason.BAD_DOCUMENT


def test_a_200_mb_bomb_is_not_inflated() -> None:
    engine = zlib.compressobj(9, wbits=31)
    chunk = b"<item></item>" * 80660
    bomb = b"".join(engine.compress(chunk) for _ in range(200)) + engine.flush()
    assert len(bomb) < 2_000_000
    tracemalloc.start()
    fetched, _ = served(encoded("gzip", bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fetched.reason is PollReason.TOO_LARGE
    assert peak < 30_000_000


def test_a_plain_body_past_the_limit() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"<item/>" * 10_000)

    fetched, _ = served(endless, limits=Limits(inflated=200_000))
    assert fetched.reason is PollReason.TOO_LARGE


def test_a_declared_length_past_the_limit_is_not_even_read() -> None:
    fetched = spoken(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n<rss")
    assert fetched.reason is PollReason.TOO_LARGE
    assert "99,999,999,999" in fetched.detail


def test_a_dripping_server_ends_at_the_limit() -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"<")
            await asyncio.sleep(0.02)

    began = time.monotonic()
    fetched, _ = served(drip, limits=Limits(seconds=0.3))
    assert fetched.reason is PollReason.TIMEOUT
    assert "0.3 s" in fetched.detail
    assert time.monotonic() - began < 5


def test_slow_redirects_share_one_time_limit() -> None:
    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(0.15)
        return web.Response(status=302, headers={"Location": "/feed"})

    fetched, server = served(slow, limits=Limits(seconds=0.4))
    assert fetched.reason is PollReason.TIMEOUT
    assert len(server.requests) <= 3


def test_a_connection_that_ends_early_keeps_the_whole_items() -> None:
    body = FEED.replace("</channel></rss>", "<item><title>Half an it").encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % (len(body) + 500)
    fetched = spoken(head + body, validators=Validators(etag='"1"'))
    assert fetched.reason is PollReason.TRUNCATED
    assert [entry.title for entry in fetched.entries] == ["Licences for magnets"]
    assert fetched.validators == Validators(etag='"1"')
    assert "connection ended" in fetched.detail


def test_compression_that_breaks_off_keeps_the_whole_items() -> None:
    items = "".join(
        f"<item><guid>{n}</guid><title>Notice {n * 7919 % 1000}</title></item>" for n in range(2000)
    )
    body = gzip.compress(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
    fetched, _ = served(encoded("gzip", body[: len(body) // 2]))
    assert fetched.reason is PollReason.TRUNCATED
    assert 100 < len(fetched.entries) < 2000


@pytest.mark.parametrize(
    "answer", [b"", b"220 mail.example.org ESMTP\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20000]
)
def test_what_is_not_http(answer: bytes) -> None:
    fetched = spoken(answer)
    assert fetched.reason in {PollReason.CONNECTION, PollReason.HTTP_ERROR}
    assert fetched.detail


# --- below HTTP ---------------------------------------------------------------------------


def test_nobody_listens() -> None:
    fetched = asyncio.run(poll("http://127.0.0.1:9/feed"))
    assert fetched.reason is PollReason.CONNECTION
    assert "is the server up?" in fetched.detail


def test_a_name_that_does_not_resolve() -> None:
    fetched = asyncio.run(poll("http://no-such-host.invalid/feed"))
    assert fetched.reason is PollReason.DNS


def test_tls_to_a_server_that_speaks_none() -> None:
    async def run() -> Fetched:
        async with origin({"/feed": FEED}) as server:
            return await poll(server.url("/feed").replace("http:", "https:"))

    assert asyncio.run(run()).reason is PollReason.TLS


def test_secrets_of_a_url_stay_out_of_the_detail() -> None:
    async def run() -> Fetched:
        async with origin() as server:
            return await poll(server.url("/missing?api_key=k3y").replace("http://", "http://user:pa55@"))

    detail = asyncio.run(run()).detail
    assert "/missing" in detail
    assert "k3y" not in detail
    assert "pa55" not in detail


# --- manners ------------------------------------------------------------------------------


def test_one_request_at_a_time_a_host_and_spaced() -> None:
    running, most, starts = 0, 0, []

    async def page(_: web.Request) -> web.Response:
        nonlocal running, most
        running, most = running + 1, max(most, running + 1)
        starts.append(time.monotonic())
        await asyncio.sleep(0.01)
        running -= 1
        return web.Response(text=FEED)

    async def run(host: str, allow: Sequence[Network]) -> None:
        async with origin({"/feed": page}) as server, Web(allow, spacing=0.05) as session:
            fetcher = SourceFetcher(session)
            url = server.url("/feed").replace("127.0.0.1", host)
            got = await asyncio.gather(*(fetcher.fetch(source(url), Validators(), NOW) for _ in range(4)))
            assert {fetched.reason for fetched in got} == {PollReason.NEW_ENTRIES}

    asyncio.run(run("localhost", LOOPBACK))
    assert most == 1
    assert all(later - earlier >= 0.05 for earlier, later in itertools.pairwise(starts))


def test_a_slow_host_holds_up_no_other() -> None:
    async def run() -> tuple[float, Fetched]:
        released = asyncio.Event()

        async def hang(_: web.Request) -> web.Response:
            await released.wait()
            return web.Response(text=FEED)

        async with (
            origin({"/feed": hang}) as slow,
            origin({"/feed": FEED}) as quick,
            Web(LOOPBACK) as session,
        ):
            fetcher = SourceFetcher(session)
            hung = asyncio.create_task(fetcher.fetch(source(slow.url("/feed")), Validators(), NOW))
            began = time.monotonic()
            fetched = await fetcher.fetch(source(quick.url("/feed")), Validators(), NOW)
            took = time.monotonic() - began
            assert not hung.done()
            released.set()
            await hung
            return took, fetched

    took, fetched = asyncio.run(run())
    assert fetched.reason is PollReason.NEW_ENTRIES
    assert took < 2


def test_waiting_for_a_busy_host_ends() -> None:
    async def run() -> Fetched:
        async def hang(_: web.Request) -> web.Response:
            await asyncio.sleep(5)
            return web.Response(text=FEED)

        limits = Limits(seconds=1, patience=0.1)
        async with origin({"/feed": hang}) as server, Web(LOOPBACK, limits=limits) as session:
            fetcher = SourceFetcher(session)
            first = asyncio.create_task(fetcher.fetch(source(server.url("/feed")), Validators(), NOW))
            await asyncio.sleep(0)
            second = await fetcher.fetch(source(server.url("/feed")), Validators(), NOW)
            await first
            return second

    fetched = asyncio.run(run())
    assert fetched.reason is PollReason.HOST_BUSY
    assert "busy" in fetched.detail


def test_a_cookie_is_not_kept() -> None:
    async def run() -> Origin:
        async with (
            origin({"/feed": replying(200, {"Set-Cookie": "id=1"}, FEED)}) as server,
            Web(LOOPBACK) as session,
        ):
            for _ in range(2):
                await SourceFetcher(session).fetch(source(server.url("/feed")), Validators(), NOW)
            return server

    assert all("Cookie" not in request.headers for request in asyncio.run(run()).requests)


def test_a_bug_of_ours_is_a_reason_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(*_: object, **__: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("alerts.sources.polling.parse_feed", bug)
    fetched, _ = served(FEED, validators=Validators(etag='"1"'))
    assert fetched.reason is PollReason.INTERNAL_ERROR
    assert fetched.validators == Validators(etag='"1"')
    assert "KeyError" in fetched.detail
    assert "polling s failed" in caplog.text
