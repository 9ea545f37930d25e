"""Hints and ticks against a real broker: a lane that nobody serves does not fill it."""

from __future__ import annotations

import pytest

from alerts.celery import MOST_WAITING, TickScheduler, make_app, nudge_by
from alerts.pipeline.lane import Lane


def _lost(lane: Lane, error: Exception) -> None:
    pytest.fail(f"{lane}: {error!r}")


def test_a_queue_that_nobody_empties_stays_small(server_url: str) -> None:
    app = make_app(server_url.replace("db=0", "db=7"), 60)
    try:
        with app.connection_for_write() as connection:
            channel = connection.default_channel
            for lane in Lane:
                channel.queue_purge(lane.value)
            nudge = nudge_by(app, _lost)
            for _ in range(MOST_WAITING + 20):
                nudge(Lane.DELIVER)
            scheduler = TickScheduler(app)
            for _ in range(MOST_WAITING + 20):
                for entry in scheduler.schedule.values():
                    scheduler.apply_entry(entry)
            waiting = {lane: channel.queue_declare(lane.value).message_count for lane in Lane}
        assert waiting == dict.fromkeys(Lane, MOST_WAITING)
        scheduler.close()
    finally:
        app.close()


def test_each_lane_has_its_own_queue(server_url: str) -> None:
    app = make_app(server_url.replace("db=0", "db=8"), 60)
    try:
        with app.connection_for_write() as connection:
            channel = connection.default_channel
            for lane in Lane:
                channel.queue_purge(lane.value)
            nudge_by(app, _lost)(Lane.DELIVER)
            waiting = {lane: channel.queue_declare(lane.value).message_count for lane in Lane}
        assert waiting == dict.fromkeys(Lane, 0) | {Lane.DELIVER: 1}
    finally:
        app.close()


def test_a_broker_that_is_away_is_told_and_harms_nothing() -> None:
    told: list[Lane] = []
    app = make_app("redis://127.0.0.1:1/0", 60)
    nudge_by(app, lambda lane, _: told.append(lane))(Lane.DECIDE)
    assert told == [Lane.DECIDE]
    app.close()
