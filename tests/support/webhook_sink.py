"""An HTTP server on loopback that answers as it is told, well-formed or not.

Raw sockets on purpose: hangs, resets, drips and garbage are what an HTTP server library will
not do. Every request is kept before it is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self


@dataclass(slots=True)
class Request:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    """A well-formed answer; underscores in header names stand for dashes."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    raw = "\r\n".join(lines).encode() + b"\r\n\r\n"
    bodiless = status < 200 or status in (204, 304)
    return sends(raw if bodiless else raw + body)


def sends(raw: bytes) -> Answer:
    """Whatever is given, as it is."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return answer


async def hangs(writer: asyncio.StreamWriter) -> None:
    """Nothing, until the other side goes away."""
    await asyncio.Event().wait()


async def resets(writer: asyncio.StreamWriter) -> None:
    """Break the connection off."""
    writer.transport.abort()


async def hangs_up(writer: asyncio.StreamWriter) -> None:
    """Close the connection without a word."""
    writer.close()


async def drips(writer: asyncio.StreamWriter) -> None:
    """A status line that takes for ever, a byte at a time."""
    writer.write(b"HTTP/1.1 200 ")
    while True:
        writer.write(b"O")
        await writer.drain()
        await asyncio.sleep(0.02)


async def floods(writer: asyncio.StreamWriter) -> None:
    """An answer that never ends."""
    writer.write(b"HTTP/1.1 500 Oh\r\nContent-Length: 1000000000\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def takes_and_hangs(writer: asyncio.StreamWriter) -> None:
    """Take the call with 200, then never send the body that was announced."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    await asyncio.Event().wait()


@dataclass(slots=True)
class WebhookSink:
    """The server; ``answer`` may be changed between calls, ``requests`` are kept, oldest first."""

    answer: Answer = field(default_factory=lambda: says(204))
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                while True:
                    self.requests.append(await _read(reader))
                    await self.answer(writer)
            except asyncio.CancelledError:
                pass
            finally:
                writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(head[0], headers, body)
