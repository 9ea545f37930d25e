"""Lists on HTML pages into entries, for ministries that have no feed.

``items`` is the CSS selector of one entry; ``link``, ``title`` and ``date`` are selectors
within it, with ``@attribute`` for an attribute's value (``a@href``, the default for links).
No item found is an error, not silence: a page that was redesigned must be noticed.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from alerts.core.reasons import PollReason
from alerts.core.source import Source
from alerts.sources.identity import Item, entries, web_link
from alerts.sources.markup import decode
from alerts.sources.moments import read_moment
from alerts.sources.parsed import Parsed
from alerts.sources.plain import paragraphs, title_line

_ITEM_LIMIT = 500


def parse_page(
    source: Source, body: bytes, *, charset: str | None = None, url: str = "", cut: str = ""
) -> Parsed:
    """Read a page after the source's selectors."""
    if cut:
        return Parsed(PollReason.TRUNCATED, detail=f"{cut}: the next poll fetches it again")
    decoded = decode(body, charset)
    try:
        nodes = LexborHTMLParser(decoded.text).css(source.items or "a")[:_ITEM_LIMIT]
        items = [item for node in nodes if (item := _item(source, node, url)) is not None]
    except SelectolaxError as error:
        return Parsed(PollReason.BAD_DOCUMENT, detail=f"not a CSS selector: {error}")
    if not items:
        what = "nothing" if not nodes else "no title or link in what"
        return Parsed(
            PollReason.BAD_DOCUMENT,
            detail=f"{what} matches the selector {source.items!r}: was the page redesigned?",
        )
    return Parsed(PollReason.NEW_ENTRIES, entries(items), complaint=decoded.complaint)


def selector_fault(source: Source) -> str:
    """Say which of a source's selectors is no CSS selector; empty where none is wrong."""
    empty = LexborHTMLParser("<p></p>")
    for name in ("items", "link", "title", "date"):
        css = (getattr(source, name) or "").partition("@")[0].strip()
        try:
            if css:
                empty.css(css)
        except SelectolaxError:
            return (
                f"{name}: {css!r} is not a CSS selector: write it as ul.list > li, or a@href for an attribute"
            )
    return ""


def _item(source: Source, node: LexborNode, url: str) -> Item | None:
    title = title_line(_value(node, source.title or "a"))
    link = _value(node, source.link or "a@href")
    if not title or not link:
        return None
    whole = paragraphs(node.html or "")
    said = "\n".join(line for line in whole.split("\n") if line != title)
    date = _value(node, source.date) if source.date else ""
    return Item(
        guid=None,
        title=title,
        text=said,
        url=web_link(url, link),
        published=read_moment(date, country=source.country) if date else None,
        lang=source.lang,
    )


def _value(node: LexborNode, selector: str) -> str:
    css, _, attribute = selector.partition("@")
    found = node.css_first(css) if css else node
    if found is None and css and node.css_matches(css):
        found = node  # `items: a` with `title: a`: the item itself
    if found is None:
        return ""
    if attribute:
        return (found.attributes.get(attribute) or "").strip()
    return found.html or ""
