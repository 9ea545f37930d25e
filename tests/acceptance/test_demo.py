"""``exportwatch demo`` tells its whole story by itself, and ends."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_demo_reaches_its_first_alert_and_ends_cleanly() -> None:
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "alerts", "demo", "--format", "json"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    report = rows[-1]
    print(
        f"first alert {report['first_alert_seconds']:.1f} s, whole command {time.monotonic() - begin:.1f} s"
    )
    assert report["type"] == "report"
    assert report["first_alert_seconds"] < 30
    assert (report["items"], report["alerts"], report["repeats"]) == (10, 3, 3)
    assert (report["mails"], report["webhooks"], report["unverified"]) == (3, 3, 0)
    assert [sum(row["type"] == name for row in rows) for name in ("item", "decision", "delivery")] == [
        10,
        10,
        6,
    ]
    assert "India" in report["mail_subject"]
    assert "https://wire.example.org/news/1" in report["mail_text"]
