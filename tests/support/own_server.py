"""A Valkey/Redis server that the test owns, to take it away and bring it back."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from alerts.ledger.embedded import find_binary


class OwnServer:
    """A server on a Unix socket with an append-only file; ``stop`` keeps the data."""

    def __init__(self, folder: Path, appendfsync: str = "always") -> None:
        self.folder = folder
        self.appendfsync = appendfsync
        self.socket = folder / "own.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The ledger's database."""
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Start, and wait until the socket is there."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": self.appendfsync,
            "save": "",
            "maxmemory-policy": "noeviction",
            "logfile": str(self.folder / "own.log"),
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        # SIGXFSZ stays ignored, as Python has it: a write beyond a limit on files fails, as on a full disk.
        self._process = subprocess.Popen([find_binary(), *arguments], restore_signals=False)
        end = time.monotonic() + 20
        while not self.socket.exists():
            if time.monotonic() > end or self._process.poll() is not None:
                raise RuntimeError(f"the server did not start: see {self.folder / 'own.log'}")
            time.sleep(0.02)  # a server has no way to call when it listens

    @property
    def pid(self) -> int:
        """The process, while it runs."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """Kill it: its socket goes away, its data stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self.socket.unlink(missing_ok=True)
