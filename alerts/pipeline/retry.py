"""When a delivery is tried next, if at all. Pure: ``now`` and ``rng`` are parameters.

The schedule is a list, not a formula, so that an operator can read it. A delivery is due at
once when it is created (the list's 0), then after each failure at the next entry's distance,
give or take a fifth, so that targets which came back are not hit by everybody in step. A
target's own Retry-After is honoured: never sooner than it says. What cannot help to repeat
is dead at once.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from alerts.core.delivery import Delivery, Outcome

SCHEDULE: tuple[timedelta, ...] = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Distance of each attempt from the one before; its length is the number of attempts."""

JITTER = 0.2
LONGEST_RETRY_AFTER = timedelta(hours=24)


def next_try(delivery: Delivery, outcome: Outcome, now: datetime, rng: random.Random) -> datetime | None:
    """When to try again after ``outcome``; None: it is over, delivered or dead.

    ``delivery`` is as it was claimed: ``tries`` does not count the attempt that just ended.
    """
    if outcome.reason.ok or outcome.reason.permanent:
        return None
    made = delivery.tries + 1
    if made >= len(SCHEDULE):
        return None
    wait = SCHEDULE[made] * rng.uniform(1 - JITTER, 1 + JITTER)
    if outcome.retry_after is not None:
        wait = max(wait, min(outcome.retry_after, LONGEST_RETRY_AFTER))
    return now + wait
