"""A backtest's report, read off its tallies: rules, differences to another version, terms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from alerts.engine.backtest import Seen, Tally, TermKey

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Change:
    """What this version matches and the other did not, and the other way round."""

    added: int
    lost: int
    added_samples: tuple[Seen, ...]
    lost_samples: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule's part of the report; figures that need labels are None without them."""

    rule: str
    hits: int
    a_week: float | None
    excepted: int
    precision: float | None
    recall: float | None
    samples: tuple[Seen, ...]
    change: Change | None
    known: bool = True
    """Whether this version has the rule at all; the other may have had one that is gone."""


@dataclass(frozen=True, slots=True)
class TermRow:
    """One term's part: matches it took part in, and how many of those were noise."""

    where: str
    term: str
    matches: int
    noise: int | None


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """The whole report. ``total`` counts items that any rule matched."""

    items: int
    weeks: float | None
    total: RuleRow
    rules: tuple[RuleRow, ...]
    terms: tuple[TermRow, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


def make_report(
    tally: Tally, names: Iterable[str], terms: Iterable[TermKey], other: Tally | None = None
) -> BacktestReport:
    """Read the report off; ``names`` and ``terms`` are those of this version's rules."""
    known = dict.fromkeys(names)
    gone = sorted(set(other.hits) - set(known)) if other is not None else []
    rows = [_rule_row(name, tally, other, known=name in known) for name in (*known, *gone)]
    return BacktestReport(
        tally.items,
        None if tally.weeks is None else round(tally.weeks, 2),
        _total(tally, other),
        tuple(sorted(rows, key=lambda row: (-row.hits, row.rule))),
        _term_rows(tally, terms),
    )


def _rule_row(name: str, tally: Tally, other: Tally | None, *, known: bool) -> RuleRow:
    hits = tally.hits.get(name, set())
    expected = tally.expected.get(name)
    right = len(hits & expected) if expected is not None else None
    return RuleRow(
        name,
        len(hits),
        _a_week(hits, tally),
        tally.excepted.get(name, 0),
        _share(right, len(hits)) if right is not None else _precision(hits, tally),
        _share(right, len(expected)) if right is not None and expected is not None else None,
        _samples(hits, tally),
        None if other is None else _change(hits, tally, other.hits.get(name, set()), other),
        known,
    )


def _total(tally: Tally, other: Tally | None) -> RuleRow:
    hits = set(tally.seen)
    right = sum(item.relevant is True for item in tally.seen.values())
    return RuleRow(
        "any rule",
        len(hits),
        _a_week(hits, tally),
        sum(tally.excepted.values()),
        _precision(hits, tally),
        _share(right, tally.relevant) if tally.relevant else None,
        _samples(hits, tally),
        None if other is None else _change(hits, tally, set(other.seen), other),
    )


def _a_week(hits: set[str], tally: Tally) -> float | None:
    return None if tally.weeks is None else round(len(hits) / tally.weeks, 2)


def _precision(hits: set[str], tally: Tally) -> float | None:
    labels = [label for name in hits if (label := tally.seen[name].relevant) is not None]
    return _share(sum(labels), len(labels)) if labels else None


def _share(part: int | None, whole: int) -> float | None:
    return None if part is None or not whole else round(part / whole, 3)


def _samples(ids: Iterable[str], tally: Tally) -> tuple[Seen, ...]:
    """The newest first; those without a date last."""
    found = sorted((tally.seen[name] for name in ids), key=lambda item: item.id)
    found.sort(key=lambda item: item.at.timestamp() if item.at is not None else 0.0, reverse=True)
    return tuple(found[:SAMPLES])


def _change(hits: set[str], tally: Tally, before: set[str], other: Tally) -> Change:
    added, lost = hits - before, before - hits
    return Change(len(added), len(lost), _samples(added, tally), _samples(lost, other))


def _term_rows(tally: Tally, terms: Iterable[TermKey]) -> tuple[TermRow, ...]:
    rows = []
    for key in {*terms, *tally.terms}:
        found = tally.terms.get(key)
        noise = found.noise if found is not None and found.labelled else None
        rows.append(TermRow(*key, found.matches if found is not None else 0, noise))
    return tuple(sorted(rows, key=lambda row: (-(row.noise or 0), -row.matches, row.where, row.term)))
