"""A heartbeat's age is the time since progress, and a file that cannot be written is told at once."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from alerts.core.errors import SettingsError
from alerts.observe.heartbeat import Heartbeat, age


def test_no_file_does_nothing() -> None:
    Heartbeat(None).start()
    Heartbeat(None).beat()


def test_an_old_file_is_as_old_as_it_is_until_the_next_beat(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    assert age(file) is None
    heartbeat = Heartbeat(file)
    heartbeat.start()
    os.utime(file, (time.time() - 500, time.time() - 500))
    assert age(file) == pytest.approx(500, abs=5)
    heartbeat.beat()
    assert age(file) == pytest.approx(0, abs=5)


def test_a_folder_that_is_not_there_is_told_at_the_start_and_harms_no_later_beat(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path / "missing" / "heartbeat")
    with pytest.raises(
        SettingsError, match=r"EXPORTWATCH_HEARTBEAT_FILE: cannot write .*No such file.*\. Name a file"
    ):
        heartbeat.start()
    heartbeat.beat()
