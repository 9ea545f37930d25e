"""The webhook channel against a real server: every status, and everything that goes wrong."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from alerts.channels.dispatch import Channels
from alerts.channels.outcome import HTTP, LONGEST_DETAIL
from alerts.core.delivery import Outcome
from alerts.core.digest import DigestItem
from alerts.core.reasons import OutcomeReason
from alerts.core.receiver import Receiver
from alerts.pipeline.digest import gather
from tests.support.builders import NOON
from tests.support.notices import a_full_alert, a_notice
from tests.support.smtp_sink import SmtpSink
from tests.support.webhook_sink import (
    Answer,
    WebhookSink,
    drips,
    floods,
    hangs,
    hangs_up,
    resets,
    says,
    sends,
    takes_and_hangs,
)

SECRET = "whsec_" + base64.b64encode(os.urandom(32)).decode()
OPEN = (ip_network("127.0.0.0/8"),)


def hook(url: str, **more: Any) -> Receiver:
    target = {"url": url, "secret": SECRET, "timeout": "2s"} | more
    return Receiver.model_validate({"name": "erp", "webhook": target})


def against(answer: Answer, then: Callable[[Channels, WebhookSink], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        async with WebhookSink(answer) as sink, Channels(OPEN) as channels:
            return await then(channels, sink)

    return asyncio.run(main())


def one(answer: Answer, **more: Any) -> Outcome:
    async def send(channels: Channels, sink: WebhookSink) -> Outcome:
        return await channels.send(a_notice(), hook(sink.url, **more), datetime.now(UTC))

    outcome: Outcome = against(answer, send)
    return outcome


def test_every_status_of_the_table() -> None:
    async def all_of_them(channels: Channels, sink: WebhookSink) -> dict[int, Outcome]:
        outcomes = {}
        for status in range(200, 600):
            sink.answer = says(status, b"" if status in (204, 304) else b"so", Location="http://127.0.0.1:1/")
            outcomes[status] = await channels.send(a_notice(), hook(sink.url), datetime.now(UTC))
        return outcomes

    outcomes = against(says(204), all_of_them)
    assert {status: outcome.reason for status, outcome in outcomes.items()} == {
        status: reason for status, reason in HTTP.items() if status >= 200
    }
    assert all(outcome.detail.startswith(f"HTTP {status}") for status, outcome in outcomes.items())


def test_what_a_subscriber_gets() -> None:
    async def send(channels: Channels, sink: WebhookSink) -> WebhookSink:
        notice = a_notice()
        assert (await channels.send(notice, hook(sink.url), datetime.now(UTC))).reason.ok
        return sink

    request = against(says(204), send).requests[0]
    notice = a_notice()
    assert Webhook(SECRET).verify(request.body, request.headers)["id"] == notice.alert.id
    assert request.headers["webhook-id"] == notice.delivery.id
    assert request.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert request.headers["user-agent"].startswith("Exportwatch/")
    assert "cookie" not in request.headers
    assert json.loads(request.body)["type"] == "alert.opened"


def test_a_try_again_is_the_same_call_under_the_same_id() -> None:
    async def twice(channels: Channels, sink: WebhookSink) -> WebhookSink:
        for _ in range(2):
            await channels.send(a_notice(), hook(sink.url), datetime.now(UTC))
        return sink

    sink = against(says(500), twice)
    first, second = sink.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert sink.connections == 1, "a refusal that was read leaves the connection usable"


def test_a_rotation_signs_with_both_secrets(tmp_path: Path) -> None:
    new = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    file = tmp_path / "old"
    file.write_text(SECRET + "\n")

    async def send(channels: Channels, sink: WebhookSink) -> WebhookSink:
        receiver = hook(sink.url, secret=new, previous_secret_file=str(file))
        assert (await channels.send(a_notice(), receiver, datetime.now(UTC))).reason.ok
        return sink

    request = against(says(204), send).requests[0]
    for secret in (new, SECRET):
        Webhook(secret).verify(request.body, request.headers)


@pytest.mark.parametrize(
    ("answer", "reason", "said"),
    [
        (resets, OutcomeReason.CONNECTION, ""),
        (hangs_up, OutcomeReason.CONNECTION, "without an answer"),
        (sends(b"HELLO?\r\n\r\n"), OutcomeReason.SERVER_ERROR, "not HTTP"),
        (sends(b"HTTP/1.1 500 " + b"x" * 100_000 + b"\r\n\r\n"), OutcomeReason.SERVER_ERROR, "not HTTP"),
        (floods, OutcomeReason.SERVER_ERROR, "HTTP 500 xxx"),
        (takes_and_hangs, OutcomeReason.DELIVERED, "HTTP 200"),
        (hangs, OutcomeReason.TIMEOUT, "no answer within 0.3 s; it may have been taken"),
        (drips, OutcomeReason.TIMEOUT, "no answer within 0.3 s"),
    ],
)
def test_what_goes_wrong_is_an_outcome(answer: Answer, reason: OutcomeReason, said: str) -> None:
    limit = "300ms" if reason is OutcomeReason.TIMEOUT else "10s"
    began = time.monotonic()
    outcome = one(answer, timeout=limit)
    assert outcome.reason is reason
    assert said in outcome.detail
    assert len(outcome.detail) <= LONGEST_DETAIL
    assert time.monotonic() - began < 5


def test_a_redirect_is_not_followed() -> None:
    async def send(channels: Channels, sink: WebhookSink) -> WebhookSink:
        outcome = await channels.send(a_notice(), hook(sink.url), datetime.now(UTC))
        assert outcome.reason is OutcomeReason.REDIRECTED
        return sink

    sink = WebhookSink()
    sink = against(says(307, Location="/elsewhere"), send)
    assert len(sink.requests) == 1


def test_retry_after_is_passed_on() -> None:
    assert one(says(429, Retry_After="90")).retry_after == timedelta(seconds=90)
    assert one(says(503, Retry_After="1000000")).retry_after == timedelta(hours=24)
    assert one(says(500)).retry_after is None


def test_private_addresses_are_refused_unless_allowed() -> None:
    async def main() -> list[Outcome]:
        async with WebhookSink() as sink, Channels() as channels:
            urls = (sink.url, sink.url.replace("127.0.0.1", "localhost"), "http://169.254.169.254/latest/")
            found = [await channels.send(a_notice(), hook(url), datetime.now(UTC)) for url in urls]
            assert sink.connections == 0
            return found

    for outcome in asyncio.run(main()):
        assert outcome.reason is OutcomeReason.ADDRESS_REFUSED
        assert "EXPORTWATCH_ALLOW_NETWORKS" in outcome.detail


def test_nobody_listening_and_no_such_name() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}/"

        async def main() -> list[Outcome]:
            async with Channels(OPEN) as channels:
                return [
                    await channels.send(a_notice(), hook(url), datetime.now(UTC))
                    for url in (closed, "http://no-such-host.test/")
                ]

        refused, unknown = asyncio.run(main())
    assert refused.reason is OutcomeReason.CONNECTION
    assert unknown.reason is OutcomeReason.DNS


def test_https_to_a_server_that_speaks_none() -> None:
    async def main() -> Outcome:
        async with SmtpSink() as plain, Channels(OPEN) as channels:
            return await channels.send(
                a_notice(), hook(f"https://127.0.0.1:{plain.port}/"), datetime.now(UTC)
            )

    # Who answers first decides: the server's words (no TLS) or its end of the connection.
    assert asyncio.run(main()).reason in (OutcomeReason.TLS, OutcomeReason.CONNECTION)


def test_a_missing_secret_is_said_and_nothing_is_sent(tmp_path: Path) -> None:
    async def send(channels: Channels, sink: WebhookSink) -> Outcome:
        receiver = hook(sink.url, secret=None, secret_file=str(tmp_path / "none"))
        outcome = await channels.send(a_notice(), receiver, datetime.now(UTC))
        assert sink.requests == []
        return outcome

    outcome = against(says(204), send)
    assert outcome.reason is OutcomeReason.UNCONFIGURED
    assert "cannot be read" in outcome.detail
    assert "Create the file" in outcome.detail


def test_an_answer_that_repeats_the_urls_token_does_not_put_it_in_the_ledger() -> None:
    async def send(channels: Channels, sink: WebhookSink) -> Outcome:
        return await channels.send(a_notice(), hook(f"{sink.url}?token=s3cr3t-t0k3n"), datetime.now(UTC))

    outcome = against(says(403, b"token s3cr3t-t0k3n is unknown"), send)
    assert outcome.detail == "HTTP 403 token *** is unknown"


def test_a_hung_target_delays_no_other() -> None:
    async def main() -> float:
        async with WebhookSink(hangs) as hung, WebhookSink() as quick, Channels(OPEN) as channels:
            now = datetime.now(UTC)
            waiting = [
                asyncio.create_task(channels.send(a_notice(), hook(hung.url, timeout="5s"), now))
                for _ in range(20)
            ]
            began = time.monotonic()
            for _ in range(20):
                assert (await channels.send(a_notice(), hook(quick.url), now)).reason.ok
            took = time.monotonic() - began
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            return took

    assert asyncio.run(main()) < 2


def test_a_channel_is_closed_with_its_context() -> None:
    async def main() -> None:
        async with WebhookSink() as sink:
            channels = Channels(OPEN)
            async with channels:
                await channels.send(a_notice(), hook(sink.url), datetime.now(UTC))
            assert channels._webhook._session is None

    asyncio.run(main())


def test_a_digest_is_signed_and_sent_under_the_digests_id() -> None:
    digest = gather("dig_1", NOON, "quiet hours", [DigestItem(alert=a_full_alert())], 50)

    async def send(channels: Channels, sink: WebhookSink) -> Any:
        notice = a_notice(digest, "erp")
        outcome = await channels.send(notice, hook(sink.url), datetime.now(UTC))
        assert outcome.reason is OutcomeReason.DELIVERED
        return notice, sink.requests[0]

    notice, request = against(says(204), send)
    event = Webhook(SECRET).verify(request.body, request.headers)
    assert request.headers["webhook-id"] == notice.delivery.id
    assert (event["type"], event["id"], event["data"]["count"]) == ("alert.digest", "dig_1", 1)
