"""An origin of RSS feeds that grow while it runs.

Data: a feed is a list of items, oldest first; a document shows the latest ``window`` of
them, newest first. The ETag is a hash of the document, so an unchanged feed is answered
with 304 and a changed one never is.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from aiohttp import web

from alerts.demo.loopback import LOOPBACK, LoopbackServer


@dataclass(frozen=True, slots=True)
class Item:
    """One item as its publisher wrote it."""

    guid: str
    title: str
    text: str
    link: str
    published: datetime | None = None


@dataclass(slots=True)
class Feed:
    """One feed: what it says so far, and how often it was asked for."""

    name: str
    title: str
    window: int = 200
    items: list[Item] = field(default_factory=list)
    requests: int = 0
    unchanged: int = 0
    _document: tuple[int, bytes, str] | None = None

    def document(self) -> tuple[bytes, str]:
        """Return the feed as RSS, and its ETag."""
        if self._document is None or self._document[0] != len(self.items):
            body = render(self.title, self.items[-self.window :])
            self._document = (len(self.items), body, f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"')
        return self._document[1], self._document[2]


def render(title: str, items: list[Item]) -> bytes:
    """Write items as an RSS 2.0 document, newest first."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>',
        f"<title>{escape(title)}</title><link>https://example.org/</link><description/>",
    ]
    lines += [_render_item(item) for item in reversed(items)]
    lines.append("</channel></rss>\n")
    return "\n".join(lines).encode()


def _render_item(item: Item) -> str:
    date = "" if item.published is None else f"<pubDate>{format_datetime(item.published)}</pubDate>"
    return (
        f"<item><title>{escape(item.title)}</title><link>{escape(item.link)}</link>"
        f'<guid isPermaLink="false">{escape(item.guid)}</guid>{date}'
        f"<description>{escape(item.text)}</description></item>"
    )


class FeedOrigin(LoopbackServer):
    """Serves feeds under ``/<name>.xml``."""

    def __init__(self, host: str = LOOPBACK) -> None:
        super().__init__(host)
        self.feeds: dict[str, Feed] = {}
        self.asked = asyncio.Event()
        """Set when a feed is first asked for."""

    def add(self, name: str, title: str, *, window: int = 200) -> Feed:
        """Make an empty feed."""
        feed = self.feeds[name] = Feed(name, title, window)
        return feed

    def url(self, name: str) -> str:
        """Where a feed is served."""
        return f"{self.base}/{name}.xml"

    def publish(self, name: str, item: Item) -> Item:
        """Add an item to a feed; it gets the present time where it has none."""
        if item.published is None:
            item = Item(item.guid, item.title, item.text, item.link, datetime.now(UTC))
        self.feeds[name].items.append(item)
        return item

    def application(self) -> web.Application:
        """Serve every feed, and 404 for what is none."""
        app = web.Application()
        app.router.add_get("/{name}.xml", self._serve)
        return app

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        feed = self.feeds.get(request.match_info["name"])
        if feed is None:
            raise web.HTTPNotFound(text="there is no such feed")
        feed.requests += 1
        self.asked.set()
        body, etag = feed.document()
        if request.headers.get("If-None-Match") == etag:
            feed.unchanged += 1
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": etag})
