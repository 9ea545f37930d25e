"""Inflating a body while it arrives, so that a bomb is never inflated past the limits.

:class:`Inflater` takes the chunks as they come and gives the plain bytes; it raises
:class:`TooLarge` as soon as the sum passes ``limit`` or the growth passes ``ratio``. Small
bodies are let off the ratio: a list of equal rows may well shrink two hundred times.

Brotli is not offered (no Accept-Encoding names it), hence not understood.
"""

from __future__ import annotations

import zlib

_STEP = 64 * 1024
_RATIO_FROM = 1024 * 1024
_PLAIN = frozenset({"", "identity"})
ENCODINGS = _PLAIN | {"gzip", "x-gzip", "deflate"}


class TooLarge(Exception):
    """The body passes a limit; the text says which."""


class Inflater:
    """One body: feed it chunks, ask ``complete`` at the end."""

    def __init__(self, encoding: str, limit: int, ratio: int) -> None:
        self._encoding = encoding
        self._limit = limit
        self._ratio = ratio
        self._engine: zlib._Decompress | None = None
        self._ended = False
        self._taken = 0
        self._given = 0

    @property
    def complete(self) -> bool:
        """Whether a compressed stream reached its own end (a plain one has none)."""
        return self._encoding in _PLAIN or self._ended or (self._engine is not None and self._engine.eof)

    def feed(self, chunk: bytes) -> bytes:
        """Give the plain bytes of one chunk. Raises ``TooLarge``, and ``zlib.error`` on rubbish."""
        self._taken += len(chunk)
        if self._encoding in _PLAIN:
            return self._count(chunk)
        out: list[bytes] = []
        while chunk and not self._ended:
            if self._engine is None or self._engine.eof:
                if self._engine is not None and not chunk.startswith(b"\x1f"):
                    self._ended = True  # padding after the end; a further gzip member begins with 1f
                    break
                self._engine = self._start(chunk)
            out.append(self._count(self._engine.decompress(chunk, _STEP)))
            chunk = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail
        return b"".join(out)

    def _start(self, chunk: bytes) -> zlib._Decompress:
        if self._encoding != "deflate":
            return zlib.decompressobj(31)
        # RFC 9110 means a zlib stream; some servers send the bare one nevertheless.
        wrapped = chunk[0] & 0x0F == 8 and (len(chunk) < 2 or int.from_bytes(chunk[:2], "big") % 31 == 0)
        return zlib.decompressobj(15 if wrapped else -15)

    def _count(self, plain: bytes) -> bytes:
        self._given += len(plain)
        if self._given > self._limit:
            raise TooLarge(f"more than {self._limit:,} bytes once inflated")
        if self._given > _RATIO_FROM and self._given > self._ratio * self._taken:
            raise TooLarge(f"inflates more than {self._ratio} times")
        return plain
