"""A webhook receiver as a subscriber would write it: verify, record, answer 204.

The signature check is written from the Standard Webhooks text, not with the sender's code:
a mistake on one side shows. Invariant: a call is recorded before it is answered, so what a
sender was told to be delivered is always here.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from alerts.demo.loopback import LOOPBACK, LoopbackServer

TOLERANCE = 300.0
"""Seconds that a call's timestamp may differ from the receiver's clock."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came; ``at`` is the receiver's monotonic clock."""

    path: str
    id: str
    body: bytes
    headers: Mapping[str, str]
    verified: bool
    at: float

    def payload(self) -> dict[str, Any]:
        """Read the body's JSON, a CloudEvents envelope."""
        payload: dict[str, Any] = json.loads(self.body)
        return payload


def make_secret() -> str:
    """Make a fresh ``whsec_`` secret."""
    return "whsec_" + base64.b64encode(os.urandom(24)).decode()


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Tell whether a call bears a v1 signature made with the secret, and is recent."""
    call_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not call_id or not stamp.isdigit() or abs(now - int(stamp)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join((call_id.encode(), stamp.encode(), body))
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(one, wanted) for one in given)


class HookSink(LoopbackServer):
    """Takes webhooks at any path and keeps them in ``calls``, oldest first."""

    def __init__(
        self, secret: str, *, host: str = LOOPBACK, told: Callable[[Call], None] | None = None
    ) -> None:
        super().__init__(host)
        self.secret = secret
        self.calls: list[Call] = []
        self.told = told
        self._news = asyncio.Condition()

    def url(self, name: str = "hook") -> str:
        """Where to send; the name only tells targets apart."""
        return f"{self.base}/{name}"

    async def wait_for(self, count: int) -> None:
        """Return when at least ``count`` calls have come."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.calls) >= count)

    async def answer(self, call: Call, request: web.Request) -> web.StreamResponse:
        """Answer one call, after it was recorded; a subclass may be less kind."""
        return web.Response(status=204 if call.verified else 401)

    def application(self) -> web.Application:
        """Take every POST."""
        app = web.Application()
        app.router.add_post("/{name}", self._take)
        return app

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        verified = verify(self.secret, request.headers, body, time.time())
        call = Call(
            path=request.path,
            id=request.headers.get("webhook-id", ""),
            body=body,
            headers=dict(request.headers),
            verified=verified,
            at=time.monotonic(),
        )
        async with self._news:
            self.calls.append(call)
            self._news.notify_all()
        if self.told is not None:
            self.told(call)
        return await self.answer(call, request)
