from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.core.reasons import PollReason
from alerts.core.source import Source
from alerts.sources.json_api import parse_json
from alerts.sources.moments import read_moment
from alerts.sources.page import parse_page


def json_source(**more: Any) -> Source:
    return Source.model_validate(
        {
            "id": "s",
            "kind": "json_api",
            "url": "https://data.example/x",
            "every": "1h",
            "items": "data.results[*]",
            "map": {"key": "id", "title": "name", "url": "links[0]", "date": "when", "text": "about.en"},
        }
        | more
    )


def test_a_list_in_json() -> None:
    rows = [
        {
            "id": 7,
            "name": "Ore &amp; duty",
            "links": ["/7"],
            "when": "2026-04-01",
            "about": {"en": "<p>Up.</p>"},
        },
        {"id": 8, "name": "No more", "links": []},
        {"id": 9},
        "noise",
    ]
    parsed = parse_json(
        json_source(), json.dumps({"data": {"results": rows}}).encode(), url="https://data.example/x"
    )
    first, second = parsed.entries
    assert (first.key, first.title, first.text, first.url) == (
        "7",
        "Ore & duty",
        "Up.",
        "https://data.example/7",
    )
    assert first.published == datetime(2026, 4, 1, tzinfo=UTC)
    assert (second.key, second.url, second.published) == ("8", None, None)


@pytest.mark.parametrize(
    ("body", "more", "word"),
    [
        ("One request every 5 seconds", {}, "One request every"),
        ('{"other": []}', {}, "data.results[*]"),
        ('{"data": {"results": [{"x": 1}]}}', {}, "'name'"),
        ('{"data": {"results": []}}', {"map": {"titel": "name"}}, "'titel'"),
        ('{"data": {"results": []}}', {"items": "data..results"}, "is not a path"),
    ],
)
def test_what_is_wrong_is_named(body: str, more: dict[str, Any], word: str) -> None:
    parsed = parse_json(json_source(**more), body.encode())
    assert parsed.reason is PollReason.BAD_DOCUMENT
    assert word in parsed.detail


def test_an_empty_list_is_nothing_new_not_a_fault() -> None:
    parsed = parse_json(json_source(), b'{"data": {"results": []}}')
    assert parsed.reason is PollReason.NEW_ENTRIES
    assert not parsed.entries


PAGE = """<html><body><nav><a href="/home">Home</a></nav><ul class="list">
<li><a href="notice-12.html" title="x">Notice 12: <b>graphite</b></a> <span class="date">2026年4月1日</span><p>Licences.</p></li>
<li><span class="date">?</span></li>
<li><a href="javascript:void(0)">Notice 11</a><span class="date">31/03/2026</span></li></ul>"""


def page_source(**more: Any) -> Source:
    return Source.model_validate(
        {
            "id": "s",
            "kind": "page",
            "url": "https://ministry.example/list/",
            "every": "1h",
            "items": "ul.list > li",
            "link": "a@href",
            "title": "a",
            "date": ".date",
            "lang": "zh",
        }
        | more
    )


def test_a_list_on_a_page() -> None:
    parsed = parse_page(page_source(), PAGE.encode(), url="https://ministry.example/list/")
    first, second = parsed.entries
    assert first.title == "Notice 12: graphite"
    assert first.url == "https://ministry.example/list/notice-12.html"
    assert first.key == "ministry.example/list/notice-12.html"
    assert first.published == datetime(2026, 4, 1, tzinfo=UTC)
    assert "Licences." in first.text
    assert second.url is None
    assert second.published == datetime(2026, 3, 31, tzinfo=UTC)


@pytest.mark.parametrize(("items", "word"), [("ul.gone > li", "redesigned"), ("ul:::", "selector")])
def test_a_page_without_items_is_a_fault(items: str, word: str) -> None:
    parsed = parse_page(page_source(items=items), PAGE.encode())
    assert parsed.reason is PollReason.BAD_DOCUMENT
    assert word in parsed.detail


@pytest.mark.parametrize(
    ("value", "country", "expected"),
    [
        ("2026-04-01", None, "2026-04-01T00:00Z"),
        ("2026/4/1", None, "2026-04-01T00:00Z"),
        ("2026年04月01日", None, "2026-04-01T00:00Z"),
        ("20260401T083000Z", None, "2026-04-01T08:30Z"),
        ("2026-04-01T09:00:00+09:00", None, "2026-04-01T00:00Z"),
        ("Wed, 01 Apr 2026 08:00:00 +0000", None, "2026-04-01T08:00Z"),
        ("1 April 2026", None, "2026-04-01T00:00Z"),
        ("Published April 1st, 2026", None, "2026-04-01T00:00Z"),
        ("31/03/2026", None, "2026-03-31T00:00Z"),
        ("03/31/2026", None, "2026-03-31T00:00Z"),
        ("03/04/2026", "IN", "2026-04-03T00:00Z"),
        ("03/04/2026", "US", "2026-03-04T00:00Z"),
        (1775001600, None, "2026-04-01T00:00Z"),
        (1775001600000, None, "2026-04-01T00:00Z"),
        ("03/04/2026", None, None),
        ("1 April", None, None),
        ("31/31/2026", None, None),
        ("yesterday", None, None),
        ("0001-01-01", None, None),
        ("", None, None),
        (None, None, None),
        (True, None, None),
        (1e300, None, None),
    ],
)
def test_dates_are_read_or_left_out(value: Any, country: str | None, expected: str | None) -> None:
    moment = read_moment(value, country=country)
    assert moment == (expected and datetime.fromisoformat(expected))
