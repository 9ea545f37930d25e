"""Compiled text queries: plans that hold or do not, and say which words they hold on.

A plan answers two questions of a text view: ``holds``, and ``mark`` or ``words`` (on what). Plans
that have a position answer ``spans`` too. Matcher and explain ask the same plans, so the
two cannot disagree. What a plan finds is kept in the view, so that a list, an OR or a NEAR
that a hundred rules share is looked up once a text.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import chain
from typing import Protocol, runtime_checkable

from alerts.engine.query_terms import MAX_SPANS, Terms, bounded
from alerts.engine.tokens import GAP, Span, TextView


class Plan(Protocol):
    """A compiled query or a part of one."""

    def holds(self, view: TextView) -> bool:
        """Whether the text satisfies it."""
        ...

    def mark(self, view: TextView, found: set[Span]) -> None:
        """Add the words it holds on; none where it does not hold."""
        ...

    def words(self, view: TextView) -> list[Span]:
        """Return the words it holds on, ordered."""
        ...


class _Marking:
    """The words of a plan, ordered: sorted once, however deep the query is."""

    __slots__ = ()

    def words(self: Plan, view: TextView) -> list[Span]:
        """Return the words it holds on, ordered."""
        found: set[Span] = set()
        self.mark(view, found)
        return sorted(found)


@runtime_checkable
class Located(Plan, Protocol):
    """A plan whose findings have positions: it may stand in NEAR and atleastN."""

    @property
    def longest(self) -> int:
        """How many words one finding covers at most."""
        ...

    def spans(self, view: TextView) -> list[Span]:
        """Every finding, ordered."""
        ...


@dataclass(frozen=True, slots=True)
class Near(_Marking):
    """Two plans with at most ``distance`` words between."""

    left: Located
    right: Located
    distance: int
    ordered: bool

    @property
    def longest(self) -> int:
        """How many words both cover at most, with what stands between."""
        return self.left.longest + self.distance + self.right.longest

    def spans(self, view: TextView) -> list[Span]:
        """Every pair that is near enough, as the span that covers both."""
        known = view.spans.get(id(self))
        if known is None:
            spans = {(min(a[0], b[0]), max(a[1], b[1])) for a, b in self.pairs(view)}
            known = view.spans[id(self)] = bounded(spans)
        return known

    def pairs(self, view: TextView) -> list[tuple[Span, Span]]:
        """Every pair that is near enough. Overlapping words are one place, not a pair."""
        known = view.pairs.get(id(self))
        if known is None:
            left = self.left.spans(view)
            right = self.right.spans(view) if left else []
            known = view.pairs[id(self)] = self._search(left, right) if right else []
        return known

    def _search(self, left: list[Span], right: list[Span]) -> list[tuple[Span, Span]]:
        """Walk along both sides, passing over what stands too far from anything of the other."""
        allowed = min(self.distance, GAP - 1)
        reach, back = self.right.longest + allowed, self.left.longest + allowed
        found: list[tuple[Span, Span]] = []
        at = low = 0
        while at < len(left) and len(found) <= MAX_SPANS:
            start, end = left[at]
            low = bisect_left(right, (start - reach, 0), low)
            if low == len(right):
                break
            if right[low][0] > end + allowed:
                at = bisect_left(left, (right[low][0] - back, 0), at + 1)
                continue
            for index in range(low, len(right)):
                first, last = right[index]
                if first > end + allowed:
                    break
                if first >= end or (not self.ordered and last <= start <= last + allowed):
                    found.append((left[at], right[index]))
            at += 1
        return found

    def nearest(self, view: TextView) -> tuple[int, Span, Span] | None:
        """Return the pair with the fewest words between, whether near enough or not."""
        left, right = self.left.spans(view)[:256], self.right.spans(view)[:256]
        pairs = ((gap(a, b, self.ordered), a, b) for a in left for b in right)
        known = [(between, a, b) for between, a, b in pairs if between is not None]
        return min(known, default=None)

    def holds(self, view: TextView) -> bool:
        """Whether one pair is near enough."""
        return bool(self.pairs(view))

    def mark(self, view: TextView, found: set[Span]) -> None:
        """Add the words of every pair, without what stands between."""
        pairs = self.pairs(view)
        if isinstance(self.left, Terms) and isinstance(self.right, Terms):
            found.update(chain.from_iterable(pairs))
        else:
            _mark_within(self.left, {a for a, _ in pairs}, view, found)
            _mark_within(self.right, {b for _, b in pairs}, view, found)


@dataclass(frozen=True, slots=True)
class AnyOf(_Marking):
    """OR."""

    children: tuple[Plan, ...]

    def holds(self, view: TextView) -> bool:
        """Whether one child holds."""
        for child in self.children:  # noqa: SIM110 - the innermost loop: a generator costs as much again
            if child.holds(view):
                return True
        return False

    def mark(self, view: TextView, found: set[Span]) -> None:
        """Add the words of every child that holds."""
        for child in self.children:
            child.mark(view, found)


@dataclass(frozen=True, slots=True)
class AnyOfLocated(AnyOf):
    """OR of plans that have positions."""

    located: tuple[Located, ...] = ()

    @property
    def longest(self) -> int:
        """How many words the longest child covers."""
        return max(child.longest for child in self.located)

    def spans(self, view: TextView) -> list[Span]:
        """Every finding of every child."""
        known = view.spans.get(id(self))
        if known is None:
            spans = {span for child in self.located for span in child.spans(view)}
            known = view.spans[id(self)] = bounded(spans)
        return known


@dataclass(frozen=True, slots=True)
class AllOf(_Marking):
    """AND."""

    children: tuple[Plan, ...]

    def holds(self, view: TextView) -> bool:
        """Whether every child holds."""
        for child in self.children:  # noqa: SIM110 - as in AnyOf
            if not child.holds(view):
                return False
        return True

    def mark(self, view: TextView, found: set[Span]) -> None:
        """Add the words of every child, where all hold."""
        if self.holds(view):
            for child in self.children:
                child.mark(view, found)


@dataclass(frozen=True, slots=True)
class Without(_Marking):
    """NOT."""

    child: Plan

    def holds(self, view: TextView) -> bool:
        """Whether the child does not hold."""
        return not self.child.holds(view)

    def mark(self, view: TextView, found: set[Span]) -> None:
        """Nothing: an absence has no words."""


@dataclass(frozen=True, slots=True)
class AtLeast(_Marking):
    """N occurrences that do not overlap, or more."""

    count: int
    child: Located

    def occurrences(self, view: TextView) -> list[Span]:
        """Return the occurrences, the one that ends first before what it overlaps."""
        taken: list[Span] = []
        for span in sorted(self.child.spans(view), key=lambda span: (span[1], -span[0])):
            if not taken or span[0] >= taken[-1][1]:
                taken.append(span)
        return taken

    def holds(self, view: TextView) -> bool:
        """Whether there are enough."""
        return len(self.occurrences(view)) >= self.count

    def mark(self, view: TextView, found: set[Span]) -> None:
        """All occurrences, where there are enough."""
        occurrences = self.occurrences(view)
        if len(occurrences) >= self.count:
            found.update(occurrences)


@dataclass(frozen=True, slots=True)
class InTitle(_Marking):
    """A query of the title, whatever field the rest looks at."""

    child: Plan

    def holds(self, view: TextView) -> bool:
        """Whether the title satisfies it."""
        return self.child.holds(view.title)

    def mark(self, view: TextView, found: set[Span]) -> None:
        """Words of the title; they have the same positions in title and body together."""
        if view.segments[0].field == "title":
            self.child.mark(view.title, found)


@dataclass(frozen=True, slots=True)
class InFirst(_Marking):
    """A query of the first N words."""

    count: int
    child: Plan

    def holds(self, view: TextView) -> bool:
        """Whether the first words satisfy it."""
        return self.child.holds(view.first(self.count))

    def mark(self, view: TextView, found: set[Span]) -> None:
        """Words among the first; positions are those of the whole."""
        self.child.mark(view.first(self.count), found)


def gap(a: Span, b: Span, ordered: bool) -> int | None:
    """Return the words between two spans.

    None where they overlap, stand in the wrong order, or the title's end lies between.
    """
    if b[0] >= a[1]:
        between = b[0] - a[1]
    elif a[0] >= b[1] and not ordered:
        between = a[0] - b[1]
    else:
        return None
    return between if between < GAP else None


def _mark_within(plan: Located, spans: set[Span], view: TextView, found: set[Span]) -> None:
    """Add the words of a nested NEAR or OR within some spans; a term's span is its words."""
    if isinstance(plan, Terms):
        found |= spans
        return
    words = view.marks.get(id(plan))
    if words is None:
        words = view.marks[id(plan)] = plan.words(view)
    for start, end in spans:
        inside = words[bisect_left(words, (start, 0)) : bisect_left(words, (end, 0))]
        found.update(word for word in inside if word[1] <= end)
