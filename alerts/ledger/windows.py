"""Correlations' windows as they are stored: read by both lanes, written by the scripts alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alerts.core.correlation import Window
from alerts.ledger import keys
from alerts.ledger.connection import Connection
from alerts.pipeline.ports import WindowChange


async def read_windows(connection: Connection, window_keys: Sequence[str]) -> dict[str, Window]:
    """Read windows by key; those that are not there are left out."""
    names = list(dict.fromkeys(window_keys))
    if not names:
        return {}
    stored = await connection.do("MGET", *(keys.window(name) for name in names))
    return {name: Window.model_validate_json(raw) for name, raw in zip(names, stored, strict=True) if raw}


def window_row(change: WindowChange) -> dict[str, Any]:
    """A change as ``lua/window.lua`` takes it."""
    counted = f"decided:{change.window.rule_id}:{change.reason}" if change.reason else ""
    return {
        "count": counted,
        "key": change.window.key,
        "read_version": change.read_version,
        "keep": round(change.keep.total_seconds() * 1000),
        "json": change.window.model_dump_json(),
    }
