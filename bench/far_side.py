"""The other side of every figure, in a process of its own: an origin of feeds and a webhook sink.

Run as ``python -m bench.far_side``; it prints its port and serves until its standard input
ends. It listens on all of 127.0.0.0/8, so that one origin can be many hosts. The sink does
not verify signatures: it must be quicker than whatever sends to it. Times are of the
monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import re
import resource
import sys
import time
from dataclasses import dataclass, field

from aiohttp import web

from alerts.demo.origin import Item, render

CODE = re.compile(rb"LAT\d{5}")
ITEMS = 30
NEW_ITEMS = 3
"""Of the 30 items of a changed feed, so many are new."""


@dataclass(slots=True)
class FarSide:
    """Documents by feed and version, and what the sink saw."""

    version: int = 0
    documents: dict[tuple[str, int], bytes] = field(default_factory=dict)
    growing: dict[str, list[Item]] = field(default_factory=dict)
    polls: list[tuple[float, str, int]] = field(default_factory=list)
    """When, of which feed, and the status (of a growing feed: how many items it had)."""
    calls: list[tuple[float, str, int]] = field(default_factory=list)
    """When, the item's code if its title bears one, and the body's size."""

    def application(self) -> web.Application:
        """Serve feeds, the sink, and the controls."""
        app = web.Application()
        app.router.add_get("/feed/{name}", self._feed)
        app.router.add_get("/growing/{name}", self._growing)
        app.router.add_post("/hook/{name}", self._hook)
        app.router.add_post("/publish", self._publish)
        app.router.add_post("/reset", self._reset)
        app.router.add_get("/counts", self._counts)
        app.router.add_get("/report", self._report)
        return app

    async def _feed(self, request: web.Request) -> web.Response:
        name, etag = request.match_info["name"], f'"v{self.version}"'
        if request.headers.get("If-None-Match") == etag:
            self.polls.append((time.monotonic(), name, 304))
            return web.Response(status=304, headers={"ETag": etag})
        body = self._document(name)
        self.polls.append((time.monotonic(), name, 200))
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": etag})

    def _document(self, name: str) -> bytes:
        key = (name, self.version)
        if key not in self.documents:
            first = self.version * NEW_ITEMS
            items = [_item(name, number) for number in range(first, first + ITEMS)]
            self.documents[key] = render(f"Feed {name}", items)
        return self.documents[key]

    async def _growing(self, request: web.Request) -> web.StreamResponse:
        """Serve a feed of what was published in it; the poll counts when the answer is written."""
        name = request.match_info["name"]
        items = list(self.growing.get(name, ()))
        etag = f'"g{len(items)}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        body = render(name, items[-50:])
        answer = web.StreamResponse(headers={"ETag": etag, "Content-Type": "application/rss+xml"})
        await answer.prepare(request)
        await answer.write(body)
        await answer.write_eof()
        self.polls.append((time.monotonic(), name, len(items)))
        return answer

    async def _hook(self, request: web.Request) -> web.Response:
        body = await request.read()
        code = CODE.search(body)
        self.calls.append((time.monotonic(), code[0].decode() if code else "", len(body)))
        return web.Response(status=204)

    async def _publish(self, request: web.Request) -> web.Response:
        given = await request.json()
        item = Item(given["guid"], given["title"], given["text"], given["link"])
        self.growing.setdefault(given["feed"], []).append(item)
        return web.Response(status=204)

    async def _reset(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.version = given.get("version", self.version)
        self.polls.clear()
        self.calls.clear()
        return web.Response(status=204)

    async def _counts(self, _: web.Request) -> web.Response:
        return web.json_response({"polls": len(self.polls), "calls": len(self.calls)})

    async def _report(self, _: web.Request) -> web.Response:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return web.json_response(
            {"polls": self.polls, "calls": self.calls, "cpu": used.ru_utime + used.ru_stime}
        )


def _item(feed: str, number: int) -> Item:
    words = " ".join(f"{feed}word{number}x{position}" for position in range(60))
    return Item(
        f"{feed}-{number}",
        f"{feed} headline {number} about nothing much",
        words,
        f"https://x.example/{feed}/{number}",
    )


async def serve() -> None:
    """Serve until standard input ends."""
    runner = web.AppRunner(FarSide().application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0, backlog=2048).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
