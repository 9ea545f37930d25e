"""A notice as each channel wants it, be it an alert or a digest of alerts."""

from __future__ import annotations

from alerts.channels import digestmessage, message
from alerts.channels.digestpayload import render_digest
from alerts.channels.message import Letter, Note
from alerts.channels.payload import render
from alerts.core.alert import Alert
from alerts.core.digest import Digest


def letter(alert: Alert) -> Letter:
    """As a mail."""
    return digestmessage.letter(alert) if isinstance(alert, Digest) else message.letter(alert)


def note(alert: Alert, room: int) -> Note:
    """As a chat message; a digest's has ``room`` characters at most."""
    return digestmessage.note(alert, room) if isinstance(alert, Digest) else message.note(alert)


def body(alert: Alert) -> bytes:
    """As a webhook's body."""
    return render_digest(alert) if isinstance(alert, Digest) else render(alert)
