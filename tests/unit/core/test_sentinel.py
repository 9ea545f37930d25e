"""Sentinel URLs: what they say, and what is refused without quoting a password."""

from __future__ import annotations

import pytest

from alerts.core.errors import SettingsError
from alerts.core.sentinel import read_sentinel_url
from alerts.settings import read_settings


def test_every_part_is_read() -> None:
    url = read_sentinel_url(
        "sentinels://ops:p%40ss@one,[fd00::1]:7/3?master=m&sentinel_password=own"
        "&ssl_ca_certs=/ca&ssl_check_hostname=false"
    )
    assert url.nodes == (("one", 26379), ("fd00::1", 7))
    assert (url.master, url.database, url.username, url.password) == ("m", 3, "ops", "p@ss")
    assert url.own == {"password": "own"}
    assert url.tls == {"ssl_cert_reqs": "required", "ssl_ca_certs": "/ca", "ssl_check_hostname": False}
    assert "p@ss" not in repr(url)
    assert "own" not in repr(url)


def test_what_is_shown_has_no_credentials() -> None:
    url = read_sentinel_url("sentinel://ops:secret@one,two:7?master=m&sentinel_password=own")
    assert url.shown == "sentinel://one:26379,two:7/0?master=m"
    assert url.tls is None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sentinel://:hunter2@one/0", "primary's name is missing"),
        ("sentinel://:hunter2@one/mymaster", "primary's name is missing"),
        ("sentinel://:hunter2@one/first?master=m", "database is a number"),
        ("sentinel://:hunter2@/0?master=m", "host and port cannot be read"),
        ("sentinel://:hunter2@one:port/0?master=m", "host and port cannot be read"),
        ("sentinel://:hunter2@one/0?master=m&masterr=n", "no option masterr"),
        ("sentinel://:hunter2@one/0?master=m&ssl_ca_certs=/ca", "must start with sentinels://"),
    ],
)
def test_a_wrong_url_is_refused_with_the_remedy_and_without_its_password(url: str, says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings({"EXPORTWATCH_REDIS_URL": url}, env_file=None)
    assert says in str(raised.value)
    assert "EXPORTWATCH_REDIS_URL" in str(raised.value)
    assert "hunter2" not in str(raised.value)
