"""The Federal Register's API as a real server on loopback, with the quirks it is known for."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
from aiohttp import web

from alerts.core.reasons import PollReason
from alerts.core.source import Source
from alerts.pipeline.ports import Fetched, Validators
from alerts.sources.fetch import Web
from alerts.sources.polling import SourceFetcher
from tests.support.origin import LOOPBACK, Origin, origin

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def document(number: str, day: str, **more: Any) -> dict[str, Any]:
    return {
        "document_number": number,
        "title": "Additions to the Entity List",
        "type": "Rule",
        "abstract": "Six parties are added.",
        "action": "Final rule.",
        "dates": "Effective on publication.",
        "effective_on": day,
        "publication_date": day,
        "html_url": f"https://register.example/{number}",
        "agencies": [{"name": "Industry and Security Bureau", "slug": "industry-and-security-bureau"}],
        "correction_of": None,
    } | more


class Register:
    """Answers as the API does: filter by date, oldest first, pages with a link to the next."""

    def __init__(self, *documents: dict[str, Any], page_size: int = 2) -> None:
        self.documents = list(documents)
        self.page_size = page_size
        self.fail_on_page = 0

    async def __call__(self, request: web.Request) -> web.Response:
        since = date.fromisoformat(request.query["conditions[publication_date][gte]"])
        found = [d for d in self.documents if date.fromisoformat(d["publication_date"]) >= since]
        found.sort(key=lambda d: d["publication_date"])
        page = int(request.query.get("page", "1"))
        if page == self.fail_on_page:
            return web.Response(status=503, headers={"Retry-After": "60"})
        if not found:
            return web.json_response({"count": 0})
        rest = found[(page - 1) * self.page_size :]
        answer: dict[str, Any] = {"count": len(found), "results": rest[: self.page_size]}
        if len(rest) > self.page_size:
            answer["next_page_url"] = str(
                request.url.update_query(page=page + 1).with_host("elsewhere.example")
            )
        return web.json_response(answer)


def poll(
    register: Any, query: dict[str, Any] | None = None, *cursors: Validators
) -> tuple[list[Fetched], Origin]:
    """Poll once for each of the validators given (once without, if none are)."""

    async def run() -> tuple[list[Fetched], Origin]:
        async with origin({"/documents.json": register}) as server, Web(LOOPBACK) as session:
            source = Source.model_validate(
                {
                    "id": "fr",
                    "kind": "federal_register",
                    "url": server.url("/documents.json"),
                    "query": query or {},
                    "every": "15m",
                }
            )
            fetcher = SourceFetcher(session)
            return [await fetcher.fetch(source, given, NOW) for given in cursors or (Validators(),)], server

    return asyncio.run(run())


def test_the_request_says_what_is_wanted() -> None:
    query = {
        "agencies": "industry-and-security-bureau",
        "terms": ["rare earth", "gallium"],
        "types": ["RULE"],
    }
    _, server = poll(Register(), query)
    asked = server.requests[0].query
    assert asked.getall("conditions[agencies][]") == ["industry-and-security-bureau"]
    assert asked["conditions[term]"] == '"rare earth" | gallium'
    assert asked.getall("conditions[type][]") == ["RULE"]
    assert asked["conditions[publication_date][gte]"] == "2026-11-09"
    assert asked["order"] == "oldest"
    assert "document_number" in asked.getall("fields[]")


def test_documents_become_entries_keyed_by_their_number() -> None:
    (fetched,), _ = poll(Register(document("2026-1", "2026-11-20"), document("2026-2", "2026-11-21")))
    assert fetched.reason is PollReason.NEW_ENTRIES
    assert [entry.key for entry in fetched.entries] == ["2026-1", "2026-2"]
    entry = fetched.entries[0]
    assert entry.title == "Additions to the Entity List"
    assert entry.published == datetime(2026, 11, 20, tzinfo=UTC)
    assert entry.url == "https://register.example/2026-1"
    for said in ("Six parties", "Final rule.", "Effective on publication.", "Industry and Security Bureau"):
        assert said in entry.text
    assert fetched.validators.cursor == "2026-11-21"


def test_pages_are_followed_on_the_server_that_was_asked() -> None:
    register = Register(*(document(f"2026-{n}", f"2026-11-{10 + n}") for n in range(5)))
    (fetched,), server = poll(register)
    assert len(fetched.entries) == 5
    assert len(server.requests) == 3


def test_the_next_poll_asks_from_the_cursor_with_an_overlap() -> None:
    register = Register(document("2026-1", "2026-11-20"))
    (fetched,), server = poll(register, None, Validators(cursor="2026-11-20"))
    assert server.requests[0].query["conditions[publication_date][gte]"] == "2026-11-17"
    assert fetched.validators.cursor == "2026-11-20"


def test_the_same_documents_again_are_unchanged() -> None:
    register = Register(document("2026-1", "2026-11-20"))
    (first,), _ = poll(register)
    (second,), _ = poll(register, None, first.validators)
    assert second.reason is PollReason.UNCHANGED_BODY
    assert second.validators == first.validators


def test_zero_hits_come_without_results_and_keep_the_cursor() -> None:
    (fetched,), _ = poll(Register(), None, Validators(cursor="2026-11-20"))
    assert fetched.reason is PollReason.NEW_ENTRIES
    assert not fetched.entries
    assert fetched.validators.cursor == "2026-11-20"


def test_a_page_that_fails_keeps_cursor_and_earlier_entries() -> None:
    register = Register(*(document(f"2026-{n}", f"2026-11-{10 + n}") for n in range(5)))
    register.fail_on_page = 2
    (fetched,), _ = poll(register, None, Validators(cursor="2026-11-12"))
    assert fetched.reason is PollReason.UNAVAILABLE
    assert fetched.retry_after is not None
    assert len(fetched.entries) == 2
    assert fetched.validators == Validators(cursor="2026-11-12")


def test_nulls_missing_slugs_and_corrections() -> None:
    bare = document(
        "C1-2026-1",
        "2026-11-20",
        abstract=None,
        action=None,
        dates=None,
        effective_on=None,
        correction_of="https://register.example/api/2026-1",
        agencies=[{"raw_name": "OFFICE OF SOMETHING"}, {}, None],
    )
    (fetched,), _ = poll(Register(bare, {"publication_date": "2026-11-21"}))
    (entry,) = fetched.entries
    assert entry.key == "C1-2026-1"
    assert entry.text.split("\n") == [
        "Agencies: OFFICE OF SOMETHING",
        "Type: Rule",
        "Corrects: https://register.example/api/2026-1",
    ]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("<html>busy</html>", "begins '<html>busy"),
        ("[]", "no list of results"),
        ('{"count": 3}', "no list of results"),
        ('{"results": {}}', "no list of results"),
    ],
)
def test_an_answer_that_is_not_the_apis(body: str, word: str) -> None:
    (fetched,), _ = poll(body)
    assert fetched.reason is PollReason.BAD_DOCUMENT
    assert word in fetched.detail


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"agency": "x"}, "query.agency"),
        ({"types": ["LAW"]}, "query.types.0"),
        ({"agencies": ["bureau-of-industry-and-security"]}, "write industry-and-security-bureau"),
    ],
)
def test_a_wrong_query_names_what_to_mend(query: dict[str, Any], word: str) -> None:
    (fetched,), server = poll(Register(), query)
    assert fetched.reason is PollReason.BAD_DOCUMENT
    assert word in fetched.detail
    assert not server.requests
