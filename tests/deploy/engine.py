"""A container engine for the tests: the one that answers, else one that we start and end.

Ours keeps its data in a cache folder of the tests, so that a second run builds in seconds, and
listens on a socket of its own: no other engine's images are ever touched. Where none can be
had, :class:`NoEngine` says in a sentence why.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "exportwatch-tests"
WAYS = ((), ("--storage-driver=vfs",), ("--storage-driver=vfs", "--iptables=false", "--ip6tables=false"))
"""Options with which an engine is tried, the plain way first: sandboxes lack this or that."""

START_SECONDS = 30.0


class NoEngine(Exception):
    """No container engine can be had here; the text is the sentence that the skip shows."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answers, and how Compose is called; ``host`` is empty for the machine's own."""

    host: str
    compose: tuple[str, ...]

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of every command: this engine, the builder that each release has."""
        ours = {"DOCKER_BUILDKIT": "0", "COMPOSE_INTERACTIVE_NO_CLI": "1"}
        if self.host:
            ours["DOCKER_HOST"] = self.host
        return dict(os.environ) | ours | more

    def docker(self, *arguments: str, check: bool = True, timeout: float = 600) -> str:
        """Run ``docker ...`` and return what it wrote to standard output."""
        return run("docker", *arguments, env=self.environment(), check=check, timeout=timeout)

    def has(self, image: str) -> bool:
        """Whether the engine holds an image of this name."""
        return bool(self.docker("images", "--quiet", image).strip())


def run(*command: str, env: dict[str, str], check: bool = True, timeout: float = 600) -> str:
    """Run a command; AssertionError with all that it wrote if it fails."""
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=timeout, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def an_engine() -> Iterator[Engine]:
    """Give an engine for the length of a test session; NoEngine if there can be none."""
    compose = _find_compose()
    if os.geteuid() != 0:
        raise NoEngine(
            "these tests need root: they kill containers' processes from outside, as a crash would"
        )
    if _answers(""):
        yield Engine("", compose)
        return
    if shutil.which("dockerd") is None:
        raise NoEngine("no engine answers, and dockerd is not installed (Debian: docker.io)")
    with tempfile.TemporaryDirectory(prefix="ew-engine-") as folder, _started(Path(folder)) as host:
        yield Engine(host, compose)


def _find_compose() -> tuple[str, ...]:
    if shutil.which("docker") is None:
        raise NoEngine("docker is not installed (Debian: docker.io)")
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode == 0:
        return ("docker", "compose")
    if shutil.which("docker-compose") is None:
        raise NoEngine("Compose is not installed (Debian: docker-compose)")
    return ("docker-compose",)


def _answers(host: str) -> bool:
    env = Engine(host, ()).environment()
    try:
        found = subprocess.run(["docker", "info"], env=env, capture_output=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return False
    return found.returncode == 0


@contextlib.contextmanager
def _started(folder: Path) -> Iterator[str]:
    failures: list[str] = []
    for way in WAYS:
        host, log = f"unix://{folder / 'docker.sock'}", folder / "engine.log"
        with log.open("wb") as out:
            daemon = subprocess.Popen(_command(folder, host, way), stdout=out, stderr=out)
        if _comes_up(daemon, host):
            try:
                yield host
            finally:
                _end(daemon)
            return
        _end(daemon)
        last = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
        failures.append(f"dockerd {' '.join(way)}: {''.join(last)[-300:]}")
    raise NoEngine("no engine can be started here: " + "; ".join(failures))


def _command(folder: Path, host: str, way: tuple[str, ...]) -> list[str]:
    data = CACHE / "engine"
    data.mkdir(parents=True, exist_ok=True)
    own = [f"--host={host}", f"--exec-root={folder / 'run'}", f"--pidfile={folder / 'pid'}"]
    return ["dockerd", *own, f"--data-root={data}", f"--mtu={_mtu()}", *way]


def _mtu() -> int:
    """The size of the default route's packets: a larger one inside a container would be lost on its way."""
    for line in Path("/proc/net/route").read_text().splitlines()[1:]:
        name, destination = line.split()[:2]
        if destination == "00000000":
            return int(Path(f"/sys/class/net/{name}/mtu").read_text())
    return 1500


def _comes_up(daemon: subprocess.Popen[bytes], host: str) -> bool:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and daemon.poll() is None:
        if _answers(host):
            return True
        time.sleep(0.2)  # an engine has no way to call when it is ready
    return False


def _end(daemon: subprocess.Popen[bytes]) -> None:
    daemon.terminate()
    try:
        daemon.wait(30)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
