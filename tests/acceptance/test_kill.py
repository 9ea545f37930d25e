"""The kill test in CI's length; ``make torture`` runs the long one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.torture import Torture

KILLS = 40


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_kill_loses_or_renames_a_notice(tmp_path: Path) -> None:
    verdict = asyncio.run(Torture(kills=KILLS, seed=20261123, folder=tmp_path).run())
    print("\n".join(verdict.lines()))
    assert verdict.kills.total() >= KILLS
    assert len(verdict.kills) == 5, "workers, their pool children, server, beat and up are each killed"
    assert verdict.under_fire > 20, "too few notices flowed while processes were killed"
    assert verdict.ok, "\n".join(verdict.lines())
