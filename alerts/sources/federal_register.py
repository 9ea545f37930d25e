"""The Federal Register's documents API into entries, incrementally.

Asked oldest first from the cursor (the newest publication date seen) less an overlap, so
that nothing is skipped where the pages of one poll do not suffice: the next goes on. An
entry's key is the document number, never its title: "Additions to the Entity List" comes
every month, and a correction repeats the title of what it corrects.

Quirks borne: no ``results`` at all on zero hits; null abstracts, actions and dates;
agencies with nothing but a ``raw_name``; ``next_page_url`` is followed only on the server
that was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Any, Literal

import orjson
from pydantic import BeforeValidator, ValidationError, field_validator
from yarl import URL

from alerts.core.entry import Entry
from alerts.core.frozen import Frozen
from alerts.core.reasons import PollReason
from alerts.core.source import Duration, Source
from alerts.pipeline.ports import Fetched, Validators
from alerts.sources.fetch import Document, Web
from alerts.sources.identity import Item, entries
from alerts.sources.plain import paragraphs, title_line

BASE = "https://www.federalregister.gov/api/v1/documents.json"
OVERLAP = timedelta(days=3)
PAGES = 10
PER_PAGE = 100
FIELDS = (
    "document_number",
    "title",
    "type",
    "abstract",
    "action",
    "dates",
    "effective_on",
    "publication_date",
    "html_url",
    "agencies",
    "correction_of",
)
_TYPES = {
    "RULE": "Rule",
    "PRORULE": "Proposed rule",
    "NOTICE": "Notice",
    "PRESDOCU": "Presidential document",
}
_WRONG_SLUGS = {
    "office-of-the-united-states-trade-representative": "trade-representative-office-of-united-states",
    "department-of-commerce-bureau-of-industry-and-security": "industry-and-security-bureau",
    "bureau-of-industry-and-security": "industry-and-security-bureau",
    "office-of-foreign-assets-control": "foreign-assets-control-office",
}


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Query(Frozen):
    """What a source asks for; ``terms`` are alternatives, ``lookback`` is how far a first poll goes."""

    agencies: Words = ()
    terms: Words = ()
    types: Annotated[
        tuple[Literal["RULE", "PRORULE", "NOTICE", "PRESDOCU"], ...], BeforeValidator(_listed)
    ] = ()
    lookback: Duration = timedelta(days=14)

    @field_validator("agencies")
    @classmethod
    def _right_slugs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for slug in value:
            if slug in _WRONG_SLUGS:
                raise ValueError(f"there is no agency {slug!r}: write {_WRONG_SLUGS[slug]}")
        return value


def read_query(source: Source) -> Query | str:
    """Read a source's ``query``; a text says what is wrong with it."""
    try:
        return Query.model_validate(source.query or {})
    except ValidationError as error:
        faults = (
            f"query.{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_url=False, include_input=False)
        )
        return "; ".join(faults)


async def fetch_documents(web: Web, source: Source, validators: Validators, now: datetime) -> Fetched:
    """Fetch what was published since the cursor."""
    query = read_query(source)
    if isinstance(query, str):
        return Fetched(PollReason.BAD_DOCUMENT, validators=validators, detail=query)
    base = str(source.url) if source.url else BASE
    url: str | None = first_page(base, query, validators.cursor, now)
    found: list[Mapping[str, Any]] = []
    for _ in range(PAGES):
        if url is None:
            break
        got = await web.get(url, Validators(), now, accept="application/json")
        page = _page(got) if isinstance(got, Document) else got
        if isinstance(page, Fetched):
            return replace(page, entries=_entries(found), validators=validators)
        found += page[0]
        url = _same_server(page[1], base)
    return _fetched(found, validators, more=url is not None)


def first_page(base: str, query: Query, cursor: str | None, now: datetime) -> str:
    """Write the first page's URL."""
    since = _since(query, cursor, now)
    pairs = [("conditions[agencies][]", slug) for slug in query.agencies]
    if query.terms:
        terms = (f'"{term}"' if " " in term and '"' not in term else term for term in query.terms)
        pairs.append(("conditions[term]", " | ".join(terms)))
    pairs += [("conditions[type][]", kind) for kind in query.types]
    pairs.append(("conditions[publication_date][gte]", since.isoformat()))
    pairs += [("order", "oldest"), ("per_page", str(PER_PAGE))]
    pairs += [("fields[]", name) for name in FIELDS]
    return str(URL(base).update_query(pairs))


def _since(query: Query, cursor: str | None, now: datetime) -> date:
    if cursor is not None:
        try:
            return date.fromisoformat(cursor) - OVERLAP
        except ValueError:
            pass  # a cursor of another kind of source: begin anew
    return (now - query.lookback).date()


def _page(got: Document) -> tuple[list[Mapping[str, Any]], str | None] | Fetched:
    try:
        data = orjson.loads(got.body)
    except orjson.JSONDecodeError:
        shown = got.body[:60].decode("utf-8", "replace")
        return Fetched(PollReason.BAD_DOCUMENT, detail=f"JSON was asked for; what came begins {shown!r}")
    results = data.get("results", []) if isinstance(data, dict) else None
    if not isinstance(results, list) or (not results and data.get("count")):
        return Fetched(
            PollReason.BAD_DOCUMENT, detail="the answer has no list of results: has the API changed its form?"
        )
    following = data.get("next_page_url")
    return [item for item in results if isinstance(item, dict)], following if isinstance(
        following, str
    ) else None


def _same_server(following: str | None, base: str) -> str | None:
    """Follow pages only where the first came from; a base of one's own keeps its address."""
    if following is None:
        return None
    try:
        return str(URL(base).with_query(URL(following).query))
    except ValueError:
        return None


def _fetched(found: list[Mapping[str, Any]], before: Validators, *, more: bool) -> Fetched:
    listed = _entries(found)
    digest = blake2b("\n".join(f"{e.key} {e.version}" for e in listed).encode(), digest_size=16).hexdigest()
    days = [day for item in found if (day := _day(item.get("publication_date"))) is not None]
    newest = max(days).date().isoformat() if days else before.cursor
    cursor = max(filter(None, [newest, before.cursor]), default=None)
    after = Validators(body_hash=digest, cursor=cursor)
    if digest == before.body_hash and cursor == before.cursor:
        return Fetched(PollReason.UNCHANGED_BODY, validators=after)
    complaint = (
        f"more than {PAGES * PER_PAGE} documents: the next poll goes on; narrow the query" if more else ""
    )
    return Fetched(PollReason.NEW_ENTRIES, listed, after, complaint=complaint)


def _entries(found: list[Mapping[str, Any]]) -> tuple[Entry, ...]:
    return entries(_item(document) for document in found if document.get("document_number"))


def _item(document: Mapping[str, Any]) -> Item:
    return Item(
        guid=str(document["document_number"]),
        title=title_line(_said(document, "title")),
        text="\n".join(line for line in _lines(document) if line),
        url=_said(document, "html_url") or None,
        published=_day(document.get("publication_date")),
        lang="en",
    )


def _lines(document: Mapping[str, Any]) -> list[str]:
    kind = _said(document, "type")
    labelled = {
        "Action": _said(document, "action"),
        "Dates": _said(document, "dates"),
        "Effective": _said(document, "effective_on"),
        "Agencies": "; ".join(_agencies(document)),
        "Type": _TYPES.get(kind, kind),
        "Corrects": _said(document, "correction_of"),
    }
    told = [f"{label}: {title_line(value)}" for label, value in labelled.items() if value]
    return [paragraphs(_said(document, "abstract")), *told]


def _said(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value.strip() if isinstance(value, str) else ""


def _agencies(document: Mapping[str, Any]) -> list[str]:
    listed = document.get("agencies")
    names = [
        title_line(_said(agency, "name") or _said(agency, "raw_name"))
        for agency in (listed if isinstance(listed, list) else [])
        if isinstance(agency, dict)
    ]
    return [name for name in names if name]


def _day(value: Any) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)
    except (TypeError, ValueError):
        return None
