"""A small world for the outer rings: origin and receivers here, the service in processes beside.

The world lives in the test's process, outside of all that is killed; the service is reached
as an operator reaches it, by its settings, and looked into through the ledger's own reader.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alerts.core.errors import LedgerUnavailable
from alerts.core.status import LedgerStatus
from alerts.demo.child import Child
from alerts.ledger.ledger import Ledger
from alerts.wiring import ledger_url
from tests.support.processes import end_all

LOOK_EVERY = 0.1
"""Seconds between two looks at a ledger in another process: it has no way to call us."""


@dataclass(slots=True)
class Service:
    """The service under test and a reader of its ledger."""

    child: Child
    ledger: Ledger

    async def status(self) -> LedgerStatus | None:
        """Look into the ledger; None while it is away."""
        try:
            return await self.ledger.records.status(datetime.now(UTC))
        except LedgerUnavailable:
            return None

    async def until(self, holds: Callable[[LedgerStatus], bool], within: float) -> bool:
        """Wait until the ledger's status satisfies ``holds``; False when the time is over."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            status = await self.status()
            if status is not None and holds(status):
                return True
            self.child.check()
            await asyncio.sleep(LOOK_EVERY)
        return False


def drained(status: LedgerStatus) -> bool:
    """Tell whether nothing waits for a decision or a delivery (sources always wait for their next poll)."""
    return status.lanes["decide"].waiting == 0 and status.lanes["deliver"].waiting == 0


@asynccontextmanager
async def service(folder: Path, rules: Path, **settings: str) -> AsyncIterator[Service]:
    """Run ``up`` on a data folder below ``folder``; whatever is left of it at the end is killed."""
    data = folder / "data"
    extra = {f"EXPORTWATCH_{name.upper()}": value for name, value in settings.items()}
    child = Child(rules, data, folder / "up.log", extra)
    ledger = Ledger(ledger_url(child.settings()))
    try:
        await child.start()
        yield Service(child, ledger)
    finally:
        await ledger.close()
        await child.stop(grace=20)
        end_all(data)
