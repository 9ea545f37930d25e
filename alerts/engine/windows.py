"""Counting towards a correlation: a window and one more member, to whether it holds now. Pure.

A correlation *holds* at a time if the members of the timespan up to it reach its count. It
*begins* to hold where it did not before: that is told. While it goes on holding it is the same
occurrence, and once it has ceased the next one is told anew.

Invariant: the outcome follows the times of publication, not the order of arrival, for whatever
arrives no later than one timespan after the newest member. For that, members of three
timespans are kept: those that a late one may meet, and those that tell whether it held before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, takewhile

from alerts.core.correlation import Correlation, CorrelationType, Member, Window

MOST_MEMBERS = 256
"""Members a window keeps; of more, the oldest of the value that comes most often goes."""
KEPT_TIMESPANS = 3


@dataclass(frozen=True, slots=True)
class Count:
    """What one more member comes to.

    ``window`` is as it shall be; ``counted`` tells whether the member is new to it, ``late``
    whether it came too late, ``holds`` whether the correlation holds with it, ``begins`` whether
    it did not before. ``members`` are those of the timespan that decides, ``reached`` is what
    they count to.
    """

    window: Window
    counted: bool
    late: bool
    holds: bool
    begins: bool
    reached: int
    members: tuple[Member, ...]


def count(correlation: Correlation, window: Window, member: Member) -> Count:
    """Count a member; one that comes too late, or was counted before, leaves the window as it is."""
    newest = window.newest
    before = window.members
    late = newest is not None and member.at < newest - correlation.timespan
    after = before if late else _with(before, member)
    if after == before:
        shown = _span(correlation, before, member.at)
        return Count(window, False, late, False, False, reached(correlation, shown), shown)
    since = next(each.at for each in after if each.item == member.item)
    at = _first_held(correlation, after, since)
    shown = _span(correlation, after, since if at is None else at)
    begins = at is not None and (window.told is None or not _held_before(correlation, before, after, at))
    kept = _bounded(correlation, after)
    changed = window.model_copy(update={"members": kept, "version": window.version + 1})
    return Count(changed, True, False, at is not None, begins, reached(correlation, shown), shown)


def reached(correlation: Correlation, members: Sequence[Member]) -> int:
    """What members count to: distinct values; of rules in order, how many of them in a row."""
    if correlation.type is not CorrelationType.TEMPORAL_ORDERED:
        return len({value for member in members for value in member.values})
    done = 0
    for at in sorted({member.at for member in members}):
        values = {value for member in members if member.at == at for value in member.values}
        while done < len(correlation.rules) and correlation.rules[done] in values:
            done += 1
    return done


def holds_at(correlation: Correlation, members: Sequence[Member], at: datetime) -> bool:
    """Whether the members of the timespan that ends at a time reach the count."""
    return reached(correlation, _span(correlation, members, at)) >= correlation.least


def _span(correlation: Correlation, members: Sequence[Member], end: datetime) -> tuple[Member, ...]:
    begin = end - correlation.timespan
    return tuple(member for member in members if begin <= member.at <= end)


def _with(members: tuple[Member, ...], member: Member) -> tuple[Member, ...]:
    """Members with one more; an item that is among them only adds what it did not have."""
    known = next((each for each in members if each.item == member.item), None)
    if known is None:
        return tuple(sorted((*members, member), key=lambda each: (each.at, each.item)))
    values = tuple(dict.fromkeys((*known.values, *member.values)))
    return tuple(
        each.model_copy(update={"values": values}) if each is known and values != known.values else each
        for each in members
    )


def _first_held(correlation: Correlation, members: Sequence[Member], at: datetime) -> datetime | None:
    """The first time at which it holds with a member of time ``at`` in the span."""
    times = sorted({each.at for each in members if at <= each.at <= at + correlation.timespan})
    return next((time for time in times if holds_at(correlation, members, time)), None)


def _held_before(
    correlation: Correlation, before: Sequence[Member], after: Sequence[Member], at: datetime
) -> bool:
    """Whether the occurrence around ``at`` had begun without the new member."""
    if holds_at(correlation, before, at):
        return True
    times = sorted({each.at for each in after})
    here = times.index(at)
    earlier = pairwise(reversed(times[: here + 1]))
    for _, one in takewhile(lambda pair: _goes_on(correlation, after, pair[1], pair[0]), earlier):
        if holds_at(correlation, before, one):
            return True
    later = pairwise(times[here:])
    return any(
        holds_at(correlation, before, following)
        for _, following in takewhile(lambda pair: _goes_on(correlation, after, *pair), later)
    )


def _goes_on(correlation: Correlation, members: Sequence[Member], one: datetime, following: datetime) -> bool:
    """Whether it holds at one time, and has not ceased just before the following."""
    left = [each for each in _span(correlation, members, following) if each.at <= one]
    return holds_at(correlation, members, one) and reached(correlation, left) >= correlation.least


def _bounded(correlation: Correlation, members: tuple[Member, ...]) -> tuple[Member, ...]:
    oldest = members[-1].at - KEPT_TIMESPANS * correlation.timespan
    kept = [member for member in members if member.at >= oldest]
    while len(kept) > MOST_MEMBERS:
        often = Counter(member.values for member in kept).most_common(1)[0][0]
        kept.remove(next(member for member in kept if member.values == often))
    return tuple(kept)
