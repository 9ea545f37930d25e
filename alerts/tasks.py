"""The lane runs as Celery tasks: a few lines each, state in none of them."""

from __future__ import annotations

from collections.abc import Callable

from celery import Celery

from alerts.celery import task_name
from alerts.pipeline.lane import Lane


def register(app: Celery, run: Callable[[Lane], None]) -> None:
    """Give the application one task a lane; each runs its lane once."""
    for lane in Lane:
        app.task(name=task_name(lane), shared=False)(_runner(lane, run))


def _runner(lane: Lane, run: Callable[[Lane], None]) -> Callable[[], None]:
    def look_now() -> None:
        run(lane)

    look_now.__name__ = f"look_now_{lane}"
    return look_now
