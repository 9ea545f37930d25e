"""Feeds: RSS 0.9x to 2.0, RDF and Atom, into entries. The only module that imports feedparser.

feedparser gets a stream of UTF-8 that :mod:`alerts.sources.markup` has decoded, cut and
checked: never a URL, never bytes (it first tries to open those as a file's name). Its
sanitising and its resolving of links inside texts are off, being most of its time; the
fields that are used are cleaned by :mod:`alerts.sources.plain`.

Dates are the publisher's or None: neither the poll's time nor a date without a year is
put in their place.
"""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from alerts.core.reasons import PollReason
from alerts.sources.identity import Item, entries, web_link
from alerts.sources.markup import EntitiesDeclared, TooDeep, breaks_off, decode, fault, mend, xml_text
from alerts.sources.parsed import Parsed
from alerts.sources.plain import paragraphs, title_line
from alerts.sources.syndicated import as_published

LOOSE_LIMIT = 512 * 1024
"""A document that is not well-formed is read by a slower parser, up to this size."""

ITEM_LIMIT = 2000
_HTML = re.compile(r"<(?:!doctype\s{1,4}html|html)[\s>]", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_LANG = re.compile(r"^[A-Za-z]{2}(?=$|[-_])")
_UNITS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_LONGEST = timedelta(days=365)


def parse_feed(body: bytes, *, charset: str | None = None, url: str = "", cut: str = "") -> Parsed:
    """Read a feed. ``cut`` says why the body is known to be incomplete, if it is."""
    decoded = decode(body, charset)
    head = decoded.text.lstrip()[:2000]
    if refused := _not_a_feed(head):
        return Parsed(PollReason.NOT_A_FEED, detail=refused)
    try:
        text = xml_text(decoded.text)
    except EntitiesDeclared:
        return Parsed(
            PollReason.ENTITIES_REFUSED,
            detail="the document declares XML entities, which can expand without limit: ask the publisher, "
            "or use another feed",
        )
    try:
        code = fault(text)
        if truncated := bool(cut) or breaks_off(code):
            text = mend(text)
            code = fault(text)
    except TooDeep as error:
        return Parsed(PollReason.BAD_DOCUMENT, detail=str(error))
    if code is not None and len(text) > LOOSE_LIMIT:
        return Parsed(
            PollReason.BAD_DOCUMENT,
            detail=f"not well-formed XML, and too large ({len(text):,} characters) to be read leniently",
        )
    result = _feedparser(text)
    if not result.get("version") and not result["entries"]:
        return Parsed(PollReason.NOT_A_FEED, detail=_other_document(text, truncated))
    complaints = [decoded.complaint, "not well-formed XML; read leniently" if code is not None else ""]
    return _parsed(result, url, truncated, cut, "; ".join(filter(None, complaints)))


def _feedparser(text: str) -> Any:
    stream = io.BytesIO(b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode())
    return feedparser.parse(
        stream,
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )


def _parsed(result: Any, url: str, truncated: bool, cut: str, complaint: str) -> Parsed:
    feed, raw = result["feed"], result["entries"]
    if len(raw) > ITEM_LIMIT:
        complaint = "; ".join(filter(None, [complaint, f"{len(raw)} items, of which {ITEM_LIMIT} are read"]))
    lang = _language(feed.get("language"))
    base = feed.get("link") or url
    found = entries(_item(entry, base, lang) for entry in raw[:ITEM_LIMIT])
    if not truncated:
        return Parsed(PollReason.NEW_ENTRIES, found, complaint=complaint, wish=_wish(feed))
    why = cut or "the document breaks off"
    return Parsed(
        PollReason.TRUNCATED,
        found,
        detail=f"{why}: {len(found)} whole items were kept, the rest is fetched at the next poll",
        complaint=complaint,
    )


def _not_a_feed(head: str) -> str:
    if not head:
        return "the document is empty: check the url"
    if _HTML.search(head[:1000]):
        title = _TITLE.search(head)
        named = f" titled {title_line(title[1])[:120]!r}" if title else ""
        return (
            f"an HTML page{named} came instead of a feed: look for the feed's own address (or use kind: page)"
        )
    if head[0] in "{[":
        return "JSON came instead of a feed: use kind: json_api"
    if head[0] != "<":
        return f"neither XML nor a feed; it begins {head[:60]!r}: check the url"
    return ""


def _other_document(text: str, truncated: bool) -> str:
    if truncated and not text.strip():
        return "the document breaks off before its first item"
    root = re.match(r"<([A-Za-z_][\w:.-]{0,60})", text)
    return f"XML with the root <{root[1] if root else '?'}> is neither RSS, RDF nor Atom: check the url"


def _item(entry: Mapping[str, Any], base: str, lang: str | None) -> Item:
    title, text = title_line(_text(entry.get("title"))), paragraphs(_longest_text(entry))
    found = as_published(title, text, _source(entry), str(entry.get("link") or ""))
    return Item(
        guid=str(entry.get("id") or "").strip() or None,
        title=found.title,
        text=found.text,
        url=_link(entry, base),
        published=_published(entry),
        publisher=found.publisher,
        lang=_language(entry.get("language")) or lang,
        fleeting=found.fleeting,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _longest_text(entry: Mapping[str, Any]) -> str:
    texts = [_text(part.get("value")) for part in entry.get("content") or ()]
    return max([_text(entry.get("summary")), *texts], key=len)


def _source(entry: Mapping[str, Any]) -> tuple[str, str]:
    source = entry.get("source") or {}
    return title_line(_text(source.get("title"))), _text(source.get("href"))


def _link(entry: Mapping[str, Any], base: str) -> str | None:
    """Give the item's link, if it is one: feedparser offers a guid such as ``1`` too."""
    link = str(entry.get("link") or "").strip()
    if not link or (link == entry.get("id") and "://" not in link):
        return None
    return web_link(base, link)


def _published(entry: Mapping[str, Any]) -> datetime | None:
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        parsed = entry.get(name) if name in entry else None
        if parsed is not None:
            try:
                moment = datetime.fromtimestamp(timegm(parsed), UTC)
            except (ValueError, OverflowError, OSError):
                continue
            if moment.year >= 1970:  # 0001-01-01 is how some systems write "no date"
                return moment
    return None


def _language(value: Any) -> str | None:
    found = _LANG.match(value) if isinstance(value, str) else None
    return found[0].lower() if found else None


def _wish(feed: Mapping[str, Any]) -> timedelta | None:
    """Read ``ttl`` (minutes) and the syndication module's period."""
    ttl = str(feed.get("ttl") or "")
    if ttl.isascii() and ttl.isdigit() and len(ttl) <= 7:
        return min(timedelta(minutes=int(ttl)), _LONGEST) or None
    seconds = _UNITS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    frequency = str(feed.get("sy_updatefrequency") or "1").strip()
    if seconds is None or not (frequency.isascii() and frequency.isdigit() and 0 < len(frequency) <= 6):
        return None
    return timedelta(seconds=seconds / max(1, int(frequency)))
