"""The bench runs to its end; its figures are for a quiet machine, not for CI."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_quick_bench_prints_every_figure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=230,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    wanted = (
        "recogniser",
        "first poll",
        "scrape",
        "p50",
        "p99",
        "memory",
        "bare",
        "Apprise json",
        "unchanged",
        "changed",
    )
    for words in wanted:
        assert words in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_backtests_bench_runs_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "backtest"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=230,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("backtest of 2,000 items by 50 rules", "memory", "recognising", "matching"):
        assert words in done.stdout
