"""``rules backtest`` as a user runs it: half a million items, a thousand rules, two processes.

The command is started like any other and its wall time taken, with the memory of all its
processes together. Where the time goes is measured beside it, in one process, on some of the
same items: reading a line, recognising (the items carry no measures; those of the ledger's
history do), matching and counting.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from subprocess import DEVNULL

import psutil

from alerts.cli.backtesting import Bench, unrecognised
from alerts.cli.pastitems import lines_of, read_item
from alerts.engine.backtest import Tally
from alerts.recognise import recognise
from bench.past_items import lines
from bench.rule_set import rule_files
from bench.table import Row, per_second
from bench.texts import NOW

ITEMS = 500_000
RULES = 1_000
JOBS = 2
SAMPLE = 5_000
LOOK = 1.0
"""Seconds between two looks at the memory: a look takes milliseconds from what it looks at."""


def measure(*, quick: bool) -> list[Row]:
    """Run the command over generated items; then take it apart."""
    count, rules = (2_000, 50) if quick else (ITEMS, RULES)
    files = rule_files(rules)
    with tempfile.TemporaryDirectory(prefix="ew-bench-") as name:
        folder = Path(name)
        for path, text in files.items():
            (folder / "rules" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "rules" / path).write_text(text, encoding="utf-8")
        items = folder / "items.jsonl"
        with items.open("w", encoding="utf-8") as file:
            file.writelines(lines(count))
        wall, memory, processor = _run(folder / "rules", items)
        size = items.stat().st_size / 1e6
        note = f"{size:,.0f} MB of JSON lines, {processor:,.0f} s of the processor; other load on the machine counts"
        return [
            Row(
                f"backtest of {count:,} items by {rules:,} rules",
                f"{wall:.1f} s",
                aim="below 120 s",
                note=note,
            ),
            Row("  items a second, two processes", per_second(count / wall, "items")),
            Row("  memory at its peak", f"{memory:,.0f} MB", note="all processes together"),
            *_split(files, items, min(SAMPLE, count)),
        ]


def _run(rules: Path, items: Path) -> tuple[float, float, float]:
    """Run the command; return its seconds, megabytes and processor seconds."""
    command = [sys.executable, "-m", "alerts", "rules", "backtest", "--rules-dir", str(rules)]
    begin = time.monotonic()
    process = psutil.Popen(
        [*command, "--items", str(items), "--jobs", str(JOBS), "--format", "json"], stdout=DEVNULL
    )
    memory = processor = 0.0
    while True:
        try:
            code = process.wait(LOOK)
            break
        except psutil.TimeoutExpired:
            now, used = _look(process)
            memory, processor = max(memory, now), max(processor, used)
    if code:
        raise RuntimeError(f"the backtest ended with {code}")
    return time.monotonic() - begin, memory, processor


def _look(process: psutil.Process) -> tuple[float, float]:
    """Megabytes and processor seconds of a process and its children, as far as they still live."""
    memory = seconds = 0.0
    for each in (process, *process.children(recursive=True)):
        try:
            memory += each.memory_full_info().pss / 1e6
            seconds += sum(each.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return memory, seconds


def _split(files: dict[str, str], items: Path, count: int) -> list[Row]:
    bench = Bench([files], (), NOW)
    (rules,) = bench.versions
    with items.open(encoding="utf-8") as file:
        raws = list(islice(lines_of(file), count))
    read = [read_item(raw, recognise, NOW) for raw in raws]
    tally = Tally()
    parts: dict[str, Callable[[], object]] = {
        "reading and checking a line": lambda: [read_item(raw, unrecognised, NOW) for raw in raws],
        "recognising": lambda: [
            recognise(item.event.title, item.event.text, lang=item.event.lang, published=item.event.published)
            for item in read
        ],
        "matching and counting": lambda: [tally.add(item, rules) for item in read],
        "all of it": lambda: bench.run(raws),
    }
    told = sum(bool(item.measures) for item in read) / count
    notes = {"recognising": f"{told:.0%} of the items report a measure"}
    return [
        Row(f"  {name}", f"{_best(part) / count * 1e6:,.0f} µs an item", note=notes.get(name, "one core"))
        for name, part in parts.items()
    ]


def _best(part: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        begin = time.process_time()
        part()
        best = min(best, time.process_time() - begin)
    return best
