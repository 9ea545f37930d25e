"""One id follows an item through all lanes: in the JSON logs, and in the traces, of a real run.

The collector is a loopback HTTP server that takes OTLP as collectors do; what it got is decoded by
OpenTelemetry's own messages.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from alerts.demo.hooks import HookSink, make_secret
from alerts.demo.loopback import LoopbackServer
from alerts.demo.origin import FeedOrigin, Item
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules
from tests.support.world import LOOK_EVERY, Service, drained, service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

API_KEY = "k3y0fth3api"
ITEM = Item("one", "A zorvex bulletin on the seventh station", "Some words.", "https://a.example/1")


class Collector(LoopbackServer):
    """Takes traces by OTLP over HTTP and keeps every span."""

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[Any] = []
        self.services: set[str] = set()
        self._news = asyncio.Condition()

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v1/traces", self._take)
        return app

    async def wait_for(self, *names: str) -> None:
        """Return when a span of each name has come."""
        async with self._news:
            await self._news.wait_for(lambda: set(names) <= {span.name for span in self.spans})

    async def _take(self, request: web.Request) -> web.Response:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        body = await request.read()  # inflated by the server, where it was deflated
        told = ExportTraceServiceRequest.FromString(body)
        async with self._news:
            for resource in told.resource_spans:
                self.services |= {
                    each.value.string_value
                    for each in resource.resource.attributes
                    if each.key == "service.name"
                }
                self.spans += [span for scope in resource.scope_spans for span in scope.spans]
            self._news.notify_all()
        return web.Response(body=b"", content_type="application/x-protobuf")


@asynccontextmanager
async def one_item_told(folder: Path, **settings: str) -> AsyncIterator[tuple[Service, HookSink, FeedOrigin]]:
    """Run the service until one item has been told, and its decision and delivery are recorded."""
    async with FeedOrigin() as origin, HookSink(make_secret()) as hooks:
        origin.add("feed", "Feed")
        origin.publish("feed", ITEM)
        rules = write_rules(
            folder / "rules",
            sources=[
                feed_source("feed", f"{origin.url('feed')}?api_key={API_KEY}"),
                feed_source("gone", f"{origin.base}/gone.xml?token={API_KEY}"),
            ],
            receivers=[hook_receiver("desk", hooks.url("desk"), hooks.secret)],
            route={"receiver": "desk"},
            rules=[word_rule("word", "zorvex", team="any")],
        )
        async with service(folder, rules, **settings) as running:
            await asyncio.wait_for(hooks.wait_for(1), 60)
            assert await running.until(lambda status: drained(status) and status.delivered == 1, 20)
            yield running, hooks, origin


def test_a_collector_that_is_away_holds_nothing_up_and_is_told_of_without_its_password(
    tmp_path: Path,
) -> None:
    pytest.importorskip("opentelemetry.sdk", reason="the otel extra is not installed")

    async def scene() -> None:
        away = "http://me:hunter2@127.0.0.1:1"
        async with one_item_told(tmp_path, otlp_endpoint=away) as (running, _, __):
            while "Max retries exceeded" not in (text := running.child.log.read_text("utf-8")):
                running.child.check()
                await asyncio.sleep(LOOK_EVERY)
            assert "hunter2" not in text
            assert await running.child.stop(grace=20) == 0

    asyncio.run(scene())


def lines_of(running: Service) -> list[dict[str, Any]]:
    text = running.child.log.read_text("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_the_events_id_is_in_a_line_of_every_lane_and_leads_to_all_other_ids(tmp_path: Path) -> None:
    async def scene() -> None:
        async with one_item_told(tmp_path) as (running, hooks, _):
            (alert,) = await running.ledger.records.alerts(1)
            assert alert.event is not None
            assert alert.story is not None
            event_id = alert.event.id
            lines = [line for line in lines_of(running) if event_id in json.dumps(line)]
            assert [(line["logger"], line["event"]) for line in lines] == [
                ("exportwatch.poll", "source polled"),
                ("exportwatch.decide", "alert opened"),
                ("exportwatch.deliver", "delivered"),
            ]
            polled, decided, delivered = lines
            assert polled["events"] == [event_id]
            assert polled["source"] == "feed"
            assert decided["event_id"] == delivered["event_id"] == event_id
            assert decided["alert"] == delivered["alert"] == alert.id
            assert decided["story"] == delivered["story"] == alert.story.id
            assert delivered["delivery"] == hooks.calls[0].id
            text = running.child.log.read_text("utf-8")
            assert "source failed" in text  # the other source's address stands in its line
            for secret in (API_KEY, hooks.secret, hooks.secret.removeprefix("whsec_")):
                assert secret not in text

    asyncio.run(scene())


def test_the_events_trace_reaches_a_collector_with_every_step_in_it(tmp_path: Path) -> None:
    pytest.importorskip("opentelemetry.sdk", reason="the otel extra is not installed")
    from alerts.observe.trace import trace_of

    async def scene() -> None:
        async with Collector() as collector:
            async with one_item_told(tmp_path, otlp_endpoint=collector.base) as (running, hooks, _):
                await asyncio.wait_for(collector.wait_for("admit", "decide", "deliver desk", "poll gone"), 30)
                (alert,) = await running.ledger.records.alerts(1)
            assert alert.event is not None
            trace_id, root_id = trace_of(alert.event.id)
            ours = [span for span in collector.spans if span.trace_id == trace_id.to_bytes(16, "big")]
            assert sorted(span.name for span in ours) == ["admit", "decide", "deliver desk"]
            root = next(span for span in ours if span.name == "admit")
            assert root.span_id == root_id.to_bytes(8, "big")
            assert root.parent_span_id == b""
            assert {span.parent_span_id for span in ours if span is not root} == {root.span_id}
            runs = {span.span_id: span.name for span in collector.spans if span.name.startswith("run ")}
            linked = {span.name: runs.get(link.span_id) for span in ours for link in span.links}
            assert (linked["decide"], linked["deliver desk"]) == ("run decide", "run deliver")
            (delivered,) = [span for span in ours if span.name == "deliver desk"]
            about = {each.key: each.value.string_value for each in delivered.attributes}
            assert about["exportwatch.delivery"] == hooks.calls[0].id
            assert collector.services == {"exportwatch"}
            told = " ".join(map(str, collector.spans))
            assert API_KEY not in told
            assert hooks.secret not in told

    asyncio.run(scene())
