"""What the composition root makes of settings, before anything is started."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alerts.settings import Settings, read_settings
from alerts.wiring import bounds, broker_url, ledger_url


def settings(**given: str) -> Settings:
    env = {f"EXPORTWATCH_{name.upper()}": value for name, value in given.items()}
    return read_settings(env, env_file=None)


@pytest.mark.parametrize(
    ("ledger", "broker"),
    [
        ("redis://h:6379", "redis://h:6379/1"),
        ("redis://h:6379/0", "redis://h:6379/1"),
        ("redis://u:p@h:6379/1", "redis://u:p@h:6379/2"),
        ("rediss://h/0?ssl_cert_reqs=none", "rediss://h/1?ssl_cert_reqs=none"),
        ("sentinel://u:p@a:1,b:2/0?master=m", "sentinel://u:p@a:1,b:2/1?master=m"),
        ("redis://h?db=1", "redis://h/2"),
        ("redis://h?db=0&protocol=3", "redis://h/1?protocol=3"),
        ("unix:///run/v.sock?db=0", "unix:///run/v.sock?db=1"),
        ("unix:///run/v.sock", "unix:///run/v.sock?db=1"),
        ("unix:///run/v.sock?db=1", "unix:///run/v.sock?db=2"),
        ("unix:///run/v.sock?db=10", "unix:///run/v.sock?db=1"),
    ],
)
def test_the_broker_never_shares_the_ledgers_database(ledger: str, broker: str) -> None:
    assert broker_url(settings(redis_url=ledger)) == broker


def test_a_configured_broker_is_taken_as_it_is() -> None:
    given = settings(redis_url="redis://h/0", broker_url="redis://other/0")
    assert (ledger_url(given), broker_url(given)) == ("redis://h/0", "redis://other/0")


def test_without_a_url_the_embedded_server_is_both(tmp_path: Path) -> None:
    given = settings(data_dir=str(tmp_path))
    assert ledger_url(given) == f"unix://{tmp_path}/valkey/server.sock?db=0"
    assert broker_url(given) == f"unix://{tmp_path}/valkey/server.sock?db=1"


def test_a_run_ends_well_within_its_lease() -> None:
    assert bounds(settings()).run == timedelta(seconds=20)
    assert bounds(settings(lease="12")).run == timedelta(seconds=4)
    assert bounds(settings(run_seconds="5")).run == timedelta(seconds=5)
