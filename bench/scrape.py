"""What a scrape of ``/metrics`` costs with many sources, targets and events.

The ledger is filled by its own commits. Baselines: the same scrape of an almost empty ledger,
and ``ZCARD`` alone, the round trip that nothing can do without. The CPU time is the web
process's own; the server's is read from its ``INFO``.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from alerts.core.reasons import OutcomeReason
from alerts.ledger.embedded import EmbeddedServer
from alerts.ledger.ledger import Ledger
from alerts.observe.metrics import render_metrics
from alerts.pipeline.ports import Completion, SourceState
from bench.table import Row
from tests.support.builders import NOON, a_delivery, an_alert, an_event, later

LEASE = timedelta(seconds=60)
OPENMETRICS = "application/openmetrics-text;version=1.0.0"
BATCH = 500


async def measure(*, quick: bool) -> list[Row]:
    """Measure scrapes of a ledger with few and with many of everything."""
    many = 300 if quick else 10_000
    with tempfile.TemporaryDirectory(prefix="ew-bench-") as name:
        server = EmbeddedServer(Path(name), "everysec")
        await server.start()
        ledger = Ledger(server.url)
        try:
            await _fill(ledger, 10)
            few_wall, _, _, _ = await _scrapes(ledger, 5)
            await _fill(ledger, many)
            wall, cpu, at_server, size = await _scrapes(ledger, 3 if quick else 10)
        finally:
            await ledger.close()
            await server.stop()
    what = f"scrape, {many:,} each of sources, targets, events"
    note = f"{cpu * 1000:.0f} ms CPU of web, {at_server * 1000:.0f} ms of the server, {size / 1e6:.1f} MB of text"
    return [Row(what, f"{wall * 1000:.0f} ms", f"{few_wall * 1000:.1f} ms with 10 of each", note=note)]


async def _scrapes(ledger: Ledger, count: int) -> tuple[float, float, float, int]:
    """Median seconds of a scrape: wall, CPU here, CPU of the server; and the bytes of one."""
    walls, cpus, servers, size = [], [], [], 0
    for _ in range(count):
        there, cpu, wall = await _server_cpu(ledger), time.process_time(), time.perf_counter()
        body, _ = render_metrics(await ledger.surveys.take(datetime.now(UTC)), OPENMETRICS)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        servers.append(await _server_cpu(ledger) - there)
        size = len(body)
    return median(walls), median(cpus), median(servers), size


async def _server_cpu(ledger: Ledger) -> float:
    told = await ledger._connection.do("INFO", "cpu")
    return float(told["used_cpu_user"]) + float(told["used_cpu_sys"])


async def _fill(ledger: Ledger, count: int) -> None:
    """Poll every source once, with one event each; a delivery waits and one is done at every target."""
    await ledger.polls.sync_sources(f"v{count}", {f"source-{n}": NOON for n in range(count)})
    await _in_batches(ledger, _poll)
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        await asyncio.gather(*(_alert(ledger, count, number) for number in numbers))
    await _in_batches(ledger, _deliver)
    await asyncio.gather(*(_wait(ledger, count, number) for number in range(count)))


async def _in_batches(ledger: Ledger, step: Callable[[Ledger], Awaitable[int]]) -> None:
    while await step(ledger):
        pass


async def _poll(ledger: Ledger) -> int:
    leases = await ledger.polls.claim_sources(NOON, BATCH, LEASE)
    await asyncio.gather(
        *(
            ledger.polls.admit(
                lease,
                SourceState(
                    next_poll=later(9e6), first_poll=NOON, last_poll=NOON, last_success=NOON, last_new=NOON
                ),
                [an_event(source=lease.id)],
                {"1": "v"},
                ["1"],
                NOON,
            )
            for lease in leases
        )
    )
    return len(leases)


async def _alert(ledger: Ledger, count: int, number: int) -> None:
    alert = an_alert(count + number)
    await ledger.sweeps.raise_alert(alert, [a_delivery(alert, f"target-{number}")])


async def _wait(ledger: Ledger, count: int, number: int) -> None:
    alert = an_alert(-count - number)
    await ledger.sweeps.raise_alert(alert, [a_delivery(alert, f"target-{number}", due=later(9e6))])


async def _deliver(ledger: Ledger) -> int:
    claimed = await ledger.deliveries.claim_deliveries(later(1), BATCH, LEASE, {})
    done = [
        Completion(lease, each.target, later(1), OutcomeReason.DELIVERED, "", 0.1, None, NOON, NOON)
        for lease, each, _ in claimed
    ]
    await ledger.deliveries.complete(done)
    return len(claimed)
