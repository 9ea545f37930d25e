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
from alerts.demo.follow import Follower, Judged
from alerts.demo.report import Report
from alerts.demo.screen import Screen
from alerts.demo.world import World, make_world
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
    world: World = field(default_factory=make_world)
    alerts: set[str] = field(default_factory=set)
    repeats: int = 0

    async def run(self) -> Report:
        """Run to the end and report."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.world)
            rules = self.world.write_rules(self.folder / "rules")
            child = Child(rules, self.folder / "data", self.folder / "up.log")
            self.world.release_due_at_start()
            await child.start()
            stack.push_async_callback(child.stop)
            self._note("the service starts; its log is " + str(child.log))
            ledger = Ledger(ledger_url(child.settings()))
            stack.push_async_callback(ledger.close)
            await self._follow(child, Follower(ledger.records))
            return self._report(await child.stop(), child.log_tail())

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
                self.world.release()
                next_release = self._next_release()
            if not self.keep and (await self._complete(follower) or self._elapsed() > PATIENCE):
                return
            await asyncio.sleep(LOOK_EVERY)

    def _next_release(self) -> float | None:
        pause = self.world.next_pause()
        return None if pause is None else self._elapsed() + pause

    async def _complete(self, follower: Follower) -> bool:
        return follower.judged == len(self.world.news.releases) and not await follower.waiting()

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
        calls, mails = self.world.hooks.calls, self.world.mailbox.mails
        times = [call.at for call in calls] + [mail.at for mail in mails]
        mail = mails[0] if mails else None
        return Report(
            first_alert_seconds=min(times) - self.begin if times else None,
            seconds=self._elapsed(),
            items=self.world.released,
            alerts=len(self.alerts),
            repeats=self.repeats,
            mails=len(mails),
            webhooks=len(calls),
            unverified=sum(not call.verified for call in calls),
            exit_code=exit_code,
            mail_subject=mail.subject if mail else "",
            mail_text=mail.text() if mail else "",
            log_tail=log_tail,
        )
