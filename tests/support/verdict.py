"""The judge of a kill test: what was served against what was received. Pure.

- lost: a matching item's story that a receiver of its rule never got;
- two ids: a story that reached one receiver under more than one id;
- unmatched: what a receiver got although no live rule sends it there;
- duplicates: the same story at the same receiver again under the same id; allowed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.support.items import Planned, Trigger

Notice = tuple[str, str, str]
"""Code of the item, name of the receiver, id of the delivery."""

Expected = set[tuple[str, str]]
"""Code of the item, name of the receiver."""


@dataclass(slots=True)
class Verdict:
    """What a run found. ``ok`` decides; the rest is for people."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    items: int = 0
    repeats: int = 0
    expected: int = 0
    under_fire: int = 0
    """Notices received while processes were still being killed."""
    lost: list[tuple[str, str]] = field(default_factory=list)
    two_ids: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    unmatched: list[tuple[str, str]] = field(default_factory=list)
    duplicates: int = 0
    unsigned: int = 0
    drained: bool = False
    receiver_faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    drain_seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every invariant held."""
        return self.drained and not (self.lost or self.two_ids or self.unmatched or self.unsigned)

    def judge(self, expected: Expected, received: Iterable[Notice]) -> None:
        """Compare what should have come with what came."""
        ids: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for code, receiver, notice_id in received:
            ids[code, receiver][notice_id] += 1
        self.expected = len(expected)
        self.lost = sorted(expected - set(ids))
        self.unmatched = sorted(set(ids) - expected)
        self.two_ids = sorted((*key, tuple(sorted(seen))) for key, seen in ids.items() if len(seen) > 1)
        self.duplicates = sum(seen.total() - len(seen) for seen in ids.values())

    def lines(self) -> Iterator[str]:
        """Render the figures."""
        drained = "yes" if self.drained else "NO"
        yield f"seed                          {self.seed}"
        yield f"kills with SIGKILL            {self.kills.total()}  {_counts(self.kills)}"
        yield f"faults of receivers           {self.receiver_faults.total()}  {_counts(self.receiver_faults)}"
        yield f"items served                  {self.items}, of them repeats: {self.repeats}"
        yield f"notices due                   {self.expected}, received while killing: {self.under_fire}"
        yield f"lost                          {len(self.lost)}  {self.lost[:5] or ''}"
        yield f"two ids for one delivery      {len(self.two_ids)}  {self.two_ids[:5] or ''}"
        yield f"delivered, no rule matched    {len(self.unmatched)}  {self.unmatched[:5] or ''}"
        yield f"webhooks of wrong signature   {self.unsigned}"
        yield f"due indexes drained           {drained}, after {self.drain_seconds:.1f} s"
        yield f"duplicates under the same id  {self.duplicates} (allowed)"
        yield f"time                          {self.seconds:.0f} s"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())


def expected_of(planned: Iterable[Planned], receivers: Mapping[Trigger, tuple[str, ...]]) -> Expected:
    """Return which receiver should get which item; a repeat adds nothing to its first."""
    return {(one.code, name) for one in planned for name in receivers[one.trigger]}
