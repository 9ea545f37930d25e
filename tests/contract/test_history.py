"""The ledger's history, and a backtest over it as a person runs it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.core.ids import event_id
from alerts.ledger import keys
from alerts.ledger.ledger import Ledger
from alerts.pipeline.dedupe import story_keys
from tests.support.builders import NOON, a_measure, an_event, later
from tests.support.scenes import LEASE, Play, a_decision, admitted
from tests.unit.cli.test_rules import run
from tests.unit.engine.building import folder, rule_text


def test_history_gives_every_event_once_oldest_first_with_its_decision(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        events = [an_event(key=str(n), seen=later(n // 3)) for n in range(1, 9)]
        await admitted(ledger, *events)
        ((lease, first),) = await ledger.decisions.claim_events(NOON, 1, LEASE)
        decision = a_decision(first, reads=dict.fromkeys(story_keys(first, a_measure())))
        await ledger.decisions.commit_decisions([(lease, decision)], "v1", NOON)
        found = [pair async for batch in ledger.records.history(NOON, batch=3) for pair in batch]
        assert sorted(event.key for event, _ in found) == [str(n) for n in range(1, 9)]
        assert [event.seen for event, _ in found] == sorted(event.seen for event in events)
        assert {event.id for event, record in found if record is not None} == {first.id}
        assert await ledger.records.count_since(later(2)) == 3
        late = [event.key async for batch in ledger.records.history(later(2)) for event, _ in batch]
        assert sorted(late) == ["6", "7", "8"]

    play(scene)


def test_history_goes_on_where_events_expire_meanwhile(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await admitted(ledger, *(an_event(key=str(n), seen=later(n)) for n in range(1, 9)))
        told = []
        async for batch in ledger.records.history(NOON, batch=2):
            told += [event.key for event, _ in batch]
            if len(told) == 2:  # what was told is forgotten, and one more
                gone = [event_id("desk", key, 1) for key in ("1", "2", "3")]
                await ledger._connection.do("ZREM", keys.EVENTS, *gone)
        assert told == ["1", "2", "4", "5", "6", "7", "8"]

    play(scene)


def test_backtest_and_hygiene_read_the_ledger(
    play: Play, server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)

    async def scene(ledger: Ledger) -> None:
        events = [an_event(key=str(n), seen=now - timedelta(days=20 * n)) for n in range(1, 9)]
        await admitted(ledger, *events)
        ((lease, first),) = await ledger.decisions.claim_events(NOON, 1, LEASE)
        decision = a_decision(first, reads=dict.fromkeys(story_keys(first, a_measure())))
        await ledger.decisions.commit_decisions([(lease, decision)], "v1", NOON)

    play(scene)
    monkeypatch.setenv("EXPORTWATCH_REDIS_URL", server_url)
    text = rule_text("sel: {text|query: India AND rare}") + rule_text("sel: {issuer: KZ}").replace(
        "rules:\n", ""
    ).replace("id: r", "id: silent")
    for name, content in folder(text).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    result = run(tmp_path, "backtest", "--since", "90d", "--jobs", "1", "--format", "json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert (data["items"], data["total"]["hits"]) == (4, 4)
    assert json.loads(run(tmp_path, "backtest", "--jobs", "2", "--format", "json").stdout) == data
    result = run(tmp_path, "hygiene", "--jobs", "1", "--noisy-above", "0.1", "--format", "json")
    assert [(advice["kind"], advice["where"]) for advice in json.loads(result.stdout)] == [
        ("silent", "silent"),
        ("noisy", "r"),
    ]
