"""An origin of everything that a feed should not be."""

from __future__ import annotations

import asyncio
import contextlib
import zlib

from aiohttp import web

from alerts.demo.origin import FeedOrigin

INFLATED = 200 * 1024 * 1024
METADATA = "http://169.254.169.254/latest/meta-data/"

_HTML = "<!doctype html><html><head><title>Sign in</title></head><body><p>Please sign in.</p></body></html>"
_TRUNCATED = '<?xml version="1.0"?><rss version="2.0"><channel><title>Cut</title><item><title>Half of an it'
_ENTITIES = """<?xml version="1.0"?>
<!DOCTYPE rss [
<!ENTITY a "boom"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<rss version="2.0"><channel><title>x</title><item><guid>1</guid><title>&c;</title></item></channel></rss>"""
_DRIP = b'<?xml version="1.0"?><rss version="2.0"><channel><title>slow</title>' + b" " * 4096


def gzip_bomb(inflated: int = INFLATED) -> bytes:
    """Return a gzip stream of a feed that inflates to about ``inflated`` bytes."""
    packer = zlib.compressobj(level=1, wbits=31)
    parts = [packer.compress(b'<?xml version="1.0"?><rss version="2.0"><channel><title>')]
    megabyte = b"a" * (1024 * 1024)
    parts += [packer.compress(megabyte) for _ in range(inflated // len(megabyte))]
    parts.append(packer.compress(b"</title></channel></rss>"))
    return b"".join([*parts, packer.flush()])


class BadOrigin(FeedOrigin):
    """Serves ``/bad/<kind>`` for each kind."""

    KINDS = ("html", "truncated", "entities", "bomb", "drip", "redirect")

    def __init__(self) -> None:
        super().__init__("0.0.0.0")
        self.asked: set[str] = set()
        self._bomb = gzip_bomb()

    def bad_url(self, kind: str) -> str:
        """Return where one bad feed is served: each on an address of its own, as publishers are."""
        return f"http://127.0.0.{self.KINDS.index(kind) + 2}:{self.port}/bad/{kind}"

    def application(self) -> web.Application:
        app = super().application()
        app.router.add_get("/bad/{kind}", self._serve_bad)
        return app

    async def _serve_bad(self, request: web.Request) -> web.StreamResponse:
        kind = request.match_info["kind"]
        self.asked.add(kind)
        match kind:
            case "html":
                return web.Response(text=_HTML, content_type="text/html")
            case "truncated":
                return web.Response(text=_TRUNCATED, content_type="application/rss+xml")
            case "entities":
                return web.Response(text=_ENTITIES, content_type="application/rss+xml")
            case "bomb":
                headers = {"Content-Encoding": "gzip", "Content-Type": "application/rss+xml"}
                return web.Response(body=self._bomb, headers=headers)
            case "redirect":
                raise web.HTTPFound(METADATA)
            case "drip":
                return await self._drip(request)
        raise web.HTTPNotFound

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
        await answer.prepare(request)
        with contextlib.suppress(ConnectionResetError):  # whoever asked has had enough
            for byte in _DRIP:
                await answer.write(bytes([byte]))
                await asyncio.sleep(1)
        return answer
