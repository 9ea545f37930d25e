"""What makes an item the same item on the next poll; pure.

A key is the publisher's guid, else the normalised link, else a hash of title and date. A
guid that stands on several items of one document gets its link appended. ``version`` hashes
what lasts of an item (title and text): not its link, whose tracking part changes, nor its
date, which publishers touch without changing a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from alerts.core.entry import Entry
from alerts.core.ids import content_hash, make_id

KEY_LIMIT = 512
_TRACKING = re.compile(
    r"^(?:utm_.*|at_.*|fbclid|gclid|mc_[ce]id|cmpid|cid|icid|ref|ref_src|rss|source|oc|ito|smid|partner|traffic_source)$"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One item as a parser found it: clean fields, and the publisher's guid if there is one."""

    guid: str | None
    title: str
    text: str
    url: str | None
    published: datetime | None
    publisher: str | None = None
    lang: str | None = None
    fleeting: bool = False
    """Guid and link are tokens that differ from fetch to fetch: headline and date identify it."""


def entries(items: Iterable[Item]) -> tuple[Entry, ...]:
    """Give each item its key and version; an item that repeats a key within the document goes."""
    listed = list(items)
    repeated = {guid for guid, count in Counter(item.guid for item in listed).items() if guid and count > 1}
    found: dict[str, Entry] = {}
    for item in listed:
        key = _key(item, item.guid in repeated)
        found.setdefault(key, _entry(item, key))
    return tuple(found.values())


def _entry(item: Item, key: str) -> Entry:
    return Entry(
        key=key,
        title=item.title,
        text=item.text,
        url=item.url,
        published=item.published,
        version=content_hash(item.title, item.text),
        publisher=item.publisher,
        lang=item.lang,
    )


def _key(item: Item, repeated: bool) -> str:
    link = normal_link(item.url) if item.url and not item.fleeting else ""
    if item.guid and not item.fleeting:
        key = f"{item.guid} {link}" if repeated and link else item.guid
    elif link:
        key = link
    else:
        date = item.published.isoformat() if item.published else ""
        key = make_id("item", same_words(item.title), date, "" if date else same_words(item.text[:500]))
    return key if len(key) <= KEY_LIMIT else make_id("key", key)


def web_link(base: str, link: str) -> str | None:
    """Give a link as a whole URL; None for what is no http(s) link (nobody shall click on others)."""
    try:
        whole = urljoin(base, link.strip())
        return whole if urlsplit(whole).scheme in ("http", "https") else None
    except ValueError:
        return None


def normal_link(url: str) -> str:
    """Write a link in one form: no scheme, default port, fragment, tracking or trailing slash."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    pairs = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.match(name.lower())
    )
    return urlunsplit(("", host + port, parts.path.rstrip("/"), urlencode(pairs), "")).removeprefix("//")


def same_words(text: str) -> str:
    """Write a text so that case, blanks and width forms make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
