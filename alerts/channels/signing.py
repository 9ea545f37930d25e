"""Standard Webhooks signatures: ``v1``, HMAC-SHA256 over ``id.timestamp.body``. Pure.

While a subscriber rotates, both secrets sign, so that either side may change first.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from functools import lru_cache

from alerts.channels.secrets import Unconfigured

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a key, as Standard Webhooks has it."""


@lru_cache(maxsize=1024)
def key_of(secret: str) -> bytes:
    """Decode a ``whsec_`` secret; raise :class:`Unconfigured` without showing it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not SHORTEST <= len(key) <= LONGEST:
        raise Unconfigured(
            f"the webhook secret is not {PREFIX} and base64 of {SHORTEST} to {LONGEST} bytes",
            remedy=f"Make one: printf {PREFIX}; openssl rand -base64 32",
        )
    return key


def sign(keys: tuple[bytes, ...], call_id: str, timestamp: int, body: bytes) -> str:
    """Return the webhook-signature header: one ``v1,…`` a key, a space between them."""
    signed = b"%s.%d.%s" % (call_id.encode(), timestamp, body)
    return " ".join("v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
