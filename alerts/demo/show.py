"""The demonstration itself: build the world, start the service, release the news, follow.

Everything lives in one temporary folder and on loopback, and is gone afterwards.
"""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from alerts.demo.child import Child
from alerts.demo.folder import write_folder
from alerts.demo.follow import Follower, Judged
from alerts.demo.hooks import HookSink, make_secret
from alerts.demo.mailbox import Mailbox
from alerts.demo.news import News, open_feeds, read_news
from alerts.demo.origin import FeedOrigin
from alerts.demo.report import Report
from alerts.demo.screen import Screen
from alerts.ledger.ledger import Ledger
from alerts.wiring import ledger_url

LOOK_EVERY = 0.05
"""Seconds between two looks at the ledger."""

PATIENCE = 60.0
"""Seconds after which the demonstration ends, whatever is still missing."""


@dataclass(slots=True)
class Show:
    """One demonstration on a folder of its own; ``keep`` goes on until Ctrl-C."""

    folder: Path
    screen: Screen
    keep: bool = False
    begin: float = field(default_factory=time.monotonic)
    news: News = field(default_factory=read_news)
    origin: FeedOrigin = field(default_factory=FeedOrigin)
    mailbox: Mailbox = field(default_factory=Mailbox)
    hooks: HookSink = field(default_factory=lambda: HookSink(make_secret()))
    alerts: set[str] = field(default_factory=set)
    repeats: int = 0
    released: int = 0

    async def run(self) -> Report:
        """Run to the end and report."""
        async with AsyncExitStack() as stack:
            for server in (self.origin, self.mailbox, self.hooks):
                await stack.enter_async_context(server)
            open_feeds(self.news, self.origin)
            child = Child(self._write_rules(), self.folder / "data", self.folder / "up.log")
            self._release_due_at_start()
            await child.start()
            stack.push_async_callback(child.stop)
            self._note("the service starts; its log is " + str(child.log))
            ledger = Ledger(ledger_url(child.settings()))
            stack.push_async_callback(ledger.close)
            await self._follow(child, Follower(ledger.records))
            return self._report(await child.stop(), child.log_tail())

    def _write_rules(self) -> Path:
        feeds = {name: self.origin.url(name) for name in self.news.feeds}
        return write_folder(
            self.folder / "rules",
            feeds
            | {
                "mail": self.mailbox.url("buyer@factory.example"),
                "hook": self.hooks.url(),
                "secret": self.hooks.secret,
            },
        )

    def _release_due_at_start(self) -> None:
        """Items without a pause are there when the service first looks."""
        while self.released < len(self.news.releases) and not self.news.releases[self.released].after:
            self._release()

    def _release(self) -> None:
        release = self.news.releases[self.released]
        self.origin.publish(release.feed, release.item)
        self.released += 1

    async def _follow(self, child: Child, follower: Follower) -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        next_release: float | None = None
        while not stopped.is_set():
            child.check()
            for step in await follower.look():
                self.screen.step(step, self._elapsed())
                if isinstance(step, Judged):
                    self._count(step)
            if follower.judged and next_release is None:
                next_release = self._next_release()
            if next_release is not None and self._elapsed() >= next_release:
                self._release()
                next_release = self._next_release()
            if not self.keep and (await self._complete(follower) or self._elapsed() > PATIENCE):
                return
            await asyncio.sleep(LOOK_EVERY)

    def _next_release(self) -> float | None:
        if self.released == len(self.news.releases):
            return None
        return self._elapsed() + self.news.releases[self.released].after

    async def _complete(self, follower: Follower) -> bool:
        return follower.judged == len(self.news.releases) and not await follower.waiting()

    def _count(self, step: Judged) -> None:
        for decided in step.record.decided:
            if decided["reason"] == "repeated":
                self.repeats += 1
            elif decided["alert_id"]:
                self.alerts.add(decided["alert_id"])

    def _elapsed(self) -> float:
        return time.monotonic() - self.begin

    def _note(self, words: str) -> None:
        self.screen.note(words, self._elapsed())

    def _report(self, exit_code: int, log_tail: str) -> Report:
        times = [call.at for call in self.hooks.calls] + [mail.at for mail in self.mailbox.mails]
        mail = self.mailbox.mails[0] if self.mailbox.mails else None
        return Report(
            first_alert_seconds=min(times) - self.begin if times else None,
            seconds=self._elapsed(),
            items=self.released,
            alerts=len(self.alerts),
            repeats=self.repeats,
            mails=len(self.mailbox.mails),
            webhooks=len(self.hooks.calls),
            unverified=sum(not call.verified for call in self.hooks.calls),
            exit_code=exit_code,
            mail_subject=mail.subject if mail else "",
            mail_text=mail.text() if mail else "",
            log_tail=log_tail,
        )
