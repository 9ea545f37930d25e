"""Two notices, one acknowledged by the command, everything killed: the other one alone escalates, once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.demo.child import Child
from alerts.demo.origin import Item
from alerts.wiring import ledger_url
from tests.acceptance.test_up import World, healthy, play
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.processes import end_all

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

WORDS = ("zorvex", "quimbal")
LEASE = "5"
WITHIN = "20s"
"""Time for two notices, an acknowledgement, and a kill; the restart may take longer."""


def write(here: World) -> None:
    here.origin.add("wire", "wire")
    hooks = here.hooks
    write_rules(
        here.rules,
        sources=[feed_source("wire", here.origin.url("wire"))],
        receivers=[hook_receiver(name, hooks.url(name), hooks.secret) for name in ("desk", "lead")],
        route={"receiver": "desk", "escalate": {"unless_acked_within": WITHIN, "to": "lead"}},
        rules=[word_rule(word, word, team="any") for word in WORDS],
    )


def acknowledge(child: Child, alert: str) -> str:
    """Acknowledge as an operator does; returns what is said."""
    done = subprocess.run(
        [sys.executable, "-m", "alerts", "alerts", "ack", alert, "--by", "anna"],
        env=os.environ | {"EXPORTWATCH_REDIS_URL": ledger_url(child.settings())},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout


def test_what_is_acknowledged_goes_no_further_and_the_rest_survives_a_kill(tmp_path: Path) -> None:
    async def scene(here: World) -> None:
        write(here)
        child = here.child(lease=LEASE)
        await child.start()
        await healthy(child)
        for number, word in enumerate(WORDS):
            text = f"{word} notice {number * 7919} of station {number * 104729}"
            here.origin.publish("wire", Item(f"i{number}", text, text, f"https://a.example/{number}"))
        await here.told(2)
        told = {call.payload()["data"]["rule"]["id"]: call.payload()["id"] for call in here.hooks.calls}
        said = await asyncio.to_thread(acknowledge, child, told[WORDS[0]])
        assert "not told any more: lead" in said
        await child.kill()
        end_all(here.data)
        again = here.child("again", lease=LEASE)
        await again.start()
        await here.told(3, within=90)
        assert await again.stop(grace=20) == 0
        (escalation,) = [
            call.payload() for call in here.hooks.calls if call.payload()["type"] == "alert.escalated"
        ]
        assert escalation["data"]["rule"]["id"] == WORDS[1]
        assert told[WORDS[1]] in escalation["data"]["summary"]
        assert len(here.hooks.calls) == 3

    play(tmp_path, scene)
