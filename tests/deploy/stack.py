"""One Compose project of the repository's own file, and a look into its containers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.deploy.engine import Engine, run

REPOSITORY = Path(__file__).parents[2]
LOOK_EVERY = 0.25
"""Seconds between two looks at a container: it has no way to call us."""

T = TypeVar("T")


def until(look: Callable[[], T | None], within: float, what: str) -> T:
    """Look again and again until there is something to see; AssertionError after ``within`` seconds."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(LOOK_EVERY)
    raise AssertionError(f"not within {within:.0f} s: {what}")


@dataclass(slots=True)
class Stack:
    """A project; ``given`` are the variables that its file reads."""

    engine: Engine
    project: str
    port: int
    given: dict[str, str] = field(default_factory=dict)
    begun: float = 0.0

    def compose(self, *arguments: str, check: bool = True) -> str:
        """Run Compose on the repository's file."""
        env = self.engine.environment(PORT=str(self.port), **self.given)
        files = ("--project-name", self.project, "--file", str(REPOSITORY / "docker-compose.yml"))
        return run(*self.engine.compose, *files, *arguments, env=env, check=check)

    def id(self, service: str) -> str:
        """The container of a service."""
        labels = {"project": self.project, "service": service, "oneoff": "False"}
        asked = [f"--filter=label=com.docker.compose.{name}={value}" for name, value in labels.items()]
        found = self.engine.docker("ps", "--all", "--quiet", "--no-trunc", *asked).split()
        assert len(found) == 1, f"{service}: {found}"
        return found[0]

    def inspect(self, service: str) -> dict[str, Any]:
        """What the engine knows of a service's container."""
        found: list[dict[str, Any]] = json.loads(self.engine.docker("inspect", self.id(service)))
        return found[0]

    def health(self, service: str) -> str:
        """What the container's health check last said."""
        return str(self.inspect(service)["State"]["Health"]["Status"])

    def inside(self, service: str, *command: str, check: bool = True) -> str:
        """Run a command in a service's container."""
        return self.engine.docker("exec", self.id(service), *command, check=check)

    def log(self, service: str) -> str:
        """What a service's container wrote to its standard output."""
        return self.engine.docker("logs", self.id(service))

    def crash(self, service: str) -> None:
        """SIGKILL the container's first process from outside, so that the engine sees a crash and no stop."""
        os.kill(int(self.inspect(service)["State"]["Pid"]), signal.SIGKILL)

    def memory(self, services: list[str]) -> dict[str, str]:
        """Memory in use by each service's container, as the engine counts it."""
        names = {self.id(service)[:12]: service for service in services}  # as `stats` writes them
        rows = self.engine.docker("stats", "--no-stream", "--format", "{{.ID}} {{.MemUsage}}", *names)
        return {names[row.split()[0][:12]]: row.split()[1] for row in rows.splitlines()}

    def judged(self) -> dict[str, Any]:
        """What ``/healthz`` answers; empty while it does not."""
        address = f"http://127.0.0.1:{self.port}/healthz"
        with contextlib.suppress(OSError):
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    return dict(json.load(answer))
            except urllib.error.HTTPError as error:
                return dict(json.load(error))
        return {}

    def gateway(self) -> str:
        """This machine's address on the network of what reaches out."""
        network = json.loads(self.engine.docker("network", "inspect", f"{self.project}_outside"))
        return str(network[0]["IPAM"]["Config"][0]["Gateway"])

    def down(self) -> None:
        """Remove every container, network and volume of the project."""
        self.compose("--profile", "demo", "down", "--volumes", "--timeout", "10", check=False)
