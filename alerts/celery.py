"""Celery: it says "look now", the ledger says what there is to do.

Tasks carry no state, so a lost, doubled or late one changes nothing: no result backend, no
``eta``, no retries, early acknowledgement, and every hint expires. The broker may be
flushed at any time.
"""

from __future__ import annotations

import signal
import socket
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery, signals
from celery.beat import Scheduler
from celery.exceptions import SecurityWarning
from kombu import Exchange, Queue

from alerts.pipeline.lane import Lane, Nudge

TICKS = {Lane.POLL: 1.0, Lane.DECIDE: 1.0, Lane.DELIVER: 1.0, Lane.SWEEP: 5.0}
"""Seconds between beat's ticks: what heals a nudge that was lost."""

MOST_WAITING = 50
"""Messages that may wait in a lane's queue; more would say nothing new."""


def make_app(broker_url: str, lease_seconds: int) -> Celery:
    """Build the application; tasks are added by :func:`alerts.tasks.register`."""
    signals.setup_logging.connect(_leave_logging)
    app = Celery("exportwatch", broker=broker_url, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_acks_late=False,
        task_queues=[Queue(lane.value, Exchange(lane.value), routing_key=lane.value) for lane in Lane],
        task_create_missing_queues=False,
        task_default_queue=Lane.SWEEP.value,
        task_time_limit=max(lease_seconds - 2, 4),
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,
        worker_soft_shutdown_timeout=25,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_timeout": 10,
            "socket_keepalive": True,
            # For publishing only, where waiting would hold a lane up; consumers go on for ever.
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.1,
            "interval_max": 0.1,
        },
        beat_schedule={
            f"tick-{lane}": {
                "task": task_name(lane),
                "schedule": seconds,
                "options": {"queue": lane.value, "expires": 2 * seconds},
            }
            for lane, seconds in TICKS.items()
        },
        beat_scheduler="alerts.celery:TickScheduler",
        timezone="UTC",
    )
    return app


def _leave_logging(**_: Any) -> None:
    """Celery sets the root logger's level to its own, unless somebody answers this signal."""


def task_name(lane: Lane) -> str:
    """The name of a lane's only task."""
    return f"exportwatch.{lane}"


class TickScheduler(Scheduler):
    """Beat's scheduler in memory, which adds no tick to a queue that nobody empties.

    An expired message leaves Redis only when a worker takes it: without this, a lane whose
    workers are away for a week would fill the broker's memory.
    """

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Publish a tick, unless enough of them wait."""
        try:
            crowded = _is_crowded(producer or self.producer, entry.options["queue"])
        except Exception:  # the broker is away: the base class tries, and tells of it
            crowded = False
        if not crowded:
            super().apply_entry(entry, producer)


def _is_crowded(producer: Any, queue: str) -> bool:
    waiting: int = producer.channel.queue_declare(str(queue)).message_count
    return waiting >= MOST_WAITING


def nudge_by(app: Celery, lost: Callable[[Lane, Exception], None]) -> Nudge:
    """Return a nudge that publishes a hint; one that cannot be published is only told of."""

    def nudge(lane: Lane) -> None:
        try:
            with app.producer_or_acquire() as producer:
                if not _is_crowded(producer, lane):
                    app.send_task(
                        task_name(lane),
                        queue=lane.value,
                        expires=30,
                        retry=False,
                        ignore_result=True,
                        producer=producer,
                    )
        except Exception as error:  # whatever the broker's client raises: a nudge may always be lost
            lost(lane, error)

    return nudge


def on_hangup(act: Callable[[], None]) -> None:
    """Let SIGHUP call ``act`` once a worker is ready; Celery by itself would start the worker anew.

    In a thread of its own: a signal's handler may interrupt the very client that ``act`` uses.
    """

    def handle(*_: Any) -> None:
        threading.Thread(target=act, name="hangup", daemon=True).start()

    def take_over(**_: Any) -> None:
        signal.signal(signal.SIGHUP, handle)

    signals.worker_ready.connect(take_over, weak=False)


def run_worker(app: Celery, lanes: Sequence[Lane], concurrency: int) -> int:
    """Serve the lanes' queues until a signal ends it; returns the exit code."""
    # Celery warns root of pickle at every start; here only JSON is accepted, and no arguments at all.
    warnings.simplefilter("ignore", SecurityWarning)
    worker = app.Worker(
        hostname=f"{'-'.join(lanes)}@{socket.gethostname()}",
        queues=[lane.value for lane in lanes],
        pool="prefork",
        concurrency=concurrency,
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def run_beat(app: Celery) -> None:
    """Tick until a signal ends it."""
    app.Beat(loglevel="WARNING", quiet=True).run()
