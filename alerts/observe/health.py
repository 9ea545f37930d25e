"""Health: the age of progress, never "the process is up". Pure."""

from __future__ import annotations

from alerts.core.status import LedgerStatus

PROGRESS_LIMIT = 120.0
"""Seconds without a finished run after which a lane counts as stuck."""

BACKLOG_LIMIT = 300.0
"""Seconds that due work may wait before the lane counts as behind."""


def judge(status: LedgerStatus) -> list[str]:
    """Say in sentences what is wrong; empty where all is well."""
    faults: list[str] = []
    for name, lane in status.lanes.items():
        if lane.progress_seconds is None:
            faults.append(f"lane {name} has not run yet: start `exportwatch worker --lane {name}` and beat")
        elif lane.progress_seconds > PROGRESS_LIMIT:
            faults.append(
                f"lane {name} has not come to an end for {lane.progress_seconds:.0f} s: see its log"
            )
        if lane.oldest_due_seconds > BACKLOG_LIMIT:
            faults.append(f"lane {name} is behind: its oldest due item waits {lane.oldest_due_seconds:.0f} s")
    if status.rules_problem:
        first = status.rules_problem.splitlines()[0]
        faults.append(
            f"the newest rules were rejected, {status.rules_version or 'none'} is in force: {first}"
        )
    return faults
