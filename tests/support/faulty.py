"""Receivers that are out of sorts at random, and remember everything.

A delivery is maltreated at most once (told apart by its id, a mail by recipient and
subject), so that the second step of the retry schedule is never reached and a run drains
in seconds. ``accepted`` holds what was answered with success; ``calls`` and ``mails`` hold
every attempt. ``rate`` may be set to 0 to end the faults.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter

from aiohttp import web

from alerts.demo.hooks import Call, HookSink
from alerts.demo.mailbox import ACCEPTED, Mail, Mailbox

HANG = 6.0
"""Seconds that a hanging receiver takes: longer than the timeout that the tests' receivers are given."""


class FaultySink(HookSink):
    """A webhook sink that answers 500, 429 or 503, hangs or resets for a share of deliveries."""

    def __init__(self, secret: str, *, seed: int, rate: float) -> None:
        super().__init__(secret)
        self.rate = rate
        self.accepted: list[Call] = []
        self.faults: Counter[str] = Counter()
        self._rng = random.Random(seed)
        self._seen: set[tuple[str, str]] = set()

    async def answer(self, call: Call, request: web.Request) -> web.StreamResponse:
        first = (call.path, call.id) not in self._seen
        self._seen.add((call.path, call.id))
        if call.verified and first and self._rng.random() < self.rate:
            return await self._fail(request)
        answer = await super().answer(call, request)
        if answer.status < 300:
            self.accepted.append(call)
        return answer

    def accepted_at(self, name: str) -> list[Call]:
        """The calls that were answered with success under one name."""
        return [call for call in self.accepted if call.path.strip("/") == name]

    async def _fail(self, request: web.Request) -> web.StreamResponse:
        kind = self._rng.choice(("500", "429", "503", "hang", "reset"))
        self.faults[kind] += 1
        if kind == "hang":
            await asyncio.sleep(HANG)
        if kind == "reset" and request.transport is not None:
            request.transport.abort()
        if kind in ("429", "503"):
            return web.Response(status=int(kind), headers={"Retry-After": "2"})
        return web.Response(status=500, text="out of sorts")


class FaultyMailbox(Mailbox):
    """A mail server that puts a share of mails off with 451."""

    def __init__(self, *, seed: int, rate: float) -> None:
        super().__init__()
        self.rate = rate
        self.accepted: list[Mail] = []
        self.faults: Counter[str] = Counter()
        self._rng = random.Random(seed)
        self._seen: set[tuple[str, ...]] = set()

    async def answer(self, mail: Mail) -> str:
        key = (*mail.recipients, mail.subject)
        first = key not in self._seen
        self._seen.add(key)
        if first and self._rng.random() < self.rate:
            self.faults["451"] += 1
            return "451 4.3.0 out of sorts, try again"
        self.accepted.append(mail)
        return ACCEPTED
