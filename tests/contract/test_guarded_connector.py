"""The guard against real sockets: a literal, a name, a rebinding name, and the socket factory alone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from alerts.guard.connector import AddressRefused, guarded_connector, refused_by

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class Names(AbstractResolver):
    """A resolver whose answers change from question to question."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        hosts = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=ip, port=port, family=socket.AF_INET, proto=0, flags=0)
            for ip in hosts
        ]

    async def close(self) -> None:
        pass


def run(test: Callable[[int, list[str]], Awaitable[None]]) -> list[str]:
    """Run a test beside a real server on loopback; return the paths that were asked for."""
    hits: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        hits.append(request.path)
        return web.Response(text="inside", headers={"Connection": "close"})

    async def body() -> None:
        app = web.Application()
        app.router.add_get("/{tail:.*}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            await test(runner.addresses[0][1], hits)
        finally:
            await runner.cleanup()

    asyncio.run(body())
    return hits


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]"])
def test_a_literal_or_local_name_is_refused(host: str) -> None:
    async def test(port: int, _: list[str]) -> None:
        async with aiohttp.ClientSession(connector=guarded_connector()) as session:
            with pytest.raises(aiohttp.ClientError) as caught:
                await session.get(f"http://{host}:{port}/")
        assert refused_by(caught.value), caught.value

    assert run(test) == []


@pytest.mark.parametrize("host", ["127.0.0.1.", "127.1", "2130706433", "0x7f.1"])
def test_an_address_written_in_an_old_way_is_refused(host: str) -> None:
    """By aiohttp as no address, or by the guard once it is resolved: either way nothing is reached."""

    async def test(port: int, _: list[str]) -> None:
        async with aiohttp.ClientSession(connector=guarded_connector()) as session:
            with pytest.raises(aiohttp.ClientError):
                await session.get(f"http://{host}:{port}/")

    assert run(test) == []


def test_the_error_names_host_address_and_network() -> None:
    async def test(port: int, _: list[str]) -> None:
        connector = guarded_connector(resolver=Names(["127.0.0.1"]))
        async with aiohttp.ClientSession(connector=connector) as session:
            with pytest.raises(AddressRefused) as caught:
                await session.get(f"http://feeds.example:{port}/")
        assert isinstance(caught.value, OSError)
        assert str(caught.value) == "feeds.example is at 127.0.0.1, which is refused: loopback (127.0.0.0/8)"

    assert run(test) == []


def test_a_name_that_resolves_differently_the_second_time_is_refused() -> None:
    async def test(port: int, hits: list[str]) -> None:
        names = Names(["127.0.0.1"], ["127.0.0.2"])
        connector = guarded_connector([ip_network("127.0.0.1/32")], resolver=names, use_dns_cache=False)
        async with aiohttp.ClientSession(connector=connector) as session:
            async with session.get(f"http://feeds.example:{port}/first") as response:
                assert await response.text() == "inside"
            with pytest.raises(AddressRefused):
                await session.get(f"http://feeds.example:{port}/second")

    assert run(test) == ["/first"]


def test_of_a_good_and_a_refused_address_only_the_good_one_is_used() -> None:
    async def test(port: int, _: list[str]) -> None:
        names = Names(["10.255.255.1", "127.0.0.1"])
        async with (
            aiohttp.ClientSession(connector=guarded_connector(LOOPBACK, resolver=names)) as session,
            session.get(f"http://feeds.example:{port}/good") as response,
        ):
            assert response.status == 200

    assert run(test) == ["/good"]


def test_the_socket_factory_alone_refuses_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should aiohttp rename the private method that the guard overrides, this still holds."""

    async def test(port: int, _: list[str]) -> None:
        connector = guarded_connector()
        plain = aiohttp.TCPConnector._wrap_create_connection
        monkeypatch.setattr(connector, "_wrap_create_connection", plain.__get__(connector))
        async with aiohttp.ClientSession(connector=connector) as session:
            with pytest.raises(aiohttp.ClientError) as caught:
                await session.get(f"http://127.0.0.1:{port}/")
        assert refused_by(caught.value), caught.value

    assert run(test) == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.com/x", "ws://example.com/x", "tcp://example.com"]
)
def test_other_schemes_are_refused(url: str) -> None:
    async def test(_port: int, _: list[str]) -> None:
        async with aiohttp.ClientSession(connector=guarded_connector()) as session:
            with pytest.raises(aiohttp.NonHttpUrlClientError):
                await session.get(url)

    assert run(test) == []
