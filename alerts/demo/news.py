"""The bundled news: which feeds there are, and which item appears when.

Data: ``news.yaml`` beside this module. The items are in the order of their release.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from ruamel.yaml import YAML

from alerts.core.ids import content_hash
from alerts.demo.origin import FeedOrigin, Item

Expect = Literal["alert", "repeat", "nothing"]


@dataclass(frozen=True, slots=True)
class Release:
    """One item, the feed it appears in, and the pause in seconds before it does."""

    feed: str
    after: float
    expect: Expect
    item: Item


@dataclass(frozen=True, slots=True)
class News:
    """Feeds by name with their titles, and the releases in order."""

    feeds: dict[str, str]
    releases: tuple[Release, ...]

    def expected(self, what: Expect) -> int:
        """How many releases end so."""
        return sum(release.expect == what for release in self.releases)


def read_news() -> News:
    """Read the bundled news."""
    data = YAML(typ="safe").load(files("alerts.demo").joinpath("news.yaml").read_text("utf-8"))
    return News(
        feeds={feed["name"]: feed["title"] for feed in data["feeds"]},
        releases=tuple(_release(number, given) for number, given in enumerate(data["items"], 1)),
    )


def _release(number: int, given: dict[str, str]) -> Release:
    title, text = given["title"].strip(), " ".join(given["text"].split())
    guid = content_hash(title, text)
    link = f"https://{given['feed']}.example.org/news/{number}"
    expect: dict[str, Expect] = {"alert": "alert", "repeat": "repeat", "nothing": "nothing"}
    return Release(
        given["feed"], float(given["after"]), expect[given["expect"]], Item(guid, title, text, link)
    )


def open_feeds(news: News, origin: FeedOrigin) -> None:
    """Make the origin's feeds, still empty."""
    for name, title in news.feeds.items():
        origin.add(name, title)
