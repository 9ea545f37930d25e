"""What every ring shares: a real Valkey for those that need one, and closed sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.ledger.embedded import EmbeddedServer


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real embedded server, one for the whole session."""
    folder: Path = tmp_path_factory.mktemp("valkey")
    server = EmbeddedServer(folder, "everysec")
    with asyncio.Runner() as runner:
        runner.run(server.start())
        yield server.url
        runner.run(server.stop())
