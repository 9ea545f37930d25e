"""Deterministic ids: the same facts give the same id, on every replay, for ever.

An id is a kind prefix and 120 bits of BLAKE2b over its length-prefixed parts, so that
``("a", "bc")`` and ``("ab", "c")`` differ. Changing anything here changes every id that
receivers have stored: treat it as a wire format.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime


def make_id(kind: str, *parts: str | int) -> str:
    """Return ``kind_…`` for the given parts, e.g. ``evt_5mzk…`` (24 letters and digits)."""
    digest = hashlib.blake2b(digest_size=15, person=kind.encode()[:16])
    for part in parts:
        raw = str(part).encode()
        digest.update(len(raw).to_bytes(4, "big") + raw)
    return f"{kind}_{base64.b32encode(digest.digest()).decode().lower()}"


def event_id(source_id: str, entry_key: str, revision: int) -> str:
    """Id of the event that one revision of one entry of one source becomes."""
    return make_id("evt", source_id, entry_key, revision)


def alert_id(rule_id: str, story_id: str, revision: int) -> str:
    """Id of a rule's notice about a story; a material change raises the revision."""
    return make_id("alr", rule_id, story_id, revision)


def delivery_id(alert: str, target: str) -> str:
    """Id of one alert's way to one target; it is the webhook-id that receivers see."""
    return make_id("dlv", alert, target)


def digest_id(target: str, due: datetime) -> str:
    """Id of all that is held for a target until a time."""
    return make_id("dig", target, round(due.timestamp() * 1000))


def escalation_id(alert: str, target: str) -> str:
    """Id of the notice that a target gets where nobody acknowledged an alert in time."""
    return make_id("esc", alert, target)


def content_hash(*parts: str) -> str:
    """Hash of an entry's lasting content, to tell a revision from a repeat."""
    return make_id("c", *parts)
