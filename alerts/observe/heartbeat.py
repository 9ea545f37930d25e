"""The heartbeat: a file that a process touches when it gets on, so that one that hangs goes stale.

Invariant: only progress touches it, never a timer beside the work. A worker touches it when a
lane run ends, beat at each tick, both at each try to reach a server that is away: a restart
would not bring that back. Whether a lane keeps up is another question: :mod:`.health`.

Standard library only: a probe imports this module, and nothing that takes time.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from alerts.core.errors import SettingsError

VARIABLE = "EXPORTWATCH_HEARTBEAT_FILE"


class Heartbeat:
    """One process's heartbeat file; without a file it does nothing."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def start(self) -> None:
        """Beat for the first time; SettingsError if the file cannot be written."""
        try:
            self._touch()
        except OSError as error:
            raise SettingsError(
                f"{VARIABLE}: cannot write {self._file}: {error.strerror}",
                remedy="Name a file in a folder that this user may write to, e.g. /tmp/heartbeat",
            ) from None

    def beat(self) -> None:
        """Note progress, now; a file that can no longer be written goes stale."""
        with contextlib.suppress(OSError):
            self._touch()

    def _touch(self) -> None:
        if self._file is not None:
            self._file.touch()


def age(file: Path) -> float | None:
    """Seconds since the file was touched; None if it never was."""
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return None
