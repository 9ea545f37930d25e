"""The processes of one running service, found by the data folder that only they use.

A process belongs to the service when its environment names our data folder (every child
inherits it) or its command line does (the embedded server). Nothing else on the machine can,
the folder being a fresh temporary one; so orphans are found, and no stranger is ever hurt.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import psutil


class Kind(StrEnum):
    """What a process is to the service."""

    UP = "up"
    WORKER = "worker"
    POOL = "pool child"
    BEAT = "beat"
    SERVER = "server"
    OTHER = "other"


def service_processes(data: Path) -> list[psutil.Process]:
    """Find every living process of the service that keeps its data in ``data``."""
    return [process for process in psutil.process_iter() if _belongs(process, str(data))]


def _belongs(process: psutil.Process, data: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if process.environ().get("EXPORTWATCH_DATA_DIR") == data:
            return True
        return any(data in argument for argument in process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def kind_of(process: psutil.Process) -> Kind:
    """Tell what a process is, by its command line and its parent's."""
    try:
        words = process.cmdline()
        parent = process.parent()
        inside = parent is not None and parent.cmdline() == words
        server = process.name().startswith(("valkey-server", "redis-server"))
    except psutil.NoSuchProcess:
        return Kind.OTHER
    if server:  # by its name: it writes its socket's path into its own command line
        return Kind.SERVER
    if "up" in words:
        return Kind.OTHER if inside else Kind.UP  # inside: forked by `up`, and not yet become what it will be
    if "beat" in words:
        return Kind.BEAT
    if "worker" in words:
        return Kind.POOL if inside else Kind.WORKER
    return Kind.OTHER


def kill_hard(process: psutil.Process) -> bool:
    """SIGKILL one process; False if it had ended by itself."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True


def end_all(data: Path) -> int:
    """SIGKILL whatever is left of a service, and return how many that were."""
    left = service_processes(data)
    for process in left:
        kill_hard(process)
    psutil.wait_procs(left, timeout=10)
    return len(left)


def memory(data: Path) -> dict[Kind, tuple[int, int]]:
    """Sum PSS and RSS in bytes of a service's processes by kind."""
    sums: dict[Kind, tuple[int, int]] = {}
    for process in service_processes(data):
        try:
            info = process.memory_full_info()
        except psutil.NoSuchProcess:
            continue
        pss, rss = sums.get(kind_of(process), (0, 0))
        sums[kind_of(process)] = (pss + getattr(info, "pss", info.rss), rss + info.rss)
    return sums
