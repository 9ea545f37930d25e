"""Items that come through a news search or a syndicator, as their publisher wrote them; pure.

A Google News item is titled "Headline - Publisher" (sometimes with the publisher twice, or
its domain in one fetch and its name in the next) and described by nothing but a link around
the headline and the publisher in grey. Its guid and link are tokens that differ between
fetches. So the publisher goes to a field of its own and the title keeps the headline:
a rule's ``title`` matches what was written, the same story under two outlets has one
headline, and the item's identity, headline and date, survives the next fetch.

Elsewhere only a publisher that the item itself confirms, by ``<source>``, is cut from the
title: "Opinion - Reuters" may well be a headline.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from alerts.sources.identity import same_words

_SEARCHES = frozenset({"news.google.com"})


@dataclass(frozen=True, slots=True)
class Published:
    """An item's fields as its publisher wrote them; ``fleeting`` where guid and link are no identity."""

    title: str
    text: str
    publisher: str | None
    fleeting: bool


def as_published(title: str, text: str, source: tuple[str, str], link: str) -> Published:
    """Part the publisher from the headline. ``source`` is the name and URL in ``<source>``."""
    searched = _host(link) in _SEARCHES
    name = source[0] or (_named_in(title, text) if searched else "")
    headline = _without(title, name, _host(source[1])) if name else title
    bare = searched or _repeats(text, headline, name) or _repeats(text, title, name)
    return Published(headline, "" if bare else text, name or None, searched)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _named_in(title: str, text: str) -> str:
    """Find the publisher: at the end of title and description, else after the title's last dash."""
    parts, said = title.split(" - "), same_words(text[:2000])
    for start in range(1, len(parts)):
        tail = " - ".join(parts[start:])
        if said.endswith(same_words(tail)):
            return tail
    return parts[-1] if len(parts) > 1 else ""


def _without(title: str, *names: str) -> str:
    shorter = title
    for _ in range(2):  # the publisher may stand there twice
        for tail in (dash + name for name in names if name for dash in (" - ", " | ", " – ")):
            if shorter[-len(tail) :].casefold() == tail.casefold() and len(shorter) > len(tail):
                shorter = shorter[: -len(tail)].rstrip()
    return shorter


def _repeats(text: str, title: str, name: str) -> bool:
    if len(text) > len(title) + len(name) + 40:
        return False
    return same_words(text) in {
        same_words(title),
        same_words(f"{title} {name}"),
        same_words(f"{title}{name}"),
    }
