"""Every alert rule, fired by a real fault in a running service, and quiet in a healthy one.

A real process tree (``exportwatch up``), its ledger's server, origin and receivers on loopback,
and a real Prometheus that scrapes it with the shipped rules, times made short as
:mod:`tests.deploy.scaling` says. Each fault is a real one; it is mended as the runbook says, and
the alert has to resolve.
"""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.deploy.dashboard import expressions
from tests.deploy.scaling import scaled_rules, shipped_rules
from tests.deploy.scene import SOURCES, Scene, scene
from tests.support.prometheus import LOOK_EVERY, needs_prometheus

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400), needs_prometheus]

HEALTHY = 15.0
"""Seconds that a healthy service is watched."""

AGES = {"RulesOld"}
"""What comes by itself in this test: half a year is 30 seconds here, and nobody edits the rules."""

OF_THE_NETWORK = {"SourceFailing", "SourceSilent", "TargetFailing"} | AGES
OF_THE_LEDGER = {"LaneStuck", "LaneBehind", "TargetFailing"} | AGES
"""What may follow from a fault, beside its own alert, where it lasts; anything else would be noise."""


async def comes_up(here: Scene) -> None:
    """Wait until notices arrive and nothing is amiss."""
    await asyncio.wait_for(here.hooks.wait_for(1), 60)
    end = time.monotonic() + 30
    while not (await here.prom.query("exportwatch_progress_age_seconds{lane='sweep'}")):
        assert time.monotonic() < end, here.running.child.log_tail()
        await asyncio.sleep(LOOK_EVERY)
    here.write_rules()
    await here.prom.until_quiet(40)


async def stays_quiet(here: Scene) -> None:
    """Watch a service that does its job: items in all sources, notices to all receivers, no alert."""
    here.write_rules()
    end = time.monotonic() + HEALTHY
    while time.monotonic() < end:
        for source, receiver in zip(SOURCES, ("desk", "erp", "gone"), strict=True):
            here.publish(source, receiver)
        await asyncio.sleep(1)
        assert await here.prom.firing() == set()
    assert await here.prom.fired_within(HEALTHY) == set()
    rules = await here.prom.rules()
    assert {rule["name"] for rule in rules} == {rule["alert"] for rule in shipped_rules()}
    assert {rule["health"] for rule in rules} == {"ok"}


async def panels_show_something(here: Scene) -> None:
    """Ask for every panel of the dashboard what it would show of this service."""
    shown = {text: await here.prom.query(text) for _, text in expressions()}
    numbers = {text: [float(each["value"][1]) for each in result] for text, result in shown.items()}
    assert [text for text, found in numbers.items() if all(math.isnan(each) for each in found)] == []


async def edges_fail(here: Scene) -> dict[str, float]:
    """A source and two receivers fail, another source falls silent, an edit is wrong, the rules grow old."""
    here.origin.broken = {"moody"}
    here.hooks.ills.failing, here.hooks.ills.refusing = {"erp"}, {"gone"}
    here.speaking -= {"weekly"}
    here.publish("daily", "erp")
    here.publish("daily", "gone")
    here.spoil_rules()
    mend = {
        "SourceFailing moody": here.origin.broken.clear,
        "SourceSilent weekly": lambda: here.speaking.add("weekly"),
        "TargetFailing erp": here.hooks.ills.mended.set,
        "DeadLetters gone": here.hooks.ills.refusing.clear,
        "RulesRejected": lambda: None,
        "RulesOld": here.write_rules,
    }
    fired = await here.prom.until_fires(set(mend), 90, mend)
    await here.command("sources", "poll", "moody", "--rules-dir", str(here.rules))
    await here.command("deliveries", "redrive", "--target", "gone")
    await here.prom.until_quiet(40)
    return fired


async def a_lane_and_the_network_fail(here: Scene) -> dict[str, float]:
    """The deliver lane stops with notices at hand; no source can be reached, so nothing new comes."""
    with here.stopped("deliver"):
        assert await here.running.until(lambda status: status.lanes["deliver"].waiting >= len(SOURCES), 20)
        await here.origin.stop()
        fired = await here.prom.until_fires(
            {"LaneStuck deliver", "LaneBehind deliver", "SourcesFailing", "NoEvents"}, 90
        )
    fired |= await here.prom.until_fires({"DeliveryLate"}, 30)
    await here.origin.start()
    await here.command("sources", "poll", "--rules-dir", str(here.rules))
    await here.prom.until_quiet(60, but=AGES)
    return fired


async def the_ledger_and_the_rules_are_wrong(here: Scene) -> dict[str, float]:
    """The server has hardly any memory left and keeps no file; the rules folder says nothing."""
    survey = await here.running.ledger.surveys.take(datetime.now(UTC))
    assert survey.server is not None
    await here.configure("maxmemory", round(survey.server.memory * 1.1))
    await here.configure("appendonly", "no")
    here.empty_rules()
    fired = await here.prom.until_fires({"LedgerMemory", "LedgerNotPersistent", "RulesEmpty"}, 40)
    await here.configure("maxmemory", 0)
    await here.configure("appendonly", "yes")
    here.write_rules()
    await here.prom.until_quiet(60, but=AGES)
    return fired


async def the_disk_fills_up(here: Scene) -> dict[str, float]:
    """No file of the server may grow."""
    with here.disk_full():
        fired = await here.prom.until_fires({"LedgerWriteErrors"}, 40)
    await here.prom.until_quiet(60, but=AGES)
    return fired


async def the_server_ends(here: Scene) -> dict[str, float]:
    """The ledger's server is killed, and comes back with its data."""
    here.server.stop()
    fired = await here.prom.until_fires({"LedgerDown"}, 40)
    here.server.start()
    await here.prom.until_quiet(60, but=AGES)
    return fired


async def the_web_endpoint_hangs(here: Scene) -> dict[str, float]:
    """The process that serves ``/metrics`` answers nobody."""
    with here.up_stopped():
        fired = await here.prom.until_fires({"Down"}, 40)
    await here.prom.until_quiet(60, but=AGES)
    return fired


def test_every_alert_fires_on_a_real_fault_and_resolves_and_none_does_in_health(tmp_path: Path) -> None:
    async def play() -> dict[str, float]:
        fired: dict[str, float] = {}
        async with scene(tmp_path, scaled_rules()) as here:
            await comes_up(here)
            await stays_quiet(here)
            await panels_show_something(here)
            for fault, may_follow in (
                (edges_fail, AGES),
                (a_lane_and_the_network_fail, OF_THE_NETWORK),
                (the_ledger_and_the_rules_are_wrong, OF_THE_LEDGER),
                (the_disk_fills_up, OF_THE_LEDGER),
                (the_server_ends, OF_THE_LEDGER),
                (the_web_endpoint_hangs, AGES),
            ):
                begin = time.monotonic()
                fired |= (found := await fault(here))
                took = time.monotonic() - begin
                beside = await here.prom.fired_within(took) - set(found)
                print(f"{fault.__name__}: mended and quiet after {took:.0f} s; beside: {beside or 'nothing'}")
                assert {name.split()[0] for name in beside} <= may_follow
        return fired

    fired = asyncio.run(play())
    print(*(f"{name} fired {after:.1f} s after the fault" for name, after in sorted(fired.items())), sep="\n")
    assert {f"Exportwatch{name.split()[0]}" for name in fired} == {rule["alert"] for rule in shipped_rules()}
