"""The crew: what hangs delays nothing else, and what fails leaves nothing running."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any

import pytest

from alerts.core.errors import LedgerUnavailable
from alerts.pipeline.crew import work_through
from tests.unit.pipeline.fakes import BOUNDS, FakeClock

Piece = Coroutine[Any, Any, str]


async def quick(name: str) -> str:
    return name


class Queue:
    """Work that is due, handed out as there is room; every ``room`` that was asked for."""

    def __init__(self, *due: Piece) -> None:
        self.due = list(due)
        self.rooms: list[int] = []

    async def claim(self, room: int) -> list[Piece]:
        self.rooms.append(room)
        taken, self.due = self.due[:room], self.due[room:]
        return taken


class Book:
    """What was recorded, go by go; ``wants`` lets a test wait for a result."""

    def __init__(self) -> None:
        self.goes: list[list[str]] = []
        self.grew = asyncio.Event()

    async def record(self, results: Sequence[str]) -> None:
        self.goes.append(sorted(results))
        self.grew.set()

    async def has(self, name: str) -> None:
        while not any(name in go for go in self.goes):
            self.grew.clear()
            await self.grew.wait()


def test_what_hangs_delays_nothing_else_not_even_what_falls_due_later() -> None:
    async def scene() -> None:
        release, queue, book, clock = asyncio.Event(), Queue(), Book(), FakeClock()

        async def hung() -> str:
            await release.wait()
            return "hung"

        queue.due = [hung(), quick("early")]
        run = asyncio.create_task(work_through(queue.claim, book.record, BOUNDS, clock))
        await book.has("early")
        queue.due.append(quick("late"))
        await book.has("late")
        assert not run.done()
        release.set()
        assert await run == 3
        assert book.goes == [["early"], ["late"], ["hung"]]

    asyncio.run(asyncio.wait_for(scene(), 10))


def test_no_more_is_claimed_than_there_is_room_for() -> None:
    async def scene() -> None:
        gates = [asyncio.Event() for _ in range(5)]

        async def gated(number: int) -> str:
            await gates[number].wait()
            return str(number)

        queue, book = Queue(*[gated(number) for number in range(5)]), Book()
        bounds = replace(BOUNDS, in_flight=2)
        run = asyncio.create_task(work_through(queue.claim, book.record, bounds, FakeClock()))
        for number in range(5):
            gates[number].set()
            await book.has(str(number))
        assert await run == 5
        assert max(queue.rooms) == 2
        assert 0 not in queue.rooms

    asyncio.run(asyncio.wait_for(scene(), 10))


def test_the_runs_time_ends_claiming_and_not_what_is_under_way() -> None:
    async def scene() -> None:
        clock, book, release, begun = FakeClock(), Book(), asyncio.Event(), asyncio.Event()

        async def slow() -> str:
            clock.go(21)
            begun.set()
            await release.wait()
            return "slow"

        queue = Queue(slow())
        run = asyncio.create_task(work_through(queue.claim, book.record, BOUNDS, clock))
        await begun.wait()
        never = quick("never")
        queue.due.append(never)
        release.set()
        assert await run == 1
        assert (book.goes, queue.due) == ([["slow"]], [never])
        never.close()

    asyncio.run(asyncio.wait_for(scene(), 10))


def test_a_record_that_fails_cancels_the_rest() -> None:
    async def scene() -> None:
        cancelled = asyncio.Event()

        async def hung() -> str:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.set()
                raise
            return "never"

        async def away(_: Sequence[str]) -> None:
            raise LedgerUnavailable("away")

        before = asyncio.all_tasks()
        with pytest.raises(LedgerUnavailable):
            await work_through(Queue(hung(), quick("done")).claim, away, BOUNDS, FakeClock())
        assert cancelled.is_set()
        assert asyncio.all_tasks() == before

    asyncio.run(asyncio.wait_for(scene(), 10))


def test_a_claim_that_fails_cancels_the_rest() -> None:
    async def scene() -> None:
        cancelled = asyncio.Event()

        async def hung() -> str:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            return "never"

        calls = 0

        async def claim(room: int) -> list[Piece]:
            nonlocal calls
            calls += 1
            if calls > 1:
                raise LedgerUnavailable("away")
            return [hung()]

        with pytest.raises(LedgerUnavailable):
            await work_through(claim, Book().record, BOUNDS, FakeClock())
        assert cancelled.is_set()

    asyncio.run(asyncio.wait_for(scene(), 10))
