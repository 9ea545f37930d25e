"""Commands as a shell sees them: arguments in, exit code and output out, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from alerts.cli.main import main
from alerts.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]
Fill = Callable[[Callable[[Ledger], Awaitable[Any]]], Any]


@pytest.fixture
def run(
    server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command against the session's server, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPORTWATCH_REDIS_URL", server_url)

    def call(*arguments: str) -> Ran:
        code = 0
        try:
            main(list(arguments))
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return call


@pytest.fixture
def fill(server_url: str) -> Fill:
    """Fill an emptied ledger."""

    async def on_empty(scene: Callable[[Ledger], Awaitable[Any]]) -> Any:
        ledger = Ledger(server_url)
        try:
            await ledger._connection.do("FLUSHDB")
            return await scene(ledger)
        finally:
            await ledger.close()

    return lambda scene: asyncio.run(on_empty(scene))
