"""Everything that Apprise reaches: chat, push and the rest. The only module that imports it.

What was learnt about Apprise 2.2 and is kept here:

- One object a delivery: a reused one sleeps between calls. One recipient: of several, some
  may have got it, and a retry would tell them twice.
- The result's status is not believed: ``optional=yes`` makes a failure a success. The last
  attempt's own status counts. The HTTP status stands only in its log lines: read there.
- Retries, redirects, TLS checks and timeouts are ours to set: what a URL says of them is
  taken out, so is what would read files. Schemes that POST anywhere are not on the list.
- It blocks, so it runs in threads under a hard limit; it is imported on first use, after
  the worker forked. Mail goes by :mod:`alerts.channels.mail`, on the URL that Apprise reads.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from alerts.channels.mail import MailTarget, send_mail
from alerts.channels.outcome import http_reason, printable
from alerts.channels.rendering import note
from alerts.channels.schemes import MAIL, NATIVE_HOSTS, NEVER, SCHEMES
from alerts.channels.secrets import Secrets, Unconfigured, refuse_placeholder_host, secrets_in
from alerts.channels.threads import Threads, TooManyHung
from alerts.core.delivery import Outcome
from alerts.core.reasons import OutcomeReason
from alerts.core.receiver import AppriseTarget
from alerts.pipeline.ports import Notice

if TYPE_CHECKING:
    import apprise

HARD_LIMIT = 30.0
_KEPT = 1024
"""URLs whose reading is kept; a rotated one is a new one."""
_STRIPPED = frozenset(
    {"redirect", "verify", "cto", "rto", "retry", "wait", "optional", "store", "overflow", "tz", "emojis"}
    | {"attach", "include", "config", "inline", "pgppub", "pgpprv", "wkd", "tag", "format"}
)
"""Parameters of a URL that are ours to decide, or that read files."""

_STATUS = re.compile(r"(?:error|status|code)\s*[=:]?\s*([1-5][0-9]{2})\b", re.IGNORECASE)
_NETWORK = re.compile(r"connection error|connect", re.IGNORECASE)
_COLOURS = {"critical": "failure", "high": "warning", "medium": "warning"}


@dataclass(frozen=True, slots=True)
class ChatTarget:
    """A URL that Apprise can send to: checked, stripped, one recipient.

    ``room`` is how many characters a message may have.
    """

    url: str
    service: str
    secrets: tuple[str, ...]
    room: int

    def __repr__(self) -> str:
        return f"ChatTarget({self.service})"


class AppriseChannel:
    """Sends notices to Apprise URLs. Belongs to one event loop."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._threads = Threads()
        self._targets: dict[str, ChatTarget | MailTarget] = {}

    async def send(self, notice: Notice, target: AppriseTarget, now: datetime) -> Outcome:
        """Try once; returns within 30 s."""
        try:
            where = await self._read(self.url(target))
        except Unconfigured as missing:
            return Outcome(OutcomeReason.UNCONFIGURED, str(missing))
        except (TimeoutError, TooManyHung):
            return Outcome(OutcomeReason.UNAVAILABLE, "not tried: other calls of this worker hang")
        if isinstance(where, MailTarget):
            return await send_mail(notice, where, now)
        return await self._chat(notice, where)

    def url(self, target: AppriseTarget) -> str:
        """Resolve a receiver's URL; raises Unconfigured with a remedy."""
        return self._secrets.resolve("apprise.url", target.url, target.url_file, target.url_env)

    async def _read(self, url: str) -> ChatTarget | MailTarget:
        """Read a URL once. In a thread: Apprise's first use imports two hundred modules."""
        known = self._targets.get(url)
        if known is None:
            known = await self._threads.run(lambda: read_url(url), HARD_LIMIT)
            if len(self._targets) >= _KEPT:
                self._targets.clear()
            self._targets[url] = known
        return known

    async def _chat(self, notice: Notice, where: ChatTarget) -> Outcome:
        words = note(notice.alert, where.room)
        kind = _COLOURS.get(notice.alert.severity, "info")
        try:
            return await self._threads.run(lambda: _notify(where, words.title, words.body, kind), HARD_LIMIT)
        except TimeoutError:
            return Outcome(
                OutcomeReason.TIMEOUT,
                f"{where.service} did not finish within {HARD_LIMIT:g} s; it may have been taken",
            )
        except TooManyHung as hung:
            return Outcome(OutcomeReason.UNAVAILABLE, f"{where.service} was not tried: {hung}")


def read_url(url: str) -> ChatTarget | MailTarget:
    """Read a receiver's URL; raises Unconfigured, which never shows the URL."""
    scheme = _scheme(url)
    stripped = _strip(url)
    service = _instantiate(stripped, scheme)
    recipients = len(service)
    if scheme in MAIL:
        recipients += len(service.cc) + len(service.bcc)
    if recipients != 1:
        raise Unconfigured(
            f"the {scheme}:// URL names {recipients} recipients",
            remedy="Write one recipient a receiver: a retry must not tell the others again",
        )
    if scheme in MAIL:
        return _mail_target(service, url)
    refuse_placeholder_host(service.host if isinstance(service.host, str) and "." in service.host else None)
    return ChatTarget(stripped, str(service.service_name), secrets_in(url), int(service.body_maxlen))


def _scheme(url: str) -> str:
    scheme = url.partition("://")[0].strip().lower()
    if scheme in ("http", "https"):
        if url.partition("://")[2].partition("/")[0].lower() in NATIVE_HOSTS:
            return scheme
        raise Unconfigured(
            "an https:// URL is not an Apprise service",
            remedy="Use the service's own scheme (slack://…), or a webhook receiver for an address of yours",
        )
    if scheme in NEVER:
        raise Unconfigured(
            f"{scheme}:// {NEVER[scheme]}", remedy="Use a webhook receiver, which signs what it sends"
        )
    if scheme not in SCHEMES:
        raise Unconfigured(
            f"the scheme {printable(scheme)[:20]!r} is not one that notices may go to",
            remedy="The reference on receivers lists those that are, e.g. mailtos://, slack://, workflows://",
        )
    return scheme


def _strip(url: str) -> str:
    """The URL without what is ours to decide, and with our own word on it.

    Cut at the question mark only: to Apprise a ``#`` before it names a channel, no fragment.
    """
    base, _, query = url.partition("?")
    kept = [
        (name, value)
        for name, value in parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)
        if name.lower() not in _STRIPPED
    ]
    ours = [("redirect", "no"), ("verify", "yes"), ("retry", "0"), ("optional", "no"), ("store", "no")]
    return f"{base}?{urlencode(kept + ours)}"


def _instantiate(url: str, scheme: str) -> Any:
    import apprise  # noqa: PLC0415 - after the fork, and only where it is used

    asset = apprise.AppriseAsset(
        app_id="Exportwatch",
        app_desc="Exportwatch",
        app_url="",
        async_mode=False,
        service_timeout=HARD_LIMIT,
        storage_mode="memory",
        http_redirects=False,
        image_url_mask="",
        image_url_logo="",
    )
    service = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        raise Unconfigured(
            f"Apprise cannot read the {scheme}:// URL",
            remedy="Compare it with the service's page on appriseit.com",
        )
    return service


def _mail_target(service: Any, url: str) -> MailTarget:
    if service.pgp_mode != "no":
        raise Unconfigured("pgp= is not supported for mail", remedy="Take it out of the URL")
    refuse_placeholder_host(service.smtp_host)
    name, recipient = service.targets[0]
    sender_name, sender = service.from_addr
    return MailTarget(
        host=service.smtp_host,
        port=int(service.port),
        mode=service.secure_mode,
        sender=parseaddr(sender)[1] or sender,
        sender_name=sender_name or "Exportwatch",
        recipient=recipient,
        recipient_name=name or "",
        user=service.user or "" if service.password else "",
        password=service.password or "",
        reply_to=next(iter(sorted(service.reply_to)), ""),
        headers=dict(service.headers),
        secrets=tuple(one for one in (service.password, url) if one),
    )


def _notify(where: ChatTarget, title: str, body: str, kind: str) -> Outcome:
    """Send by a fresh object; runs in a thread."""
    import apprise  # noqa: PLC0415 - after the fork, and only where it is used

    one = apprise.Apprise()
    one.add(_instantiate(where.url, where.service))
    with one.notify(
        body=body, title=title, notify_type=kind, body_format="markdown", log_level=logging.WARNING
    ) as result:
        return _judge(where, result)


def _judge(where: ChatTarget, result: apprise.AppriseResult) -> Outcome:
    """Read the last attempt's own status, and why it failed in what was logged."""
    attempts = [attempt for service in result.results for attempt in service.attempts]
    lines = [entry.message for entry in result.logs()]
    if not attempts:
        said = printable(" ".join(lines), where.secrets)
        return Outcome(OutcomeReason.INTERNAL_ERROR, f"{where.service} was not tried: {said}")
    status = attempts[-1].status.name
    if status == "SUCCESS":
        return Outcome(OutcomeReason.DELIVERED, where.service)
    said = printable(f"{where.service}: {' '.join(lines) or status}", where.secrets)
    if status == "TIMEOUT":
        return Outcome(OutcomeReason.TIMEOUT, said)
    return Outcome(_reason(" ".join(lines)), said)


def _reason(said: str) -> OutcomeReason:
    statuses = _STATUS.findall(said)
    if statuses:
        reason = http_reason(int(statuses[-1]))
        # A failure that names a success did not read the service's answer as one.
        return OutcomeReason.REJECTED if reason.ok else reason
    return OutcomeReason.CONNECTION if _NETWORK.search(said) else OutcomeReason.REJECTED
