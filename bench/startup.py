"""What a process pays before its first recognition: ``python -m bench.startup`` prints it as JSON.

Run in processes of their own, since gazetteers are read once: one takes seconds of the processor
and the growth of the resident memory, another (``--objects``) traces Python's own
allocations, which would slow the first down. The automata's nodes are not among those.
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

from alerts.recognise import recognise
from alerts.recognise.lexicon import LATIN_LANGS, automaton
from alerts.recognise.tables import table

_TABLES = (
    "materials",
    "place_names",
    "places",
    "agencies",
    "entities",
    "concepts",
    "kinds",
    "statuses",
    "noise",
)
_TEXT = ("Gallium: 中国 bans exports", "")


@dataclass(frozen=True, slots=True)
class Started:
    """Seconds of the first recognition and of reading alone; memory in megabytes."""

    seconds: float
    reading: float
    resident: float
    all_resident: float
    objects: float


def started() -> Started:
    """Measure in processes of their own."""
    return Started(**_child(), **_child("--objects"))


def _child(*args: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.startup", *args]
    answer: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer


def _resident() -> float:
    """Megabytes of memory in use, as Linux has them; what a parent held before counts in ``ru_maxrss``."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _taken() -> dict[str, float]:
    before, begin = _resident(), time.process_time()
    for name in _TABLES:
        table(name)
    reading = time.process_time() - begin
    recognise(*_TEXT)
    seconds, resident = time.process_time() - begin, _resident() - before
    for lang in LATIN_LANGS:
        automaton(lang)
    return {
        "seconds": seconds,
        "reading": reading,
        "resident": resident,
        "all_resident": _resident() - before,
    }


def _traced() -> dict[str, float]:
    tracemalloc.start(1)
    recognise(*_TEXT)
    gc.collect()
    return {"objects": tracemalloc.get_traced_memory()[0] / 1e6}


if __name__ == "__main__":
    print(json.dumps(_traced() if "--objects" in sys.argv else _taken()))
