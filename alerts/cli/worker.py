"""``worker`` and ``beat``: the processes that a container runs."""

from __future__ import annotations

import click

from alerts.pipeline.lane import Lane
from alerts.settings import Settings, read_settings


@click.command()
@click.option(
    "--lane",
    "lanes",
    type=click.Choice([lane.value for lane in Lane]),
    multiple=True,
    help="A lane to serve; several may be given. Default: all.",
)
@click.option(
    "--concurrency", default=1, show_default=True, type=click.IntRange(1, 64), help="Child processes."
)
def worker(lanes: tuple[str, ...], concurrency: int) -> None:
    """Serve lanes: poll sources, decide on events, deliver notices, sweep.

    SIGHUP has the sweep lane look at the rules folder at once; it does so every few seconds anyway.
    """
    settings = read_settings()
    served = [Lane(lane) for lane in lanes] or list(Lane)
    start_worker(settings, served, concurrency)


def start_worker(settings: Settings, lanes: list[Lane], concurrency: int) -> None:
    """Run a Celery worker for the lanes until a signal ends it."""
    from alerts.celery import make_app, nudge_by, on_hangup, run_worker
    from alerts.observe.heartbeat import Heartbeat
    from alerts.observe.logs import get_log, set_up_logs
    from alerts.observe.tell import tell_lost_nudge
    from alerts.tasks import register
    from alerts.wiring import LaneHost, broker_url, preload

    set_up_logs(settings.log_format, settings.log_level)
    app = make_app(broker_url(settings), settings.lease)
    nudge = nudge_by(app, tell_lost_nudge)
    register(app, LaneHost(settings, nudge).run)

    def reload() -> None:
        get_log("rules").info("SIGHUP: looking at the rules folder now")
        nudge(Lane.SWEEP)

    on_hangup(reload)
    preload(lanes)
    raise SystemExit(run_worker(app, lanes, concurrency, Heartbeat(settings.heartbeat_file), nudge))


@click.command()
def beat() -> None:
    """Tick: tell every lane to look, so that no lost hint matters. Two may run."""
    from alerts.celery import make_app, run_beat
    from alerts.observe.heartbeat import Heartbeat
    from alerts.observe.logs import set_up_logs
    from alerts.wiring import broker_url

    settings = read_settings()
    set_up_logs(settings.log_format, settings.log_level)
    app = make_app(broker_url(settings), settings.lease)
    run_beat(app, Heartbeat(settings.heartbeat_file))
