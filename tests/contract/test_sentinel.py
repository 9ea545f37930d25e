"""Ledger and broker by Sentinel and by TLS, against real sentinels, a real failover, real handshakes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from alerts.celery import make_app, nudge_by
from alerts.core.errors import LedgerUnavailable
from alerts.ledger.connection import Connection
from alerts.pipeline.lane import Lane
from tests.support.sentinels import NAME, PASSWORD, URL_PASSWORD, Watched
from tests.support.tls_relay import TlsRelay


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    servers = Watched(tmp_path)
    asyncio.run(servers.start())
    yield servers
    servers.stop()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> str:
    """The path of the authority's certificate."""
    path = tmp_path / "ca.crt"
    authority.cert_pem.write_to_path(path)
    return str(path)


def nudged(url: str) -> list[Exception]:
    """Nudge a lane by the broker at ``url``; what stood against it, or that the queue stayed empty."""
    lost: list[Exception] = []
    app = make_app(url, 60)
    try:
        nudge_by(app, lambda _, error: lost.append(error))(Lane.DECIDE)
        if not lost:
            with app.connection_for_write() as connection:
                channel = connection.default_channel
                waiting = channel.queue_declare(Lane.DECIDE.value, passive=True).message_count
                assert waiting >= 1, "the nudge was sent, and is not there"
    finally:
        app.close()
    return lost


def test_the_ledger_follows_a_failover_and_keeps_what_it_wrote(watched: Watched) -> None:
    async def scene() -> None:
        connection = Connection(watched.url())
        try:
            await connection.do("SET", "kept", "yes")
            assert await connection.do("WAIT", 1, 5000) == 1
            await watched.fail_over()
            async with asyncio.timeout(20):
                while True:
                    try:
                        assert await connection.do("GET", "kept") == "yes"
                        assert await connection.do("SET", "after", "too") in (True, "OK")
                        break
                    except LedgerUnavailable:  # the next tick tries again
                        continue
        finally:
            await connection.close()

    asyncio.run(scene())


def test_a_nudge_follows_a_failover(watched: Watched) -> None:
    broker = watched.url().replace("/0?", "/1?")
    assert nudged(broker) == []
    asyncio.run(watched.fail_over())
    assert nudged(broker) == []


def test_a_primary_that_no_sentinel_knows_is_an_error_without_the_password(watched: Watched) -> None:
    async def scene() -> str:
        connection = Connection(watched.url().replace(f"master={NAME}", "master=other"))
        try:
            with pytest.raises(LedgerUnavailable) as raised:
                await connection.do("PING")
            return str(raised.value)
        finally:
            await connection.close()

    told = asyncio.run(scene())
    assert "No master found for 'other'" in told
    assert PASSWORD not in told
    assert URL_PASSWORD not in told


def test_tls_to_the_sentinel_and_to_the_server(authority: trustme.CA, trusted: str, tmp_path: Path) -> None:
    front = TlsRelay(0, authority)
    servers = Watched(tmp_path, primary_as=front.port)
    front.target = servers.primary

    async def ping(url: str) -> object:
        connection = Connection(url)
        try:
            return await connection.do("PING")
        finally:
            await connection.close()

    with front, TlsRelay(servers.sentinel, authority) as before_sentinel:
        try:
            asyncio.run(servers.start(replicated=False))
            url = servers.url("sentinels", before_sentinel.port, ssl_ca_certs=trusted)
            assert asyncio.run(ping(url)) in (True, "PONG")
            assert nudged(url) == []
            assert before_sentinel.handshakes >= 2
            assert front.handshakes >= 2
            stranger = servers.url("sentinels", before_sentinel.port)
            with pytest.raises(LedgerUnavailable, match="No master found"):
                asyncio.run(ping(stranger))
            assert nudged(stranger)
        finally:
            servers.stop()


def test_rediss_checks_the_certificate_for_the_broker_too(
    authority: trustme.CA, trusted: str, watched: Watched
) -> None:
    with TlsRelay(watched.primary, authority) as relay:
        url = f"rediss://:{URL_PASSWORD}@127.0.0.1:{relay.port}"
        assert nudged(f"{url}/1?ssl_ca_certs={trusted}") == []
        lost = nudged(f"{url}/2")  # another database: kombu's pools do not tell TLS apart
        assert "certificate verify failed" in str(lost[0])
