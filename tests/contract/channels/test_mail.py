"""Mail against a real SMTP server: what arrives, and what every refusal becomes."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest

from alerts.channels.dispatch import Channels
from alerts.channels.mail import MailTarget, send_mail
from alerts.core.alert import Alert, AlertType
from alerts.core.delivery import Outcome
from alerts.core.digest import DigestItem
from alerts.core.reasons import OutcomeReason
from alerts.core.receiver import Receiver
from alerts.pipeline.digest import gather
from tests.support.notices import a_full_alert, a_notice, a_service_alert, a_silence, a_silences_end
from tests.support.smtp_sink import SmtpSink

NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)


def send(sink: SmtpSink, alert: Alert | None = None, **url: str) -> Outcome:
    async def main() -> Outcome:
        async with sink, Channels() as channels:
            receiver = Receiver.model_validate({"name": "desk", "apprise": {"url": sink.url(**url)}})
            return await channels.send(a_notice(alert), receiver, NOW)

    return asyncio.run(main())


def received(alert: Alert | None = None, **url: str) -> EmailMessage:
    sink = SmtpSink()
    outcome = send(sink, alert, **url)
    assert outcome.reason is OutcomeReason.DELIVERED, outcome.detail
    assert len(sink.mails) == 1
    return sink.mails[0]


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_digest_is_a_mail_of_its_own() -> None:
    items = [DigestItem(alert=a_full_alert()), DigestItem(alert=a_service_alert())]
    mail = received(gather("dig_1", NOW, "quiet hours", items, 50))
    assert mail["Subject"].startswith("[critical] 2 notices: India tells its miner")
    assert mail["X-Exportwatch-Alert"] == "dig_1"
    assert mail["In-Reply-To"] is None
    assert "2. HIGH – Service notice" in part(mail, "plain")
    assert "Source bis is silent</h2>" in part(mail, "html")


def test_a_mail_is_text_and_html() -> None:
    mail = received()
    assert mail.get_content_type() == "multipart/alternative"
    assert [str(one.get_content_type()) for one in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Subject"] == "[critical] India tells its miner to halt rare earth exports to Japan"
    assert "[[halt rare earth exports]]" in part(mail, "plain")
    assert ">halt rare earth exports</mark>" in part(mail, "html")
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Importance"] == "high"


def test_a_repeat_is_the_same_mail_and_a_story_is_a_thread() -> None:
    first, again = received(), received()
    update = received(a_full_alert(id="alr_2", type=AlertType.UPDATED, revision=2))
    assert first["Message-ID"] == again["Message-ID"] == f"<{a_notice().delivery.id}@watch.test>"
    assert update["Message-ID"] != first["Message-ID"]
    assert first["In-Reply-To"] == update["In-Reply-To"] == "<sty_1@watch.test>"
    assert first["References"] == "<sty_1@watch.test>"
    assert update["Subject"] == "Re: " + first["Subject"]


def test_a_silence_and_its_end_are_a_thread() -> None:
    silence, end = received(a_silence()), received(a_silences_end())
    assert silence["In-Reply-To"] == end["In-Reply-To"] == f"<{a_silence().id}@watch.test>"
    assert end["Message-ID"] != silence["Message-ID"]


def test_a_service_notice_belongs_to_no_thread() -> None:
    assert received(a_service_alert())["In-Reply-To"] is None


def test_who_answers_can_be_asked_to_stop() -> None:
    mail = received(reply="desk@factory.test")
    assert mail["Reply-To"] == "desk@factory.test"
    assert mail["List-Unsubscribe"] == "<mailto:desk@factory.test?subject=unsubscribe>"
    assert received()["List-Unsubscribe"] is None


def test_names_and_own_headers() -> None:
    sink = SmtpSink()
    url: dict[str, str] = {"+X-Team": "magnets", "+Message-ID": "<mine@x>"}
    assert send(sink, None, to="Jörg%20Käufer<buyer@factory.test>", name="Warte", **url).reason.ok
    assert sink.mails[0]["X-Team"] == "magnets"
    assert sink.mails[0]["Message-ID"] == f"<{a_notice().delivery.id}@watch.test>"
    assert sink.mails[0]["From"].addresses[0].display_name == "Warte"
    assert sink.envelopes == [("desk@watch.test", ("buyer@factory.test",))]


def test_a_title_cannot_add_a_header() -> None:
    alert = a_full_alert(title="x\r\nBcc: thief@evil.test", story=None)
    mail = received(alert)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "[critical] x Bcc: thief@evil.test"


def test_letters_of_every_script_arrive() -> None:
    alert = a_full_alert(
        title="商务部 对稀土实施出口许可 – Genehmigung für Ausfuhr", story=None, summary="輸出許可"
    )
    mail = received(alert)
    assert mail["Subject"] == "[critical] 商务部 对稀土实施出口许可 – Genehmigung für Ausfuhr"
    assert "輸出許可" in part(mail, "plain")


@pytest.mark.parametrize(
    ("sink", "reason", "said"),
    [
        (
            SmtpSink(recipient_reply="550 5.1.1 nobody here"),
            OutcomeReason.REJECTED,
            "SMTP 550 5.1.1 nobody here",
        ),
        (SmtpSink(recipient_reply="450 4.2.0 greylisted"), OutcomeReason.UNAVAILABLE, "SMTP 450"),
        (SmtpSink(data_reply="451 4.3.0 later"), OutcomeReason.UNAVAILABLE, "SMTP 451"),
        (SmtpSink(data_reply="552 5.3.4 too big"), OutcomeReason.TOO_LARGE, "SMTP 552"),
        (SmtpSink(data_reply="554 5.7.1 looks like spam"), OutcomeReason.REJECTED, "looks like spam"),
        (SmtpSink(data_reply="421 4.3.2 going down"), OutcomeReason.UNAVAILABLE, "SMTP 421"),
    ],
)
def test_every_refusal_is_an_outcome(sink: SmtpSink, reason: OutcomeReason, said: str) -> None:
    outcome = send(sink)
    assert outcome.reason is reason
    assert said in outcome.detail


def test_a_login_that_fails_shows_no_password() -> None:
    outcome = send(SmtpSink(password="right-one"), password="wrong-one")
    assert outcome.reason is OutcomeReason.UNAUTHORISED
    assert "wrong-one" not in outcome.detail


def test_a_login_that_works() -> None:
    assert send(SmtpSink(password="right-one"), password="right-one").reason.ok


def test_a_server_that_wants_a_login() -> None:
    assert send(SmtpSink(password="right-one")).reason is OutcomeReason.UNAUTHORISED


def test_starttls_where_there_is_none_is_not_sent_in_the_clear() -> None:
    sink = SmtpSink()
    outcome = send(sink, None, mode="starttls")
    assert outcome.reason is OutcomeReason.UNCONFIGURED
    assert sink.mails == []


def test_tls_where_there_is_none() -> None:
    sink = SmtpSink()
    assert send(sink, None, mode="ssl").reason in (OutcomeReason.TLS, OutcomeReason.CONNECTION)
    assert sink.mails == []


def direct(port: int, host: str = "127.0.0.1") -> MailTarget:
    return MailTarget(
        host=host,
        port=port,
        mode="insecure",
        sender="a@watch.test",
        sender_name="",
        recipient="b@factory.test",
    )


def test_a_server_that_hangs_is_left_at_the_limit() -> None:
    async def main() -> tuple[Outcome, float]:
        async with SmtpSink(hang=True) as sink:
            began = time.monotonic()
            outcome = await send_mail(a_notice(), direct(sink.port), NOW, limit=0.5)
            return outcome, time.monotonic() - began

    outcome, took = asyncio.run(main())
    assert outcome.reason is OutcomeReason.TIMEOUT
    assert "may have been taken" in outcome.detail
    assert took < 3


def test_a_server_that_says_nothing() -> None:
    async def main() -> Outcome:
        left = asyncio.Event()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.transport.abort()
            left.set()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        try:
            port = server.sockets[0].getsockname()[1]
            outcome = await send_mail(a_notice(), direct(port), NOW, limit=0.3)
            await asyncio.wait_for(left.wait(), 5)
            return outcome
        finally:
            server.close()

    assert asyncio.run(main()).reason is OutcomeReason.TIMEOUT


def test_nobody_listening_and_no_such_name() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        refused = asyncio.run(send_mail(a_notice(), direct(free.getsockname()[1]), NOW, limit=5))
    assert refused.reason is OutcomeReason.CONNECTION
    unknown = asyncio.run(send_mail(a_notice(), direct(25, "no-such-host.test"), NOW, limit=5))
    assert unknown.reason is OutcomeReason.DNS


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ({"to": "a@b.test,c@d.test"}, "2 recipients"),
        ({"cc": "c@d.test"}, "2 recipients"),
        ({"bcc": "c@d.test"}, "2 recipients"),
        ({"pgp": "sign"}, "pgp"),
        ({"smtp": "mail.example.com"}, "placeholder"),
    ],
)
def test_what_cannot_be_promised_is_not_tried(url: dict[str, str], said: str) -> None:
    sink = SmtpSink()
    outcome = send(sink, None, **url)
    assert outcome.reason is OutcomeReason.UNCONFIGURED
    assert said in outcome.detail
    assert sink.mails == []
