"""What commands share: settings, and a short visit to the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from alerts.ledger.ledger import Ledger
from alerts.settings import Settings, read_settings
from alerts.wiring import ledger_url

T = TypeVar("T")


def visit(question: Callable[[Ledger], Awaitable[T]], settings: Settings | None = None) -> T:
    """Ask the ledger something and close it again; LedgerUnavailable if it is away."""

    async def ask() -> T:
        ledger = Ledger(ledger_url(settings or read_settings()))
        try:
            return await question(ledger)
        finally:
            await ledger.close()

    return asyncio.run(ask())
