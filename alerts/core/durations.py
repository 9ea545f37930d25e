"""Durations as people write them: ``30s``, ``15m``, ``1h30m``, ``10d``."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"(\d+)(ms|[smhdw])")


def parse_duration(text: str) -> timedelta:
    """Read a duration; raise :class:`ValueError` that shows the accepted form."""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is not a duration: write it as 30s, 15m, 1h30m or 10d")
    try:
        return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in parts))
    except OverflowError as error:
        raise ValueError(f"{text!r} is too long a duration: use less than 1000000d") from error


def format_duration(duration: timedelta) -> str:
    """Write a duration in the two largest units that it fills, e.g. ``1h30m``."""
    milliseconds = round(duration.total_seconds() * 1000)
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    seconds = milliseconds // 1000
    parts: list[str] = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts[:2])
