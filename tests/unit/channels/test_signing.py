"""Signatures: what the reference library of Standard Webhooks accepts, and nothing else."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.channels.secrets import Unconfigured
from alerts.channels.signing import key_of, sign


def a_secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def headers(keys: tuple[bytes, ...], body: bytes) -> dict[str, str]:
    stamp = int(datetime.now(UTC).timestamp())
    return {
        "webhook-id": "dlv_1",
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(keys, "dlv_1", stamp, body),
    }


def test_the_reference_library_accepts_it() -> None:
    secret = a_secret()
    assert Webhook(secret).verify(b'{"a": 1}', headers((key_of(secret),), b'{"a": 1}')) == {"a": 1}


def test_it_does_not_accept_another_body_or_secret() -> None:
    secret = a_secret()
    signed = headers((key_of(secret),), b'{"a": 1}')
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(b'{"a": 2}', signed)
    with pytest.raises(WebhookVerificationError):
        Webhook(a_secret()).verify(b'{"a": 1}', signed)


def test_while_rotating_either_secret_verifies() -> None:
    new, old = a_secret(), a_secret()
    signed = headers((key_of(new), key_of(old)), b"{}")
    assert Webhook(new).verify(b"{}", signed) == {}
    assert Webhook(old).verify(b"{}", signed) == {}


@pytest.mark.parametrize(
    "secret", ["whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "hunter2hunter2", "whsec_" + "A" * 200]
)
def test_a_bad_secret_is_named_but_not_shown(secret: str) -> None:
    with pytest.raises(Unconfigured) as raised:
        key_of(secret)
    assert secret not in str(raised.value).replace("whsec_ and base64", "") or secret == "whsec_"
    assert "openssl rand" in str(raised.value)
