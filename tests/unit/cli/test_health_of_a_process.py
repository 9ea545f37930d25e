"""``health --heartbeat``: one file's age, an exit code, and nothing imported that takes time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alerts.cli.health import health
from alerts.core.errors import SettingsError
from alerts.observe.heartbeat import VARIABLE


def probe(file: Path | str, *arguments: str) -> Result:
    return CliRunner().invoke(health, ["--heartbeat", *arguments], env={VARIABLE: str(file)})


def aged(folder: Path, seconds: float) -> Path:
    file = folder / "heartbeat"
    file.touch()
    os.utime(file, (time.time() - seconds, time.time() - seconds))
    return file


@pytest.mark.parametrize(
    ("seconds", "max_age", "code"), [(1, "90s", 0), (100, "90s", 1), (100, "2m", 0), (100, "1m30s", 1)]
)
def test_the_age_decides(tmp_path: Path, seconds: float, max_age: str, code: int) -> None:
    assert probe(aged(tmp_path, seconds), "--max-age", max_age).exit_code == code


def test_stale_by_default_after_more_than_any_run_may_take(tmp_path: Path) -> None:
    assert probe(aged(tmp_path, 85)).exit_code == 0
    found = probe(aged(tmp_path, 95))
    assert (found.exit_code, found.stdout) == (1, "")
    assert "95 s old: the process does not get on" in found.stderr


def test_no_file_is_no_progress(tmp_path: Path) -> None:
    found = probe(tmp_path / "heartbeat", "--format", "json")
    assert found.exit_code == 1
    told = json.loads(found.stdout)
    assert (told["ok"], told["age_seconds"]) == (False, None)
    assert "has not begun" in told["faults"][0]


def test_without_the_setting_the_probe_says_so() -> None:
    assert isinstance(probe("").exception, SettingsError)


def test_a_wrong_age_shows_the_form(tmp_path: Path) -> None:
    found = probe(aged(tmp_path, 1), "--max-age", "90")
    assert found.exit_code == 2
    assert "30s, 15m" in found.stderr


def test_a_probe_loads_nothing_that_takes_time(tmp_path: Path) -> None:
    code = (
        "import sys; from alerts.cli.main import main\n"
        "try: main(['health', '--heartbeat'])\n"
        "finally: print([name for name in ('redis', 'pydantic', 'celery', 'rich', 'aiohttp') if name in sys.modules])"
    )
    env = os.environ | {VARIABLE: str(aged(tmp_path, 1))}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
