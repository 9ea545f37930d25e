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
from functools import partial
from typing import Any

from celery import Celery, signals
from celery.beat import Scheduler
from celery.exceptions import SecurityWarning
from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown
from kombu import Exchange, Queue

from alerts.broker import broker_options
from alerts.observe.heartbeat import Heartbeat
from alerts.observe.logs import get_log
from alerts.pipeline.lane import Lane, Nudge

TICKS = {Lane.POLL: 1.0, Lane.DECIDE: 1.0, Lane.DELIVER: 1.0, Lane.SWEEP: 5.0}
"""Seconds between beat's ticks: what heals a nudge that was lost."""

MOST_WAITING = 50
"""Messages that may wait in a lane's queue; more would say nothing new."""

LONGEST_PAUSE = 5.0
"""Seconds between two tries to reach a broker that is away."""


def make_app(broker_url: str, lease_seconds: int) -> Celery:
    """Build the application; tasks are added by :func:`alerts.tasks.register`.

    ``broker_url`` is written as the settings have it: redis, rediss, unix, sentinel or sentinels.
    """
    signals.setup_logging.connect(_leave_logging)
    app = Celery("exportwatch", set_as_current=False)
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
        **broker_options(broker_url),
        beat_schedule={
            f"tick-{lane}": {
                "task": task_name(lane),
                "schedule": seconds,
                "options": {"queue": lane.value, "expires": 2 * seconds},
            }
            for lane, seconds in TICKS.items()
        },
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
    workers are away for a week would fill the broker's memory. While the broker is away
    itself, no tick is sent and one line is logged, not a traceback a tick.
    """

    def __init__(self, *args: Any, heartbeat: Heartbeat | None = None, **kwargs: Any) -> None:
        self._heartbeat = heartbeat or Heartbeat(None)
        self._away = False
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; the seconds until something is again."""
        pause: float = super().tick(*args, **kwargs)
        self._heartbeat.beat()
        return pause

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Publish a tick, unless enough of them wait or the broker is away."""
        try:
            crowded = _is_crowded(producer or self.producer, entry.options["queue"])
        except Exception as error:  # whatever the broker's client raises: the next tick tries again
            if not self._away:
                get_log("beat").warning("broker away, no ticks until it is back", error=_say(error))
            self._away = True
            return
        if self._away:
            get_log("beat").warning("broker back")
        self._away = False
        if not crowded:
            super().apply_entry(entry, producer)

    def _ensure_connected(self) -> Any:
        return _wait_for_broker(self.connection, "beat", self._heartbeat.beat)


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


def _wait_for_broker(connection: Any, who: str, meanwhile: Callable[[], None]) -> Any:
    """Connect, however long the broker is away; ``meanwhile`` is called once a second."""

    def told(error: Exception, pause: float) -> None:
        get_log(who).warning("broker away, trying again", seconds=pause, error=_say(error))

    return connection.ensure_connection(
        told, interval_start=1, interval_step=1, interval_max=LONGEST_PAUSE, callback=meanwhile
    )


def _say(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _patient(heartbeat: Heartbeat) -> type[Consumer]:
    """Celery's consumer, which waits for its broker and says so in our own log."""

    def meanwhile() -> None:
        heartbeat.beat()
        maybe_shutdown()

    class PatientConsumer(Consumer):
        def ensure_connected(self, conn: Any) -> Any:
            connected = _wait_for_broker(conn, "worker", meanwhile)
            self.first_connection_attempt = False
            return connected

    return PatientConsumer


def run_worker(
    app: Celery, lanes: Sequence[Lane], concurrency: int, heartbeat: Heartbeat, nudge: Nudge
) -> int:
    """Serve the lanes' queues until a signal ends it; returns the exit code.

    Each lane is looked at once as soon as the worker is ready, ticks or no ticks.
    """
    # Celery warns root of pickle at every start; here only JSON is accepted, and no arguments at all.
    warnings.simplefilter("ignore", SecurityWarning)
    worker = app.Worker(
        hostname=f"{'-'.join(lanes)}@{socket.gethostname()}",
        queues=[lane.value for lane in lanes],
        pool="prefork",
        concurrency=concurrency,
        consumer_cls=_patient(heartbeat),
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )

    def look(**_: Any) -> None:
        for lane in lanes:
            nudge(lane)

    signals.worker_ready.connect(look, weak=False)
    heartbeat.start()
    worker.start()
    return int(worker.exitcode or 0)


def run_beat(app: Celery, heartbeat: Heartbeat) -> None:
    """Tick until a signal ends it."""
    heartbeat.start()
    app.conf.beat_scheduler = partial(TickScheduler, heartbeat=heartbeat)
    app.Beat(loglevel="WARNING", quiet=True).run()
