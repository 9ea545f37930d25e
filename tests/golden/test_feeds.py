"""Golden pairs: each ``feeds/NAME.xml`` is read as ``feeds/NAME.json`` says."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from alerts.sources.feed import parse_feed

FEEDS = Path(__file__).parent / "feeds"


@pytest.mark.parametrize("name", sorted(path.stem for path in FEEDS.glob("*.xml")))
def test_feed(name: str) -> None:
    body = (FEEDS / f"{name}.xml").read_bytes()
    if b"ISO-8859-1" in body:
        body = body.decode().encode("iso-8859-1")
    expected = json.loads((FEEDS / f"{name}.json").read_text())
    parsed = parse_feed(body, url="https://feeds.example/x.xml")
    assert parsed.reason == expected["reason"], parsed.detail
    assert expected.get("complaint", "") in parsed.complaint
    assert bool(parsed.complaint) == bool(expected.get("complaint"))
    assert expected.get("detail", "") in parsed.detail
    assert (parsed.wish.total_seconds() if parsed.wish else None) == expected.get("wish")
    found = [
        {
            "key": entry.key,
            "title": entry.title,
            "text": entry.text,
            "url": entry.url,
            "published": entry.published.isoformat() if entry.published else None,
            "publisher": entry.publisher,
            "lang": entry.lang,
        }
        for entry in parsed.entries
    ]
    for entry, wanted in zip(found, expected["entries"], strict=True):
        assert fnmatchcase(str(entry["key"]), wanted["key"])
        assert {**entry, "key": ""} == {**wanted, "key": ""}


def test_there_are_pairs_for_every_dialect() -> None:
    assert len(list(FEEDS.glob("*.xml"))) == len(list(FEEDS.glob("*.json"))) >= 8
