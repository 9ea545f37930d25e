"""Secrets: found anew when they change, and what cannot be found says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from alerts.channels.dispatch import what_is_missing
from alerts.channels.secrets import Secrets, Unconfigured, refuse_placeholder_host, secrets_in
from alerts.core.receiver import Receiver


def test_the_three_forms(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-file\n")
    secrets = Secrets({"TOKEN": "from-env"})
    assert secrets.resolve("x", SecretStr("in-place"), None, None) == "in-place"
    assert secrets.resolve("x", None, str(file), None) == "from-file"
    assert secrets.resolve("x", None, None, "TOKEN") == "from-env"


def test_a_rotated_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("old")
    secrets = Secrets({})
    assert secrets.resolve("x", None, str(file), None) == "old"
    file.write_text("newer")
    assert secrets.resolve("x", None, str(file), None) == "newer"
    file.unlink()
    with pytest.raises(Unconfigured):
        secrets.resolve("x", None, str(file), None)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "  ",
        "CHANGE_ME",
        "slack://change-me/b/c",
        "mailto://<user>:<password>@host",
        "whsec_REPLACE_ME",
        "your-token",
    ],
)
def test_placeholders_are_told_from_secrets(value: str) -> None:
    with pytest.raises(Unconfigured, match=r"empty|placeholder"):
        Secrets({}).resolve("apprise.url", SecretStr(value), None, None)


def test_an_address_in_angles_is_no_placeholder() -> None:
    url = "mailto://h.test/?from=Desk<desk@h.test>&to=a@h.test"
    assert Secrets({}).resolve("apprise.url", SecretStr(url), None, None) == url


def test_what_is_missing_names_place_and_remedy(tmp_path: Path) -> None:
    with pytest.raises(
        Unconfigured, match=r"apprise\.url_file .*none cannot be read: No such file.*Create the file"
    ):
        Secrets({}).resolve("apprise.url", None, str(tmp_path / "none"), None)
    with pytest.raises(Unconfigured, match=r"SLACK \(apprise\.url_env\) is not set"):
        Secrets({}).resolve("apprise.url", None, None, "SLACK")
    (tmp_path / "big").write_bytes(b"x" * 70_000)
    with pytest.raises(Unconfigured, match="too large"):
        Secrets({}).resolve("x", None, str(tmp_path / "big"), None)
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unconfigured, match="not text"):
        Secrets({}).resolve("x", None, str(tmp_path / "binary"), None)


@pytest.mark.parametrize("host", ["example.com", "erp.example.com", "mail.example", "x.invalid."])
def test_documentation_hosts_are_placeholders(host: str) -> None:
    with pytest.raises(Unconfigured):
        refuse_placeholder_host(host)


@pytest.mark.parametrize("host", [None, "", "myexample.com", "factory.test", "127.0.0.1"])
def test_other_hosts_are_not(host: str | None) -> None:
    refuse_placeholder_host(host)


def test_parts_of_a_url_that_may_be_secret() -> None:
    found = secrets_in("slack://bot@TokenAAAA/TokenBBBB/TokenCCCC?key=hidden1")
    assert {"TokenBBBB", "TokenCCCC", "hidden1"} <= set(found)


@pytest.mark.parametrize(
    ("receiver", "said"),
    [
        ({"apprise": {"url_env": "NOT_SET"}}, "NOT_SET (apprise.url_env) is not set"),
        ({"apprise": {"url": "json://127.0.0.1/x"}}, "posts to any address"),
        ({"apprise": {"url": "mailtos://u:p@h.test?to=a@b.test,c@d.test"}}, "2 recipients"),
        ({"webhook": {"url": "https://h.test/", "secret": "whsec_c2hvcnQ="}}, "24 to 64 bytes"),
        (
            {"webhook": {"url": "https://erp.example.com/", "secret": "whsec_" + "QUFB" * 8}},
            "erp.example.com is a placeholder",
        ),
        ({"webhook": {"url": "https://h.test/", "secret": "whsec_" + "QUFB" * 8}}, None),
        ({"apprise": {"url": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#buying"}}, None),
        (
            {
                "apprise": {
                    "url": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
                }
            },
            None,
        ),
    ],
)
def test_a_receiver_is_checked_without_sending(receiver: dict[str, object], said: str | None) -> None:
    missing = what_is_missing(Receiver.model_validate({"name": "r"} | receiver), {})
    if said is None:
        assert missing is None
    else:
        assert missing is not None
        assert said in missing
