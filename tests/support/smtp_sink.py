"""A real SMTP server (aiosmtpd) on loopback that refuses, hangs or takes, as it is told."""

from __future__ import annotations

import asyncio
import warnings
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult


@dataclass  # without slots: aiosmtpd reads every member of its handler, which fails on them before 3.11.3
class SmtpSink:
    """Takes mail into ``mails``; a reply that is set is given instead of 250."""

    recipient_reply: str = ""
    data_reply: str = ""
    hang: bool = False
    password: str = ""
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _conversations: list[SMTP] = field(default_factory=list)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, to: str = "buyer@factory.test", **more: str) -> str:
        """The mailto:// URL that reaches this server."""
        login = f"desk:{more.pop('password')}@" if "password" in more else ""
        params = {"from": "desk@watch.test", "to": to, "mode": "insecure"} | more
        query = "&".join(f"{name.rstrip('_')}={value}" for name, value in params.items())
        return f"mailto://{login}127.0.0.1:{self.port}/?{query}"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        options: dict[str, Any] = {}
        if self.password:
            options = {"authenticator": self._check, "auth_required": True, "auth_require_tls": False}

        def protocol() -> SMTP:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # a login without TLS is what is wanted here
                one = SMTP(self, hostname="sink.test", enable_SMTPUTF8=True, loop=loop, **options)
            self._conversations.append(one)
            return one

        self._server = await loop.create_server(protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._gone.set()
        self._server.close()
        for one in self._conversations:
            if one.transport is not None:
                one.transport.abort()
        await asyncio.sleep(0)  # the loop closes what was aborted in its next round

    def _check(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == self.password.encode(), handled=False)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.recipient_reply:
            return self.recipient_reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.hang:
            await self._gone.wait()
        if self.data_reply:
            return self.data_reply
        message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.envelopes.append((envelope.mail_from, tuple(envelope.rcpt_tos)))
        return "250 OK, taken"
