"""The demonstration's rules folder gets its addresses."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from alerts.core.receiver import Receiver
from alerts.core.source import Source
from alerts.demo.folder import write_folder

ADDRESSES = {
    "gazette": "http://127.0.0.1:1/gazette.xml",
    "wire": "http://127.0.0.1:1/wire.xml",
    "press": "http://127.0.0.1:1/press.xml",
    "mail": "mailto://127.0.0.1:2/?from=a@b.example&to=c@d.example",
    "hook": "http://127.0.0.1:3/hook",
    "secret": "whsec_AAAA",
}


def test_addresses_are_filled_in(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "rules", ADDRESSES)
    yaml = YAML(typ="safe")
    sources = [Source(**one) for one in yaml.load((folder / "sources.yaml").read_text())["sources"]]
    assert {str(source.url) for source in sources} == {
        ADDRESSES[name] for name in ("gazette", "wire", "press")
    }
    assert all(source.backfill == "alert" for source in sources)
    receivers = [Receiver(**one) for one in yaml.load((folder / "receivers.yaml").read_text())["receivers"]]
    assert [receiver.name for receiver in receivers] == ["magnet-buyers", "erp"]
    assert yaml.load((folder / "watch" / "demo.yaml").read_text())["rules"]


def test_a_missing_address_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="hook"):
        write_folder(tmp_path / "rules", {name: value for name, value in ADDRESSES.items() if name != "hook"})
