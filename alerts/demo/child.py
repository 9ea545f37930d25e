"""The service as a child process, started as an operator starts it.

Data: a process of its own session, its log as a file, and the address of its web endpoint,
which it prints when the system has chosen the port. ``stop`` sends SIGINT, as Ctrl-C does;
``kill`` sends SIGKILL to ``up`` alone: what becomes of its children is its own affair.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alerts.core.errors import ExportwatchError
from alerts.settings import Settings, read_settings

LOOPBACK_NETWORKS = "127.0.0.0/8,::1/128"


class ChildFailed(ExportwatchError):
    """The service ended before it was ready; the message holds the end of its log."""


@dataclass(slots=True)
class Child:
    """One ``up``: where it keeps its data, what it reads, where it logs."""

    rules: Path
    data: Path
    log: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    process: Process | None = None

    def environment(self) -> dict[str, str]:
        """Return the caller's environment with our EXPORTWATCH settings in place of its own."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("EXPORTWATCH_")}
        ours = {
            "EXPORTWATCH_RULES_DIR": str(self.rules),
            "EXPORTWATCH_DATA_DIR": str(self.data),
            "EXPORTWATCH_WEB_BIND": "127.0.0.1:0",
            "EXPORTWATCH_ALLOW_NETWORKS": LOOPBACK_NETWORKS,
            "EXPORTWATCH_LOG_FORMAT": "json",
        }
        return inherited | ours | dict(self.extra)

    def settings(self) -> Settings:
        """Return the settings that the service will have."""
        return read_settings(self.environment(), env_file=None)

    async def start(self) -> None:
        """Start ``up``; its output is appended to the log."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "alerts",
                "up",
                env=self.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise :class:`ChildFailed` if ``up`` has ended by itself."""
        if self.process is not None and self.process.returncode is not None:
            raise ChildFailed(f"the service ended with code {self.process.returncode}:\n{self.log_tail()}")

    def log_tail(self, lines: int = 30) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    async def kill(self) -> None:
        """SIGKILL ``up`` and reap it."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self, grace: float = 40.0) -> int:
        """Ask ``up`` to end as Ctrl-C does, and return its exit code; kill it after ``grace`` seconds."""
        process = self.process
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        try:
            return await asyncio.wait_for(process.wait(), grace)
        except TimeoutError:
            await self.kill()
            return -int(signal.SIGKILL)
