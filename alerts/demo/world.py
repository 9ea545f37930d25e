"""The demonstration's world: an origin of news, a mail catcher and a webhook receiver.

The service that lives off it runs beside it (:mod:`.show`) or elsewhere, in a container of
its own (:func:`stand`). Invariant: news is released in its order, and what is in a feed
stays there. Whoever restarts the world gets new ports and a new secret: the rules folder
that leads to it is written anew at each start.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from alerts.demo.folder import write_folder
from alerts.demo.hooks import Call, HookSink, make_secret
from alerts.demo.loopback import LOOPBACK
from alerts.demo.mailbox import Mail, Mailbox
from alerts.demo.news import News, open_feeds, read_news
from alerts.demo.origin import FeedOrigin
from alerts.demo.screen import Screen

BUYER = "buyer@factory.example"


@dataclass(slots=True)
class World:
    """The three servers and the news; started and stopped as an async context."""

    news: News
    origin: FeedOrigin
    mailbox: Mailbox
    hooks: HookSink
    _servers: AsyncExitStack
    released: int = 0

    async def __aenter__(self) -> Self:
        for server in (self.origin, self.mailbox, self.hooks):
            await self._servers.enter_async_context(server)
        open_feeds(self.news, self.origin)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._servers.aclose()

    def write_rules(self, folder: Path) -> Path:
        """Write the rules that lead a service here; returns the folder."""
        feeds = {name: self.origin.url(name) for name in self.news.feeds}
        ways = {"mail": self.mailbox.url(BUYER), "hook": self.hooks.url(), "secret": self.hooks.secret}
        return write_folder(folder, feeds | ways)

    def next_pause(self) -> float | None:
        """Seconds between the last release and the next; None after the last."""
        if self.released == len(self.news.releases):
            return None
        return self.news.releases[self.released].after

    def release(self) -> str:
        """Publish the next item; returns its title."""
        release = self.news.releases[self.released]
        self.origin.publish(release.feed, release.item)
        self.released += 1
        return release.item.title

    def release_due_at_start(self) -> None:
        """Publish the items without a pause: they are there when the service first looks."""
        while self.next_pause() == 0:
            self.release()


def make_world(host: str = LOOPBACK) -> World:
    """Make a world that will listen at an address of this machine."""
    hooks = HookSink(make_secret(), host=host)
    return World(read_news(), FeedOrigin(host), Mailbox(host), hooks, AsyncExitStack())


async def stand(world: World, folder: Path, screen: Screen, ending: asyncio.Event) -> None:
    """Serve a service that runs elsewhere until ``ending``; show what is released and what arrives."""
    begin = time.monotonic()

    def tell(words: str) -> None:
        screen.note(words, time.monotonic() - begin)

    def tell_mail(mail: Mail) -> None:
        tell(f"mail for {', '.join(mail.recipients)}: {mail.subject}\n\n{mail.text()}")

    def tell_call(call: Call) -> None:
        signed = "signature verified" if call.verified else "SIGNATURE NOT VERIFIED"
        tell(f"webhook {call.id}, {signed}: {call.payload()['type']}")

    world.mailbox.told, world.hooks.told = tell_mail, tell_call
    async with world:
        world.release_due_at_start()
        tell(f"the world is at {world.origin.base}; rules that lead here are in {world.write_rules(folder)}")
        await _first(ending, world.origin.asked)
        while not ending.is_set() and (pause := world.next_pause()) is not None:
            if not await _within(ending, pause):
                tell(f"released: {world.release()}")
        await ending.wait()


async def _first(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        return await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
