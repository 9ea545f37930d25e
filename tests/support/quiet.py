"""Feeds that fall silent and speak again: what an absence rule watches in the kill test.

A feed says one item and no more until a receiver has taken the notice of its silence; then it
says the next. So every item but a feed's last ends a silence, and each is the last word before
one that must be told. A steady feed beside them is never silent for as long as the rule's timespan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from alerts.core.alert import AlertType
from alerts.demo.origin import Item
from tests.support.verdict import Expected, subject_of

QUIET = ("hill", "lake", "moor")
STEADY = "river"
TIMESPAN = "1m"
"""The shortest that a rule may ask for; the steady feed speaks several times as often."""

RECEIVER = "quiet-hook"
_FIRST = 90_000
"""Codes from here on are these feeds'; those of the other items count from one."""


class Quiet:
    """What each of the feeds has said: codes, oldest first."""

    def __init__(self) -> None:
        self.said: dict[str, list[str]] = defaultdict(list)
        self._numbers = count(_FIRST)

    def next_item(self, feed: str) -> Item:
        """Make a feed's next item, and note that it was said."""
        number = next(self._numbers)
        code = f"TX{number:05d}"
        self.said[feed].append(code)
        words = " ".join(f"{feed}{number * step}" for step in range(7919, 7959))
        return Item(f"quiet-{number}", f"{code} notice", words, f"https://quiet.example/{number}")

    def silence(self, feed: str) -> tuple[str, str]:
        """What the receiver must be told of the feed's latest silence."""
        return self.said[feed][-1], RECEIVER

    def expected(self) -> Expected:
        """Everything that must be told: a silence after each item, and its end by the next."""
        return set(self._expected())

    def _expected(self) -> Iterator[tuple[str, str]]:
        for feed in QUIET:
            yield from ((code, RECEIVER) for code in self.said[feed])
            yield from ((subject_of(code, AlertType.RESOLVED), RECEIVER) for code in self.said[feed][1:])
