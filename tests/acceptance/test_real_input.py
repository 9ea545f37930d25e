"""Real feed items and labelled documents through the whole service, from origin to receiver.

The corpus' feeds are served byte for byte, the labelled documents as one more feed; the
rules are the repository's own. Every webhook is verified with the ``standardwebhooks``
library, every mail went through a real SMTP server. Prints how many went in and came out.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import feedparser
import pytest
import standardwebhooks
from aiohttp import web

from alerts.core.delivery import DeliveryState
from alerts.core.status import LedgerStatus
from alerts.demo.hooks import Call, HookSink, make_secret
from alerts.demo.mailbox import Mailbox
from alerts.demo.origin import FeedOrigin
from tests.support.corpus import CORPUS, feed_documents, labelled_items
from tests.support.folders import feed_source, hook_receiver, mail_receiver, write_yaml
from tests.support.world import Service, drained, service

REPOSITORY = Path(__file__).parents[2]
LABELLED = "labelled"


class DocumentOrigin(FeedOrigin):
    """A feed origin that also serves finished documents, byte for byte."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        super().__init__()
        self.documents = documents

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        document = self.documents.get(request.match_info["name"])
        if document is None:
            return await super()._serve(request)
        return web.Response(body=document, content_type="application/xml")


@dataclass(slots=True)
class Outcome:
    """What went in and what came out."""

    served: int
    calls: list[Call]
    mails: int
    status: LedgerStatus
    reasons: Counter[str] = field(default_factory=Counter)
    undelivered: int = 0
    relevant: Counter[str] = field(default_factory=Counter)

    def print(self) -> None:
        """Print the figures and every alert's title."""
        print(f"\nserved {self.served} items, events {self.status.events}, alerts {self.status.alerts}")
        print(f"webhooks {len(self.calls)}, mails {self.mails}, decisions {dict(self.reasons)}")
        print(f"labelled documents: {dict(self.relevant)}")
        for call in self.calls:
            alert = call.payload()["data"]
            print(f"  {alert['rule']['id']:<32} {alert['title'][:110]}")


def _write_folder(folder: Path, origin: DocumentOrigin, hooks: HookSink, mailbox: Mailbox) -> Path:
    rules = folder / "rules"
    shutil.copytree(REPOSITORY / "rules", rules)
    names = [*origin.documents, LABELLED]
    write_yaml(
        rules / "sources.yaml",
        {"sources": [feed_source(name, origin.url(name), every="5m", tier="press") for name in names]},
    )
    receivers = [
        hook_receiver("erp", hooks.url(), hooks.secret, max_in_flight=16),
        mail_receiver("buyers", mailbox.url("buyer@factory.example")),
    ]
    write_yaml(rules / "receivers.yaml", {"receivers": receivers})
    everything = 'severity=~".*"'
    routes = [
        {"matchers": [everything], "receiver": "erp", "continue": True},
        {"matchers": [everything], "receiver": "buyers"},
    ]
    write_yaml(rules / "routes.yaml", {"route": {"receiver": "erp", "update_after": "0s", "routes": routes}})
    return rules


def _served(origin: DocumentOrigin) -> int:
    return len(origin.feeds[LABELLED].items) + sum(
        len(feedparser.parse(document).entries) for document in origin.documents.values()
    )


async def _scene(folder: Path) -> Outcome:
    labelled = labelled_items()
    async with (
        DocumentOrigin(feed_documents()) as origin,
        HookSink(make_secret()) as hooks,
        Mailbox() as mailbox,
    ):
        origin.add(LABELLED, "Labelled documents", window=len(labelled))
        for document in labelled:
            origin.publish(LABELLED, document.item)
        rules = _write_folder(folder, origin, hooks, mailbox)
        async with service(folder, rules) as running:
            wanted = len(origin.documents) + 1
            polled = await running.until(
                lambda status: status.counts.get("polls", 0) >= wanted and drained(status), 240
            )
            assert polled, f"not drained: {await running.status()}\n{running.child.log_tail()}"
            status = await running.status()
            assert status is not None
            outcome = Outcome(_served(origin), hooks.calls, len(mailbox.mails), status)
            await _look_back(running, outcome, {one.item.guid: one.relevant for one in labelled})
        for call in hooks.calls:
            _verify(hooks.secret, call)
        return outcome


def _verify(secret: str, call: Call) -> dict[str, Any]:
    payload: dict[str, Any] = standardwebhooks.Webhook(secret).verify(call.body, dict(call.headers))
    return payload


async def _look_back(running: Service, outcome: Outcome, relevant: dict[str, bool]) -> None:
    """Count every decision, and what became of the labelled documents."""
    records = running.ledger.records
    outcome.undelivered = len(await records.deliveries(DeliveryState.DEAD, 1000))
    for event in await records.events(10_000):
        record = await records.decision(event.id)
        assert record is not None, f"event {event.id} was never decided"
        reasons = {decided["reason"] for decided in record.decided}
        outcome.reasons.update(reasons)
        if event.source.id == LABELLED:
            told = "alerted" if reasons & {"opened", "repeated", "updated"} else "silent"
            label = relevant.get(event.key)
            outcome.relevant[f"{'relevant' if label else 'irrelevant'} {told}"] += 1


@pytest.mark.slow
@pytest.mark.corpus
@pytest.mark.timeout(400)
@pytest.mark.skipif(not (CORPUS / "labelled.jsonl").is_file(), reason="the corpus is not beside the checkout")
def test_real_items_reach_mail_and_webhook_with_valid_signatures(tmp_path: Path) -> None:
    outcome = asyncio.run(_scene(tmp_path))
    outcome.print()
    assert outcome.status.events > 0.95 * outcome.served, "items were dropped on the way in"
    assert outcome.undelivered == 0
    assert len({call.id for call in outcome.calls}) == outcome.status.alerts > 0
    assert outcome.mails == outcome.status.alerts
    assert all(call.verified for call in outcome.calls)
