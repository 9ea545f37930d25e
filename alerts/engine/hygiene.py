"""What to tidy among rules that work: judged by what they did with past items, and by dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from alerts.engine.backtest_report import BacktestReport, RuleRow, TermRow
from alerts.engine.compiled import Rule
from alerts.engine.correlation import CorrelationRule


class Untidy(StrEnum):
    """What may be untidy about a rule or a term."""

    SILENT = "silent"
    NOISY = "noisy"
    OVERDUE = "overdue"
    ONLY_NOISE = "only_noise"
    NEVER_HIT = "never_hit"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to tidy: ``where`` is the rule or `$list`, ``term`` the term if it is about one."""

    kind: Untidy
    where: str
    term: str
    owner: str
    message: str


def advise(
    rules: Mapping[str, Rule | CorrelationRule],
    report: BacktestReport,
    counts: Mapping[str, int],
    today: date,
    noisy_above: float,
) -> list[Advice]:
    """Return what to tidy: rules first, then terms. ``counts`` are the ledger's, by name."""
    rows = {row.rule: row for row in report.rules}
    found: list[Advice] = []
    for name, rule in rules.items():
        row = rows.get(name)
        if row is not None and rule.head.status.evaluated:
            found += _of_matches(rule, row, report, counts, noisy_above)
        review = rule.head.review_by
        if review is not None and review < today:
            days = (today - review).days
            message = f"was to be reviewed by {review}, {days} day(s) ago"
            found.append(Advice(Untidy.OVERDUE, name, "", rule.head.owner, message))
    found += [advice for term in report.terms if (advice := _of_term(term, rules)) is not None]
    order = list(Untidy)
    return sorted(found, key=lambda advice: (order.index(advice.kind), advice.where, advice.term))


def _of_matches(
    rule: Rule | CorrelationRule,
    row: RuleRow,
    report: BacktestReport,
    counts: Mapping[str, int],
    noisy_above: float,
) -> list[Advice]:
    head = rule.head
    if not row.hits:
        decided = _decided(head.id, counts)
        ever = f"; matched in the ledger's time: {decided}" if decided else ""
        message = f"no match among {report.items} item(s){ever}"
        return [Advice(Untidy.SILENT, head.id, "", head.owner, message)]
    if row.a_week is None or row.a_week <= noisy_above:
        return []
    precision = "" if row.precision is None else f", {row.precision:.0%} of them relevant"
    message = f"{row.a_week:g} matches a week, more than {noisy_above:g}{precision}"
    return [Advice(Untidy.NOISY, head.id, "", head.owner, message)]


def _decided(rule_id: str, counts: Mapping[str, int]) -> str:
    """Return what became of the rule's matches so far: ``opened 3, repeated 5``."""
    mark = f"decided:{rule_id}:"
    found = {name.removeprefix(mark): count for name, count in counts.items() if name.startswith(mark)}
    return ", ".join(f"{reason} {count}" for reason, count in sorted(found.items()) if count)


def _of_term(row: TermRow, rules: Mapping[str, Rule | CorrelationRule]) -> Advice | None:
    owner = rules[row.where].head.owner if row.where in rules else ""
    if not row.matches:
        return Advice(Untidy.NEVER_HIT, row.where, row.term, owner, "took part in no match")
    if row.noise == row.matches:
        message = f"took part in {row.matches} match(es), all irrelevant"
        return Advice(Untidy.ONLY_NOISE, row.where, row.term, owner, message)
    return None
