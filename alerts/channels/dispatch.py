"""The door out: one channel that sends a notice the way its receiver says."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

from alerts.channels.apprise import AppriseChannel, read_url
from alerts.channels.secrets import Secrets, Unconfigured, refuse_placeholder_host
from alerts.channels.webhook import WebhookChannel
from alerts.core.delivery import Outcome
from alerts.core.receiver import Receiver
from alerts.guard.addresses import Network
from alerts.pipeline.ports import Notice


class Channels:
    """Sends notices to receivers (:class:`alerts.pipeline.ports.Channel`).

    Use as an async context, made after the fork and kept for the loop's life: it holds the
    HTTP session. ``environ`` is where ``*_env`` secrets are looked up, at every send.
    """

    def __init__(
        self, allow_networks: Iterable[Network] = (), *, environ: Mapping[str, str] | None = None
    ) -> None:
        secrets = Secrets(os.environ if environ is None else environ)
        self._webhook = WebhookChannel(allow_networks, secrets)
        self._apprise = AppriseChannel(secrets)

    async def __aenter__(self) -> Self:
        await self._webhook.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close what is open."""
        await self._webhook.aclose()

    async def send(self, notice: Notice, receiver: Receiver, now: datetime) -> Outcome:
        """Try once to tell a receiver; returns within the channel's hard limit."""
        if receiver.webhook is not None:
            return await self._webhook.send(notice, receiver.webhook, now)
        assert receiver.apprise is not None  # noqa: S101 - the model demands one of the two
        return await self._apprise.send(notice, receiver.apprise, now)


def what_is_missing(receiver: Receiver, environ: Mapping[str, str] | None = None) -> str | None:
    """Say what keeps a receiver from being told, and the remedy, without sending; None if nothing."""
    secrets = Secrets(os.environ if environ is None else environ)
    try:
        if receiver.webhook is not None:
            WebhookChannel((), secrets).keys(receiver.webhook)
            refuse_placeholder_host(receiver.webhook.url.host)
        if receiver.apprise is not None:
            read_url(AppriseChannel(secrets).url(receiver.apprise))
    except Unconfigured as missing:
        return str(missing)
    return None
