"""TLS in front of a server that has none: real handshakes, one certificate, on loopback.

A peer that speaks plainly is passed on as it is, so that a sentinel can watch the server at
the same address at which clients reach it by TLS.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from types import TracebackType

import trustme

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_HANDSHAKE = b"\x16"
"""The first byte of a TLS connection."""


class TlsRelay:
    """Relays connections to ``target``, a port of loopback; ``authority`` signs its certificate."""

    def __init__(self, target: int, authority: trustme.CA) -> None:
        self.target = target
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(self._context)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self.handshakes = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._relays: set[asyncio.Task[None]] = set()

    def __enter__(self) -> TlsRelay:
        self._thread.start()
        self._accepting = asyncio.run_coroutine_threadsafe(self._accept(), self._loop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._listener.close()

    async def _end(self) -> None:
        self._accepting.cancel()
        for relay in self._relays:
            relay.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)
        await asyncio.sleep(0)  # for the transports to close

    async def _accept(self) -> None:
        while True:
            peer, _ = await self._loop.sock_accept(self._listener)
            relay = self._loop.create_task(self._relay(peer))
            self._relays.add(relay)
            relay.add_done_callback(self._relays.discard)

    async def _relay(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            readable = self._loop.create_future()
            self._loop.add_reader(peer, readable.set_result, None)
            await readable
            self._loop.remove_reader(peer)
            secure = peer.recv(1, socket.MSG_PEEK) == _HANDSHAKE
            outside = await self._open(peer, self._context if secure else None)
            self.handshakes += secure
            try:
                await _join(outside, await asyncio.open_connection("127.0.0.1", self.target))
            finally:
                outside[1].transport.abort()

    async def _open(self, peer: socket.socket, context: ssl.SSLContext | None) -> Stream:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await self._loop.connect_accepted_socket(lambda: protocol, peer, ssl=context)
        return reader, asyncio.StreamWriter(transport, protocol, reader, self._loop)


async def _join(outside: Stream, inside: Stream) -> None:
    pumps = [
        asyncio.create_task(_pump(outside[0], inside[1])),
        asyncio.create_task(_pump(inside[0], outside[1])),
    ]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for writer in (outside[1], inside[1]):
            writer.transport.abort()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        sink.write(data)
        await sink.drain()
