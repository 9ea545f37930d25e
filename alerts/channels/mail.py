"""Mail: our own, since a buyer reads it first and answers matter reply code by reply code.

A multipart/alternative message, the delivery's id as Message-ID (a repeat is recognised as
one), a thread a story (In-Reply-To and References name the story, deterministically). SMTP is
spoken in the event loop, so that a server that hangs costs no thread and is left at the limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from typing import Literal

import aiosmtplib

from alerts.channels.outcome import printable, smtp_reason
from alerts.channels.rendering import letter
from alerts.core.delivery import Outcome
from alerts.core.reasons import OutcomeReason
from alerts.pipeline.ports import Notice

HARD_LIMIT = 30.0
_URGENT = frozenset({"critical", "high"})
_OWN_HEADERS = frozenset(
    {"from", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references", "mime-version"}
    | {"content-type", "content-transfer-encoding", "list-unsubscribe"}
)


@dataclass(frozen=True, slots=True)
class MailTarget:
    """One mailbox and the server that takes mail for it, as a ``mailto://`` URL says."""

    host: str
    port: int
    mode: Literal["insecure", "starttls", "ssl"]
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)


async def send_mail(notice: Notice, target: MailTarget, now: datetime, limit: float = HARD_LIMIT) -> Outcome:
    """Send one mail; returns within ``limit`` seconds."""
    message = compose(notice, target, now)
    try:
        async with asyncio.timeout(limit):
            return await _hand_over(message, target, limit)
    except TimeoutError:
        return Outcome(
            OutcomeReason.TIMEOUT, f"{target.host} did not finish within {limit:g} s; it may have been taken"
        )
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return _failure(error, target)


def compose(notice: Notice, target: MailTarget, now: datetime) -> EmailMessage:
    """Write the mail: the same notice to the same target is the same mail, but for its date."""
    words = letter(notice.alert)
    message = EmailMessage(policy=WIRE)
    message["From"] = Address(target.sender_name, addr_spec=target.sender)
    message["To"] = Address(target.recipient_name, addr_spec=target.recipient)
    message["Subject"] = words.subject
    message["Date"] = format_datetime(now)
    for name, value in _headers(notice, target).items():
        message[name] = value
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    return message


def wire(message: EmailMessage) -> bytes:
    """Return the mail as it is sent.

    Plain headers are not folded: the library would put a long subject wholly on the next
    line, and readers show the blank that this leaves before it.
    """
    plain = str(message["Subject"]).isascii()
    return message.as_bytes(policy=WIRE.clone(max_line_length=998) if plain else WIRE)


def _headers(notice: Notice, target: MailTarget) -> dict[str, str]:
    alert, domain = notice.alert, target.sender.rpartition("@")[2]
    headers = {"Message-ID": f"<{notice.delivery.id}@{domain}>"}
    if alert.rule is not None:
        told = alert.story.id if alert.story else alert.resolves or alert.id
        headers |= {"In-Reply-To": f"<{told}@{domain}>", "References": f"<{told}@{domain}>"}
    headers["Auto-Submitted"] = "auto-generated"
    headers["X-Auto-Response-Suppress"] = "All"
    if alert.severity in _URGENT:
        headers["Importance"] = "high"
    headers["X-Exportwatch-Alert"] = alert.id
    headers["X-Exportwatch-Severity"] = alert.severity
    if alert.rule is not None:
        headers["X-Exportwatch-Rule"] = alert.rule.id
    if target.reply_to:
        # Who wants no more of this asks the person who answers; there is no page to click yet.
        headers["Reply-To"] = target.reply_to
        headers["List-Unsubscribe"] = f"<mailto:{target.reply_to}?subject=unsubscribe>"
    own = {name: value for name, value in target.headers.items() if name.lower() not in _OWN_HEADERS}
    return {name: " ".join(value.split()) for name, value in (headers | own).items()}


async def _hand_over(message: EmailMessage, target: MailTarget, limit: float) -> Outcome:
    client = aiosmtplib.SMTP(
        hostname=target.host,
        port=target.port,
        use_tls=target.mode == "ssl",
        start_tls=target.mode == "starttls",
        username=target.user or None,
        password=target.password or None,
        timeout=limit,
    )
    try:
        await client.connect()
        _, said = await client.sendmail(target.sender, [target.recipient], wire(message))
        return Outcome(OutcomeReason.DELIVERED, printable(said, target.secrets))
    finally:
        await _leave(client)


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye, but don't wait for an answer: whatever was decided is decided."""
    if client.is_connected:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(1):
                await client.quit()
    client.close()


def _failure(error: Exception, target: MailTarget) -> Outcome:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        reason = (
            OutcomeReason.UNAUTHORISED
            if isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= 500
            else smtp_reason(error.code, error.message)
        )
        return Outcome(reason, printable(f"SMTP {error.code} {error.message}", target.secrets))
    cause = _root(error)
    if isinstance(cause, ssl.SSLError):
        return Outcome(OutcomeReason.TLS, printable(f"TLS with {target.host} failed: {_reason(cause)}"))
    if isinstance(cause, TimeoutError):
        return Outcome(OutcomeReason.TIMEOUT, f"{target.host} did not answer; it may have been taken")
    if isinstance(cause, OSError) and type(cause).__name__ == "gaierror":
        return Outcome(OutcomeReason.DNS, f"{target.host} does not resolve")
    return _without_answer(error, cause, target)


def _without_answer(error: Exception, cause: BaseException, target: MailTarget) -> Outcome:
    # For a missing STARTTLS the library has no class of its own, only these words.
    lacking = isinstance(error, aiosmtplib.SMTPException) and "not supported" in error.message
    if lacking or isinstance(error, aiosmtplib.SMTPNotSupported | ValueError):
        return Outcome(
            OutcomeReason.UNCONFIGURED,
            printable(
                f"{target.host} does not offer what the URL asks for: {error}; check its mode", target.secrets
            ),
        )
    return Outcome(OutcomeReason.CONNECTION, f"no SMTP conversation with {target.host}: {_reason(cause)}")


def _root(error: BaseException) -> BaseException:
    """The operating system's own word on a failure, which the library wraps."""
    inner = error.__cause__ or error.__context__
    return (
        inner if isinstance(inner, OSError) and not isinstance(error, aiosmtplib.SMTPTimeoutError) else error
    )


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
