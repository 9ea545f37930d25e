"""The processes as containers run them: each alone, started in any order, ended by SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from alerts.demo.hooks import make_secret
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.own_server import OwnServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

COMMANDS = {
    "sweep": ["worker", "--lane", "sweep"],
    "decide": ["worker", "--lane", "decide"],
    "beat": ["beat"],
    "web": ["web"],
}
PROBED = ["sweep", "decide", "beat"]


@dataclass(slots=True)
class Processes:
    """Our processes by name, each with a log and a heartbeat file of its own, on one server."""

    folder: Path
    server: OwnServer
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self, name: str) -> dict[str, str]:
        ours = {
            "REDIS_URL": self.server.url,
            "RULES_DIR": str(self.folder / "rules"),
            "WEB_BIND": "127.0.0.1:0",
            "LOG_FORMAT": "json",
            "HEARTBEAT_FILE": str(self.heartbeat(name)),
        }
        return dict(os.environ) | {f"EXPORTWATCH_{key}": value for key, value in ours.items()}

    def heartbeat(self, name: str) -> Path:
        return self.folder / f"{name}.heartbeat"

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            command = [sys.executable, "-m", "alerts", *COMMANDS[name]]
            env = self.environment(name)
            self.running[name] = subprocess.Popen(
                command, env=env, stdout=log, stderr=log, start_new_session=True, cwd=self.folder
            )

    def log(self, name: str) -> list[dict[str, Any]]:
        lines = (self.folder / f"{name}.log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process and its pool."""
        os.killpg(self.running[name].pid, number)

    def gets_on(self, name: str, max_age: str) -> bool:
        command = [sys.executable, "-m", "alerts", "health", "--heartbeat", "--max-age", max_age]
        done = subprocess.run(command, env=self.environment(name), capture_output=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode == 0

    def ask(self, path: str) -> tuple[int, dict[str, Any]]:
        address = next(line["address"] for line in self.log("web") if line["event"] == "web")
        try:
            with urllib.request.urlopen(address + path, timeout=15) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


def until(look: Callable[[], object], within: float, what: str) -> None:
    end = time.monotonic() + within
    while not look():
        assert time.monotonic() < end, f"not within {within:.0f} s: {what}"
        time.sleep(0.1)  # another process has no way to call us


@contextmanager
def processes(folder: Path) -> Iterator[Processes]:
    write_rules(
        folder / "rules",
        sources=[feed_source("feed", "http://127.0.0.1:1/feed.xml")],
        receivers=[hook_receiver("desk", "http://127.0.0.1:1/hook", make_secret())],
        route={"receiver": "desk"},
        rules=[word_rule("word", "zorvex", team="any")],
    )
    made = Processes(folder, OwnServer(folder))
    try:
        yield made
    finally:
        for name, process in made.running.items():
            if process.poll() is None:
                made.signal(name, signal.SIGKILL)
                process.wait()
        made.server.stop()


def test_they_wait_for_the_server_then_publish_the_rules_without_up(tmp_path: Path) -> None:
    with processes(tmp_path) as made:
        for name in COMMANDS:
            made.start(name)
        for name in PROBED:
            until(lambda name=name: len(made.log(name)) >= 2, 40, f"{name} to try the server twice")
            assert made.running[name].poll() is None
            assert made.gets_on(name, "6s"), "to wait for a server is no hang"
            assert {line["event"] for line in made.log(name)} == {"broker away, trying again"}
        assert made.ask("/livez")[0] == 200
        assert made.ask("/readyz")[0] == 503
        made.server.start()
        until(lambda: made.ask("/healthz")[1].get("status", {}).get("rules_version"), 30, "rules in force")
        assert made.ask("/readyz") == (200, {"ok": True})
        # Two lanes are nobody's here: that is told, and is no reason to restart the web process.
        until(lambda: len(made.ask("/healthz")[1]["faults"]) == 2, 20, "two lanes that have not run")
        assert made.ask("/healthz")[0] == 503
        assert made.ask("/livez")[0] == 200


def test_what_hangs_goes_stale_and_what_ends_ends_well(tmp_path: Path) -> None:
    with processes(tmp_path) as made:
        made.server.start()
        for name in COMMANDS:
            made.start(name)
        for name in PROBED:
            until(made.heartbeat(name).exists, 40, f"{name} to begin")
            until(lambda name=name: made.gets_on(name, "8s"), 20, f"{name} to get on")
            made.signal(name, signal.SIGSTOP)
            until(lambda name=name: not made.gets_on(name, "8s"), 20, f"{name} to go stale")
            made.signal(name, signal.SIGCONT)
            until(lambda name=name: made.gets_on(name, "8s"), 20, f"{name} to get on again")
        for process in made.running.values():
            process.terminate()  # the main process alone, as an engine does
        assert {name: process.wait(30) for name, process in made.running.items()} == dict.fromkeys(
            COMMANDS, 0
        )
