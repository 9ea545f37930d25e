"""A mail server on loopback that keeps what it is given.

It is aiosmtpd's SMTP on the caller's event loop. Invariant: a mail is recorded before it is
accepted with 250, so what a sender was told to be delivered is always here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP

from alerts.demo.loopback import LOOPBACK

ACCEPTED = "250 OK"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it came; ``at`` is the receiver's monotonic clock."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    at: float

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"] or "")

    def text(self) -> str:
        """Return the plain-text part; empty where there is none."""
        part = self.message.get_body(("plain",))
        return "" if part is None else str(part.get_content())

    def html(self) -> str:
        """Return the HTML part; empty where there is none."""
        part = self.message.get_body(("html",))
        return "" if part is None else str(part.get_content())


class Mailbox:
    """Takes mail for anybody and keeps it in ``mails``, oldest first."""

    def __init__(self, host: str = LOOPBACK, *, told: Callable[[Mail], None] | None = None) -> None:
        self.host = host
        self.port = 0
        self.mails: list[Mail] = []
        self.told = told
        self._server: asyncio.Server | None = None
        self._news = asyncio.Condition()

    def url(self, recipient: str, sender: str = "alerts@exportwatch.example") -> str:
        """Return the Apprise URL that reaches a recipient here."""
        return f"mailto://{self.host}:{self.port}/?from={sender}&to={recipient}&mode=insecure"

    async def start(self) -> Self:
        """Listen; on the first start the system chooses the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="mailbox.example", enable_SMTPUTF8=True, loop=loop),
            self.host,
            self.port,
            backlog=1024,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Close the socket."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def wait_for(self, count: int) -> None:
        """Return when at least ``count`` mails have come."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.mails) >= count)

    async def answer(self, mail: Mail) -> str:
        """Answer one mail, after it was recorded; a subclass may be less kind."""
        return ACCEPTED

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Record a mail and answer it (aiosmtpd calls this)."""
        message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)  # noqa: S101 - the default policy makes these
        mail = Mail(envelope.mail_from, tuple(envelope.rcpt_tos), message, time.monotonic())
        async with self._news:
            self.mails.append(mail)
            self._news.notify_all()
        if self.told is not None:
            self.told(mail)
        return await self.answer(mail)
