"""Working through what is due, side by side: the loop that poll and deliver share.

Invariant: one piece of work that hangs delays no other. While some hang, the loop looks
for what has fallen due meanwhile; results that come in while earlier ones are being
recorded are recorded together in the next go. If recording fails (the ledger is away), the
rest is cancelled: its leases run out and it is done again under the same ids.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from alerts.pipeline.lane import Bounds, Clock

LOOK_AGAIN = 0.1
"""Seconds after which a crew whose work all hangs looks for what has fallen due meanwhile."""

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


async def work_through(
    claim: Callable[[int], Awaitable[Sequence[Coroutine[Any, Any, T]]]],
    record: Callable[[Sequence[T]], Awaitable[None]],
    bounds: Bounds,
    clock: Clock,
) -> int:
    """Claim and work until nothing is due or the run's time is over; returns how many.

    ``claim`` gets how many pieces there is room for and returns them as coroutines;
    ``record`` gets the results of those that ended. The two are called in one turn of the
    loop, ``record`` first, so that they can travel to the ledger together.
    """
    end = clock() + bounds.run
    working: set[asyncio.Task[T]] = set()
    results: list[T] = []
    total = 0
    try:
        while True:
            room = bounds.in_flight - len(working) if clock() < end else 0
            _, claimed = await asyncio.gather(_if_any(record, results), _if_any(claim, room))
            working.update(asyncio.create_task(piece) for piece in claimed or ())
            total += len(claimed or ())
            if not working:
                return total
            finished, working = await asyncio.wait(
                working, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
            )
            results = [task.result() for task in finished]
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def _if_any(step: Callable[[A], Awaitable[B]], what: A) -> B | None:
    return await step(what) if what else None
