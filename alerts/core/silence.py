"""A silence: alerts that nobody is told of for a while, by whom and why. It always ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.core.frozen import Frozen
from alerts.core.ids import make_id
from alerts.core.matcher import Facts, parse_matcher

LONGEST = timedelta(days=366)
"""How long a silence may be: what is to be quiet for ever belongs into a rule or a route."""


class Silence(Frozen):
    """Holds for alerts for which every matcher does, from ``begins`` until before ``ends``."""

    id: str
    matchers: tuple[str, ...]
    author: str
    comment: str
    created: datetime
    begins: datetime
    ends: datetime

    def active(self, now: datetime) -> bool:
        """Whether it holds at a time."""
        return self.begins <= now < self.ends

    def holds(self, facts: Facts, now: datetime) -> bool:
        """Whether an alert with these facts is silenced by it at a time."""
        return self.active(now) and all(parse_matcher(each).holds(facts) for each in self.matchers)


@dataclass(frozen=True, slots=True)
class Silences:
    """Every silence that is kept, as of a version."""

    kept: tuple[Silence, ...] = ()
    version: int = 0


NO_SILENCES = Silences()


def make_silence(
    matchers: tuple[str, ...], author: str, comment: str, now: datetime, begins: datetime, ends: datetime
) -> Silence:
    """Make a silence; raise ValueError where it would silence everything, nothing, or for ever."""
    if not matchers:
        raise ValueError("a silence needs a matcher at least: without one it would silence everything")
    if not comment.strip():
        raise ValueError("a silence needs a comment: whoever misses an alert will ask why")
    if ends <= max(begins, now):
        raise ValueError("it would end before it begins, or is over already")
    if ends - begins > LONGEST:
        raise ValueError(f"it would be longer than {LONGEST.days} days: mend the rule or the route instead")
    return Silence(
        id=make_id("sil", *matchers, author, comment, now.isoformat(), ends.isoformat()),
        matchers=matchers,
        author=author,
        comment=comment.strip(),
        created=now,
        begins=begins,
        ends=ends,
    )
