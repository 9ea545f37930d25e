"""What every figure needs: the far side, and the service on a fresh folder."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(slots=True)
class Far:
    """A handle on :mod:`bench.far_side`."""

    port: int
    client: aiohttp.ClientSession

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Return an address of the far side."""
        return f"http://{host}:{self.port}/{path}"

    async def reset(self, **settings: int) -> None:
        """Forget what was seen; ``version`` changes every feed."""
        async with self.client.post(self.url("reset"), json=settings) as answer:
            answer.raise_for_status()

    async def publish(self, feed: str, guid: str, title: str, text: str) -> None:
        """Add an item to a growing feed."""
        link = f"https://x.example/{guid}"
        item = {"feed": feed, "guid": guid, "title": title, "text": text, "link": link}
        async with self.client.post(self.url("publish"), json=item) as answer:
            answer.raise_for_status()

    async def report(self) -> dict[str, Any]:
        """Return what was seen since the last reset."""
        async with self.client.get(self.url("report")) as answer:
            report: dict[str, Any] = await answer.json()
        return report

    async def until(self, name: str, count: int, within: float) -> dict[str, Any]:
        """Wait until the far side has seen ``count`` polls or calls; TimeoutError if it has not."""
        async with asyncio.timeout(within):
            while True:
                async with self.client.get(self.url("counts")) as answer:
                    if (await answer.json())[name] >= count:
                        return await self.report()
                await asyncio.sleep(0.1)


@asynccontextmanager
async def far_side() -> AsyncIterator[Far]:
    """Run the far side in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.far_side",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    try:
        async with aiohttp.ClientSession() as client:
            yield Far(port, client)
    finally:
        process.stdin.close()
        await process.wait()


def host_of(number: int) -> str:
    """Return the loopback address that stands for host ``number``."""
    return f"127.0.{number // 250 + 1}.{number % 250 + 1}"
