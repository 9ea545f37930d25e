"""Values that commands take: durations as ``2h``, times as ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from alerts.core.durations import parse_duration


class _Duration(click.ParamType[timedelta]):
    name = "duration"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read ``90s``."""
        try:
            return parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Moment(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read ``2026-11-23T02:10:00+01:00``; without a zone it is UTC."""
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time: write 2026-11-23T02:10:00+01:00", param, ctx)
        return at if at.tzinfo else at.replace(tzinfo=UTC)


DURATION = _Duration()
MOMENT = _Moment()
