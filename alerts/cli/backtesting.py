"""Runs versions of the rules over past items, in several processes.

Each process compiles both versions once. An item is recognised once, whatever the number of
versions. Chunks are handed out only as fast as they are worked off, so memory does not grow
with the history.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from alerts.cli.pastitems import Raw, read_item
from alerts.cli.recognise import BadLine
from alerts.core.measure import Recognition
from alerts.engine.backtest import Tally, tried
from alerts.engine.intest import Recogniser, read_loaded

CHUNK = 200
Files = Mapping[str, str]


@dataclass(slots=True)
class Outcome:
    """What came of it: a tally a version, and the lines that were no items."""

    tallies: list[Tally]
    bad: list[tuple[int, str]] = field(default_factory=list)
    read: int = 0

    def merge(self, other: Outcome) -> None:
        """Add what another chunk gave."""
        for mine, theirs in zip(self.tallies, other.tallies, strict=True):
            mine.merge(theirs)
        self.bad += other.bad
        self.read += other.read


def unrecognised(
    title: str, text: str, *, lang: str | None = None, published: datetime | None = None
) -> Recognition:
    """Stand in for the recogniser where no rule asks for what it finds: it takes most of the time."""
    return Recognition(relevant=False)


class Bench:
    """The versions of the rules, compiled, and the recogniser: what a process keeps."""

    def __init__(self, versions: Iterable[Files], only: Collection[str], now: datetime) -> None:
        from alerts.recognise import recognise

        self.recognise: Recogniser = recognise
        self.now = now
        self.versions = [tried(read_loaded(files).every, only) for files in versions]
        if not any(rules.ask_measures for rules in self.versions):
            self.recognise = unrecognised

    def run(self, chunk: Iterable[Raw]) -> Outcome:
        """Run every version over a chunk."""
        outcome = Outcome([Tally() for _ in self.versions])
        for raw in chunk:
            outcome.read += 1
            try:
                item = read_item(raw, self.recognise, self.now)
            except BadLine as bad:
                outcome.bad.append((raw.number, str(bad)))
                continue
            for tally, rules in zip(outcome.tallies, self.versions, strict=True):
                tally.add(item, rules)
        return outcome


_BENCH: list[Bench] = []
"""This process's bench: an executor offers no other place for what a process keeps."""


def _prepare(versions: list[Files], only: tuple[str, ...], now: datetime) -> None:
    _BENCH[:] = [Bench(versions, only, now)]
    gc.freeze()  # the rules stay: no collection need look at them again


def _work(chunk: list[Raw]) -> Outcome:
    return _BENCH[0].run(chunk)


def run_backtest(
    items: Iterable[Raw],
    versions: list[Files],
    *,
    only: tuple[str, ...] = (),
    jobs: int = 1,
    now: datetime,
    progress: Callable[[int], None] = lambda read: None,
) -> Outcome:
    """Run every version over all items; ``progress`` is told of how many were read so far."""
    total = Outcome([Tally() for _ in versions])
    for outcome in _outcomes(_chunks(items), versions, only, jobs, now):
        total.merge(outcome)
        progress(total.read)
    total.bad.sort()
    return total


def _chunks(items: Iterable[Raw]) -> Iterator[list[Raw]]:
    source = iter(items)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _outcomes(
    chunks: Iterator[list[Raw]], versions: list[Files], only: tuple[str, ...], jobs: int, now: datetime
) -> Iterator[Outcome]:
    if jobs == 1:
        bench = Bench(versions, only, now)
        yield from (bench.run(chunk) for chunk in chunks)
        return
    # Spawned, not forked: the parent has threads (the progress bar) that a fork would copy halfway.
    pool = ProcessPoolExecutor(
        jobs, multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(versions, only, now)
    )
    try:
        waiting: set[Future[Outcome]] = set()
        for chunk in chunks:
            waiting.add(pool.submit(_work, chunk))
            if len(waiting) >= 2 * jobs:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (each.result() for each in done)
        for each in waiting:
            yield each.result()
    finally:
        pool.shutdown(cancel_futures=True)
