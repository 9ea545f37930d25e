"""Blocking calls kept from holding anything up: a few daemon threads, each under a hard limit.

A thread cannot be ended from outside. One that outlives its limit is given up: its slot is
free at once, it goes on alone, and so many of those are allowed before calls are refused. They
are daemons, so that a hung call does not hold a worker's end up either.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")


class TooManyHung(Exception):
    """So many calls hang beyond their limit that no further thread is spent on them."""


class Threads:
    """Runs blocking calls, ``at_once`` at a time. Belongs to one event loop."""

    def __init__(self, at_once: int = 8, most_hung: int = 32) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._most_hung = most_hung
        self._hung = 0

    async def run(self, call: Callable[[], T], limit: float) -> T:
        """Return what ``call`` returns; TimeoutError after ``limit`` seconds, waiting in line included."""
        async with asyncio.timeout(limit), self._slots:
            if self._hung >= self._most_hung:
                raise TooManyHung(f"{self._hung} calls hang beyond their time limit")
            return await self._start(call)

    async def _start(self, call: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def report(settle: Callable[[], None]) -> None:
            if future.cancelled():
                self._hung -= 1
            else:
                settle()

        def work() -> None:
            try:
                settle = partial(future.set_result, call())
            except Exception as raised:  # it belongs to whoever awaits the call
                settle = partial(future.set_exception, raised)
            try:
                loop.call_soon_threadsafe(report, settle)
            except RuntimeError:
                return  # the loop is closed: nobody waits any more

        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(work,), name="apprise", daemon=True).start()
        try:
            return await future
        except asyncio.CancelledError:
            self._hung += 1
            raise
