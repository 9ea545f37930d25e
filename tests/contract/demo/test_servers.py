"""The demonstration's servers against clients that are not ours."""

from __future__ import annotations

import asyncio
import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage

import aiohttp
import feedparser
import pytest
import standardwebhooks

from alerts.demo.hooks import HookSink, make_secret
from alerts.demo.mailbox import Mailbox
from alerts.demo.news import open_feeds, read_news
from alerts.demo.origin import FeedOrigin, Item


def test_origin_serves_what_was_published_and_304_when_unchanged() -> None:
    async def scene() -> None:
        async with FeedOrigin() as origin, aiohttp.ClientSession() as client:
            origin.add("wire", "Wire & more")
            origin.publish("wire", Item("g1", "Tin < copper", "a & b", "https://a.example/1?x=1&y=2"))
            async with client.get(origin.url("wire")) as answer:
                document, etag = await answer.read(), answer.headers["ETag"]
            (entry,) = feedparser.parse(document).entries
            assert (entry.title, entry.id) == ("Tin < copper", "g1")
            assert entry.link == "https://a.example/1?x=1&y=2"
            same = {"If-None-Match": etag}
            async with client.get(origin.url("wire"), headers=same) as answer:
                assert answer.status == 304
            origin.publish("wire", Item("g2", "More", "", "https://a.example/2"))
            async with client.get(origin.url("wire"), headers=same) as answer:
                assert answer.status == 200
                assert [entry.id for entry in feedparser.parse(await answer.read()).entries] == ["g2", "g1"]
            async with client.get(origin.url("none")) as answer:
                assert answer.status == 404

    asyncio.run(scene())


def test_a_server_comes_back_at_the_same_address() -> None:
    async def scene() -> None:
        origin = FeedOrigin()
        await origin.start()
        address = origin.base
        await origin.stop()
        await origin.start()
        assert origin.base == address
        await origin.stop()

    asyncio.run(scene())


@pytest.mark.parametrize(("change", "status"), [("", 204), ("id", 401), ("body", 401), ("time", 401)])
def test_hook_sink_accepts_the_reference_signature_and_nothing_else(change: str, status: int) -> None:
    async def scene() -> None:
        secret, body, now = make_secret(), '{"type":"alert.opened"}', datetime.now(UTC)
        signature = standardwebhooks.Webhook(secret).sign("dlv_1", now, body)
        headers = {
            "webhook-id": "dlv_2" if change == "id" else "dlv_1",
            "webhook-timestamp": str(int(now.timestamp()) - (1000 if change == "time" else 0)),
            "webhook-signature": f"v1,AAAA {signature}",
        }
        sent = body + (" " if change == "body" else "")
        async with HookSink(secret) as sink, aiohttp.ClientSession() as client:
            async with client.post(sink.url(), data=sent, headers=headers) as answer:
                assert answer.status == status
            await sink.wait_for(1)
            assert sink.calls[0].verified is (status == 204)

    asyncio.run(scene())


def test_mailbox_keeps_both_parts() -> None:
    async def scene() -> None:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = "Größe", "a@example.org", "b@example.org"
        mail.set_content("plain words")
        mail.add_alternative("<p>html words</p>", subtype="html")
        async with Mailbox() as mailbox:

            def send() -> None:
                with smtplib.SMTP(mailbox.host, mailbox.port, timeout=5) as client:
                    client.send_message(mail)

            await asyncio.to_thread(send)
            await mailbox.wait_for(1)
            (got,) = mailbox.mails
            assert (got.subject, got.recipients) == ("Größe", ("b@example.org",))
            assert "plain words" in got.text()
            assert "html words" in got.html()

    asyncio.run(scene())


def test_bundled_news_is_whole() -> None:
    news = read_news()
    open_feeds(news, origin := FeedOrigin())
    assert {release.feed for release in news.releases} == set(origin.feeds)
    assert len({release.item.guid for release in news.releases}) == len(news.releases) == 10
    assert [news.expected(what) for what in ("alert", "repeat", "nothing")] == [3, 3, 4]
