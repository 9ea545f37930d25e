"""Apprise against a real server, through Mattermost's plugin: statuses, hangs, what a URL may not say."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.channels import apprise as channel
from alerts.channels.apprise import ChatTarget, read_url
from alerts.channels.dispatch import Channels
from alerts.channels.outcome import HTTP
from alerts.channels.secrets import Unconfigured
from alerts.channels.threads import Threads, TooManyHung
from alerts.core.delivery import Outcome
from alerts.core.reasons import OutcomeReason
from alerts.core.receiver import Receiver
from tests.support.notices import a_notice
from tests.support.webhook_sink import Answer, WebhookSink, hangs_up, says

TOKEN = "abcd1234token5678"


def against(answer: Answer, then: Callable[[Channels, WebhookSink], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        async with WebhookSink(answer) as sink, Channels() as channels:
            return await then(channels, sink)

    return asyncio.run(main())


async def tell(channels: Channels, sink: WebhookSink, query: str = "") -> Outcome:
    url = f"mmost://127.0.0.1:{sink.port}/{TOKEN}{query}"
    receiver = Receiver.model_validate({"name": "chat", "apprise": {"url": url}})
    return await channels.send(a_notice(), receiver, datetime.now(UTC))


def test_a_chat_message_arrives() -> None:
    async def send(channels: Channels, sink: WebhookSink) -> WebhookSink:
        outcome = await tell(channels, sink)
        assert outcome == Outcome(OutcomeReason.DELIVERED, "Mattermost")
        return sink

    [request] = against(says(200, b"ok"), send).requests
    said = json.loads(request.body)["text"]
    assert "India tells its miner to halt rare earth exports to Japan" in said
    assert "Ask the motor supplier" in said
    assert "https://news.example/1" in said


def test_slack_gets_its_own_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.slack import NotifySlack

    async def send(channels: Channels, sink: WebhookSink) -> WebhookSink:
        monkeypatch.setattr(NotifySlack, "webhook_url", sink.url)  # the plugin's own address is Slack's
        url = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#buying"
        receiver = Receiver.model_validate({"name": "chat", "apprise": {"url": url}})
        assert (await channels.send(a_notice(), receiver, datetime.now(UTC))).reason.ok
        return sink

    [request] = against(says(200, b"ok"), send).requests
    message = json.loads(request.body)
    assert message["channel"] == "#buying"
    [said] = message["attachments"]
    assert said["title"] == "🔴 (critical) India tells its miner to halt rare earth exports to Japan"
    assert said["text"].startswith("*India: export ban on rare earths and neodymium, towards Japan")
    assert "<https://news.example/1|Read the source>" in said["text"]
    assert "github" not in request.body.decode(), "no picture from elsewhere"


STATUSES = [301, 400, 401, 403, 404, 408, 410, 413, 429, 500, 502, 503]


def test_statuses_are_read_as_everywhere() -> None:
    async def all_of_them(channels: Channels, sink: WebhookSink) -> dict[int, OutcomeReason]:
        found = {}
        for status in STATUSES:
            sink.answer = says(status, Location="http://127.0.0.1:1/")
            found[status] = (await tell(channels, sink)).reason
        return found

    assert against(says(200), all_of_them) == {status: HTTP[status] for status in STATUSES}


def test_optional_does_not_make_a_failure_a_success() -> None:
    async def send(channels: Channels, sink: WebhookSink) -> tuple[Outcome, int]:
        return await tell(channels, sink, "?optional=yes&retry=5&wait=0"), len(sink.requests)

    outcome, calls = against(says(500), send)
    assert outcome.reason is OutcomeReason.SERVER_ERROR
    assert calls == 1, "its own retries are off"


def test_a_redirect_is_not_followed_whatever_the_url_says() -> None:
    async def send(channels: Channels, sink: WebhookSink) -> tuple[Outcome, int]:
        sink.answer = says(302, Location=f"http://127.0.0.1:{sink.port}/inside")
        return await tell(channels, sink, "?redirect=yes"), len(sink.requests)

    outcome, calls = against(says(200), send)
    assert outcome.reason is OutcomeReason.REDIRECTED
    assert calls == 1


def test_nothing_of_the_url_stands_in_an_outcome() -> None:
    async def send(channels: Channels, sink: WebhookSink) -> Outcome:
        return await tell(channels, sink)

    for answer in (says(403, TOKEN.encode()), hangs_up):
        assert TOKEN not in against(answer, send).detail


def test_nobody_listening_is_a_connection() -> None:
    async def send(channels: Channels, sink: WebhookSink) -> Outcome:
        await sink.__aexit__()
        return await tell(channels, sink)

    assert against(says(200), send).reason is OutcomeReason.CONNECTION


def test_a_second_delivery_does_not_wait_for_the_first() -> None:
    async def send(channels: Channels, sink: WebhookSink) -> float:
        await tell(channels, sink)
        began = time.monotonic()
        await tell(channels, sink)
        return time.monotonic() - began

    assert against(says(200, b"ok"), send) < 2


def test_a_hung_service_is_left_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "HARD_LIMIT", 0.5)

    async def drip(writer: asyncio.StreamWriter) -> None:
        """Say a little every second, so that no read ever times out."""
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"X-More: yes\r\n")
            await asyncio.sleep(0.2)

    async def send(channels: Channels, sink: WebhookSink) -> Outcome:
        began = time.monotonic()
        outcome = await tell(channels, sink)
        assert time.monotonic() - began < 3
        return outcome

    outcome = against(drip, send)
    assert outcome.reason is OutcomeReason.TIMEOUT
    assert "may have been taken" in outcome.detail


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("json://127.0.0.1/x", "posts to any address"),
        ("XMLS://127.0.0.1/x", "posts to any address"),
        ("form://127.0.0.1", "posts to any address"),
        ("apprise://127.0.0.1/token", "posts to any address"),
        ("syslog://", "acts on this machine"),
        ("file:///etc/passwd", "acts on this machine"),
        ("https://intranet.test/hook", "not an Apprise service"),
        (
            "https://hooks.slack.com.evil.test/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
            "not an Apprise",
        ),
        ("kodi://127.0.0.1", "is not one that notices may go to"),
        ("no scheme at all", "is not one that notices may go to"),
        ("slack://nonsense", "Apprise cannot read the slack:// URL"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#a/#b", "2 recipients"),
        ("mmost://chat.example.com/abcd1234", "placeholder"),
        ("mailto://[::1", "URL"),
    ],
)
def test_urls_that_are_refused_say_why_and_show_nothing(url: str, said: str) -> None:
    with pytest.raises(Unconfigured) as raised:
        read_url(url)
    assert said in str(raised.value)
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in str(raised.value)
    assert raised.value.remedy


def test_what_a_url_may_not_decide_is_taken_out() -> None:
    asked = (
        "redirect=yes&verify=no&cto=99&rto=99&retry=9&wait=9&optional=yes&store=yes&overflow=split&channel=a"
    )
    target = read_url(f"mmost://127.0.0.1/{TOKEN}?{asked}")
    assert isinstance(target, ChatTarget)
    query = target.url.partition("?")[2]
    assert query == "channel=a&redirect=no&verify=yes&retry=0&optional=no&store=no"
    assert TOKEN not in repr(target)


def test_threads_give_a_hung_call_up_and_stop_at_a_number() -> None:
    import threading

    release = threading.Event()

    async def main() -> None:
        threads = Threads(at_once=1, most_hung=2)
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await threads.run(release.wait, 0.05)
        with pytest.raises(TooManyHung):
            await threads.run(release.wait, 0.05)
        release.set()
        for _ in range(200):
            try:
                assert await threads.run(lambda: 7, 1) == 7
                return
            except TooManyHung:
                await asyncio.sleep(0.01)
        pytest.fail("hung calls that came to their end were not counted out")

    asyncio.run(main())


def test_threads_pass_errors_on() -> None:
    def fail() -> None:
        raise KeyError("x")

    async def main() -> None:
        with pytest.raises(KeyError):
            await Threads().run(fail, 1)

    asyncio.run(main())
