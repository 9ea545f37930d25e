"""The judge of a kill test: what was served against what was received. Pure.

- lost: a matching item's story that a receiver of its rule never got;
- two ids: a story that reached one receiver under more than one id;
- unmatched: what a receiver got although no live rule sends it there;
- duplicates: the same story at the same receiver again under the same id; allowed.

A correlation's groups (a story's third report, a silence and its end) are judged alike, each by its
last item's code: opened exactly once means that its receiver has it, under one id. A group that
falls short, or a feed that was never silent, must not be told at all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from alerts.core.alert import AlertType
from tests.support.items import Planned, Trigger

Notice = tuple[str, str, str]
"""What it tells (see ``subject_of``), name of the receiver, id of the delivery."""

Expected = set[tuple[str, str]]
"""What is to be told, name of the receiver."""


def subject_of(code: str, kind: str) -> str:
    """What a notice tells: an item's code, and the notice's kind where that is not the usual one."""
    return code if kind == AlertType.OPENED else f"{code} {kind}"


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
    groups: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of each receiver of correlations: groups that were due, and those that were opened exactly once."""
    drained: bool = False
    receiver_faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    drain_seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every invariant held."""
        return self.drained and not (self.lost or self.two_ids or self.unmatched or self.unsigned)

    def judge(self, expected: Expected, received: Iterable[Notice], counted: Iterable[str] = ()) -> None:
        """Compare what should have come with what came; ``counted`` are correlations' receivers."""
        ids: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for code, receiver, notice_id in received:
            ids[code, receiver][notice_id] += 1
        self.expected = len(expected)
        self.lost = sorted(expected - set(ids))
        self.unmatched = sorted(set(ids) - expected)
        self.two_ids = sorted((*key, tuple(sorted(seen))) for key, seen in ids.items() if len(seen) > 1)
        self.duplicates = sum(seen.total() - len(seen) for seen in ids.values())
        for name in counted:
            due = [key for key in expected if key[1] == name]
            self.groups[name] = len(due), sum(len(ids[key]) == 1 for key in due if key in ids)

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
        for name, (due, once) in self.groups.items():
            yield f"groups of {name:<20}{due} due, {once} opened exactly once"
        yield f"webhooks of wrong signature   {self.unsigned}"
        yield f"due indexes drained           {drained}, after {self.drain_seconds:.1f} s"
        yield f"duplicates under the same id  {self.duplicates} (allowed)"
        yield f"time                          {self.seconds:.0f} s"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())


def expected_of(
    planned: Sequence[Planned],
    receivers: Mapping[Trigger, tuple[str, ...]],
    least: Mapping[Trigger, int],
) -> Expected:
    """Return which receiver should get which item, once it was told ``least`` (else one) times.

    A further repeat adds nothing.
    """
    reports = Counter(one.code for one in planned)
    due = (one for one in planned if reports[one.code] >= least.get(one.trigger, 1))
    return {(one.code, name) for one in due for name in receivers[one.trigger]}
