"""Webhook deliveries a second: through the whole ledger, by a bare loop, by Apprise.

The ledger is filled with due deliveries first (as a decision would leave them), then ``up``
starts; the rate runs from the first call to the last that the sink sees. The baselines post
bodies of the same size to the same sink, the bare loop with as many requests in flight.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

import aiohttp
import apprise

from alerts.core.alert import Alert, AlertType, RuleRef
from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.event import Event, SourceRef
from alerts.core.ids import alert_id, delivery_id, event_id
from alerts.core.measure import Evidence, Measure
from alerts.core.source import Tier
from alerts.core.taxonomy import MeasureKind, Status
from alerts.demo.hooks import make_secret
from alerts.ledger.embedded import EmbeddedServer
from alerts.ledger.ledger import Ledger
from bench.stage import Far
from bench.table import Row, per_second
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.world import service

TARGETS = 8
IN_FLIGHT = 8
"""In flight a target; the bare loop has all of them together."""


_MEASURE = Measure(
    issuer="CN",
    kind=MeasureKind.EXPORT_LICENSING,
    commodities=("rare_earth_magnets",),
    status=Status.IN_FORCE,
    evidence=tuple(
        Evidence(role=role, field="title", start=0, end=4, text="Item")
        for role in ("issuer", "kind", "commodity", "status")
    ),
)


async def measure(far: Far, *, quick: bool) -> list[Row]:
    """Measure all three."""
    count = 400 if quick else 4000
    ours, size, busy = await _through_ledger(far, count)
    before = await _bare(far, count, size)
    by_apprise = await asyncio.to_thread(_apprise, far.url("hook/apprise"), 50 if quick else 300, size)
    bare = (before + await _bare(far, count, size)) / 2
    note = f"{count} calls of {size} bytes, {TARGETS * IN_FLIGHT} in flight; sink {busy:.0%} of a core"
    return [
        Row(
            "webhooks through the ledger, against a bare aiohttp loop",
            per_second(ours, "calls"),
            per_second(bare, "calls"),
            ours / bare,
            "0.5",
            note,
        ),
        Row(
            "the same, against Apprise json://",
            per_second(ours, "calls"),
            per_second(by_apprise, "calls"),
            ours / by_apprise,
            "",
            "Apprise sends one after the other, a connection each",
        ),
    ]


async def _through_ledger(far: Far, count: int) -> tuple[float, int, float]:
    await far.reset()
    with tempfile.TemporaryDirectory(prefix="ew-bench-") as name:
        folder = Path(name)
        rules = _rules(folder, far)
        await _fill(folder / "data", count)
        async with service(folder, rules):
            await far.until("calls", 1, 60)
            before = (await far.report())["cpu"]
            begin = time.monotonic()
            report = await far.until("calls", count, 300)
            busy = (report["cpu"] - before) / (time.monotonic() - begin)
    times = sorted(at for at, _, _ in report["calls"])
    size = round(mean(size for _, _, size in report["calls"]))
    return (len(times) - 1) / (times[-1] - times[0]), size, busy


def _rules(folder: Path, far: Far) -> Path:
    secret = make_secret()
    names = [f"target-{number}" for number in range(TARGETS)]
    return write_rules(
        folder / "rules",
        sources=[feed_source("quiet", far.url("growing/quiet"), every="10m")],
        receivers=[
            hook_receiver(name, far.url(f"hook/{name}"), secret, max_in_flight=IN_FLIGHT) for name in names
        ],
        route={"receiver": names[0]},
        rules=[word_rule("never", "zzyzx", team="none")],
    )


async def _fill(data: Path, count: int) -> None:
    server = EmbeddedServer(data, "always")
    await server.start()
    ledger = Ledger(server.url)
    for number in range(count):
        alert = _alert(number)
        target = f"target-{number % TARGETS}"
        await ledger.sweeps.raise_alert(alert, [_delivery(alert, target)])
    await ledger.close()
    await server.stop()


def _alert(number: int) -> Alert:
    now = datetime.now(UTC)
    source = SourceRef(id="bench", publisher="Bench", tier=Tier.WIRE)
    text = " ".join(f"word{number}x{position}" for position in range(80))
    title = f"Item {number} of the bench"
    event = Event(
        id=event_id("bench", str(number), 1),
        source=source,
        key=str(number),
        revision=1,
        title=title,
        text=text,
        text_added="",
        url=f"https://x.example/{number}",
        lang="en",
        published=now,
        seen=now,
    )
    return Alert(
        id=alert_id("bench", str(number), 1),
        type=AlertType.OPENED,
        revision=1,
        at=now,
        severity="high",
        title=title,
        summary=title,
        action="Ask each supplier for the date and number of its licence application.",
        why="Recognised: export licensing by China (rare earth magnets; towards everyone; in_force).",
        labels={"team": "magnets"},
        rule=RuleRef(id="bench", title="China requires or changes export licences", owner="magnets-sourcing"),
        event=event,
        measure=_MEASURE,
        evidence=_MEASURE.evidence,
    )


def _delivery(alert: Alert, target: str) -> Delivery:
    return Delivery(
        id=delivery_id(alert.id, target),
        alert_id=alert.id,
        target=target,
        state=DeliveryState.DUE,
        created=alert.at,
        due=alert.at,
    )


async def _bare(far: Far, count: int, size: int) -> float:
    """Post the same bodies with nothing around it."""
    await far.reset()
    body = os.urandom(size // 2).hex().encode()
    numbers = iter(range(count))
    url = far.url("hook/bare")

    async def sender(client: aiohttp.ClientSession) -> None:
        for number in numbers:
            async with client.post(url, data=body, headers={"webhook-id": str(number)}) as answer:
                await answer.read()

    connector = aiohttp.TCPConnector(limit=TARGETS * IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as client:
        await asyncio.gather(*(sender(client) for _ in range(TARGETS * IN_FLIGHT)))
    times: list[float] = sorted(at for at, _, _ in (await far.report())["calls"])
    return (len(times) - 1) / (times[-1] - times[0])


def _apprise(url: str, count: int, size: int) -> float:
    target = apprise.Apprise()
    target.add(url.replace("http://", "json://"))
    body = "x" * (size - 100)
    begin = time.monotonic()
    for number in range(count):
        if not target.notify(title=f"Item {number}", body=body):
            raise RuntimeError("Apprise did not deliver to the sink")
    return count / (time.monotonic() - begin)
