"""What the contract tests share: an empty ledger on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from alerts.ledger.ledger import Ledger
from tests.support.scenes import Play


@pytest.fixture
def play(server_url: str) -> Play:
    """Run a coroutine over an empty ledger."""

    async def on_empty(scene: Callable[[Ledger], Awaitable[Any]]) -> Any:
        ledger = Ledger(server_url)
        await ledger._connection.do("FLUSHDB")
        try:
            return await scene(ledger)
        finally:
            await ledger.close()

    return lambda scene: asyncio.run(on_empty(scene))
