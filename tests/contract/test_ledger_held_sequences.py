"""Random days on a real server: reports, changes, quiet hours, workers that die. Nothing lost, nothing twice."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest

from alerts.core.delivery import DeliveryState
from alerts.core.digest import Digest
from alerts.core.measure import Recognition
from alerts.core.reasons import OutcomeReason
from alerts.core.route import Routes
from alerts.core.rulebook import RuleBook
from alerts.ledger.ledger import Ledger
from alerts.pipeline.decide import run
from alerts.pipeline.lane import Bounds
from alerts.pipeline.ports import Completion
from tests.contract.test_ledger_updates import Marked, one_more, told
from tests.support.builders import later
from tests.support.scenes import LEASE, Play, with_sources

ROUTES = Routes.model_validate(
    {
        "route": {
            "receiver": "erp",
            "update_after": "10m",
            "quiet_hours": {"name": "lunch", "except": ['issuer="CD"']},
            "routes": [
                {"matchers": ['issuer="ID"'], "digest": {"cron": "0 */2 * * *"}, "continue": True},
                {"matchers": ['issuer=~".+"'], "receiver": "pager", "quiet_hours": "none"},
            ],
        },
        "time_intervals": [
            {
                "name": "lunch",
                "times": [{"start": "12:30", "end": "13:30"}, {"start": "15:00", "end": "15:20"}],
            }
        ],
    }
)
INTERVALS = {each.name: each for each in ROUTES.time_intervals}
BOOK = RuleBook("v1", Marked(), {}, {}, ROUTES.route, INTERVALS)
STATUSES = ("announced", "in_force", "suspended", "in_force", "lifted")
END = 12 * 3600.0


async def decided(ledger: Ledger, at: float) -> None:
    def recognise(title: str, text: str, **_: object) -> Recognition:
        return Recognition(relevant=False)

    ended = iter([later(at)] * 3)
    bounds = Bounds(timedelta(seconds=1), LEASE)
    await run(ledger.decisions, recognise, BOOK, lambda: next(ended, later(at)), lambda _: None, bounds)


async def sent(ledger: Ledger, at: float, dies: bool) -> list[tuple[str, str]]:
    """What is sent at a time, as (target, alert) of everything in it; nothing counts of a worker that dies."""
    taken = await ledger.deliveries.claim_deliveries(later(at), 99, LEASE, {"erp": 99, "pager": 99})
    if dies:
        return []
    done = [
        Completion(lease, delivery.target, later(at), OutcomeReason.DELIVERED, "", 0.1, None)
        for lease, delivery, _ in taken
    ]
    assert all(await ledger.deliveries.complete(done))
    found: list[tuple[str, str]] = []
    for _, delivery, alert in taken:
        alerts = [alert]
        if isinstance(alert, Digest):
            alerts = [each for item in alert.items for each in (*item.before, item.alert)]
        found += [(delivery.target, each.id) for each in alerts]
    return found


@pytest.mark.parametrize("seed", range(25))
def test_every_notice_of_a_day_is_sent_once_alone_or_in_a_digest(play: Play, seed: int) -> None:
    rng = random.Random(seed)

    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "desk")
        said: Counter[tuple[str, str]] = Counter()
        at = 0.0
        for number in range(40):
            at += rng.choice((30, 300, 900))
            await one_more(ledger, told(rng.choice(("IN", "CN", "ID", "CD")), rng.choice(STATUSES), number))
            await decided(ledger, at)
            if rng.random() < 0.5:
                said.update(await sent(ledger, at, dies=rng.random() < 0.3))
        for step in range(1, 6):  # what a dead worker held falls due again, and so does the last digest
            said.update(await sent(ledger, at + END * step, dies=False))
        assert set(said.values()) <= {1}
        records = await ledger.records.deliveries(None, 999)
        assert {each.state for each in records} == {DeliveryState.DELIVERED}
        own = [each for each in records if not each.alert_id.startswith("dig_")]
        assert set(said) == {(each.target, each.alert_id) for each in own}
        assert any(each.held for each in own)
        status = await ledger.records.status(later(at + 9 * END))
        assert status.lanes["deliver"].waiting == status.lanes["decide"].waiting == 0

    play(scene)
