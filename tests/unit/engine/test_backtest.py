"""A backtest's figures: counted per rule, per term, per version; the same however it is split."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from alerts.engine.backtest import Item, Tally, terms_of, tried
from alerts.engine.backtest_report import BacktestReport, RuleRow, make_report
from alerts.engine.compiled import Rule
from alerts.engine.hygiene import Untidy, advise
from alerts.engine.intest import read_rules
from tests.unit.engine.building import NOW, event, folder, measure, rule_text

RULES = rule_text(
    "press: {text|query: China AND ($rare_earths NEAR/5 $licence_words) AND NOT rumour}\n"
    "noise: {title|query: opinion}\ncondition: press and not noise",
    "    exceptions:\n      - {fields: [issuer], values: [[AU]], reason: not ours}\n",
)
QUIET = (
    "  - {id: quiet, title: q, status: live, owner: desk, review_by: 2026-01-31, detection: {s: {text|query: tungsten}},\n"
    "     tests: [{name: a, event: {title: tungsten}, expect: match}, {name: b, event: {title: b}, expect: no_match}]}\n"
    "  - {id: trial, title: t, status: draft, detection: {s: {issuer: CN}}}\n"
    "  - {id: old, title: o, status: deprecated, detection: {s: {issuer: CN}}}\n"
)


def an_item(number: int, title: str, *measures: Any, days: int = 0, **labels: Any) -> Item:
    happened = event(title, id=f"i{number}", seen=NOW + timedelta(days=days))
    return Item(happened, measures, **labels)


ITEMS = [
    an_item(1, "China rare earth export licences", relevant=True, days=0),
    an_item(2, "China permit for REE plants", relevant=False, days=7),
    an_item(3, "China: rare earth permit", measure(), relevant=True, days=28),
    an_item(4, "Opinion: China rare earth licence", relevant=False, days=14),
    an_item(5, "Chile copper", relevant=True, days=3),
    an_item(6, "Australia, not China: rare earth licence", measure("AU"), relevant=False, days=3),
]


def rules_of(text: str) -> dict[str, Rule]:
    return read_rules(folder(text))


def tally(items: list[Item], text: str = RULES + QUIET, only: tuple[str, ...] = ()) -> Tally:
    compiled = tried(rules_of(text), only)
    found = Tally()
    for item in items:
        found.add(item, compiled)
    return found


def report(
    text: str = RULES + QUIET, other: Tally | None = None, items: list[Item] = ITEMS
) -> BacktestReport:
    run = tried(rules_of(text)).rules
    return make_report(tally(items, text), [rule.head.id for rule in run], terms_of(run), other)


def row(found: BacktestReport, name: str) -> RuleRow:
    return next(row for row in found.rules if row.rule == name)


def test_hits_a_week_samples_and_exceptions() -> None:
    found = report()
    assert (found.items, found.weeks) == (6, 4.0)
    assert [each.rule for each in found.rules] == ["r", "trial", "quiet"]
    r = row(found, "r")
    assert (r.hits, r.a_week, r.excepted) == (3, 0.75, 1)
    assert [item.id for item in r.samples] == ["i3", "i2", "i1"]
    assert row(found, "trial").hits == 1
    assert found.total.hits == 3


def test_precision_and_recall_come_from_labels() -> None:
    found = report()
    assert row(found, "r").precision == 0.667
    assert row(found, "r").recall is None
    assert (found.total.precision, found.total.recall) == (0.667, 0.667)
    named = [
        an_item(1, ITEMS[0].event.title, rules=frozenset({"r"})),
        an_item(2, "x", rules=frozenset({"r"})),
    ]
    r = row(report(items=named), "r")
    assert (r.precision, r.recall) == (1.0, 0.5)
    bare = [an_item(1, ITEMS[0].event.title)]
    assert (row(report(items=bare), "r").precision, report(items=bare).total.recall) == (None, None)


def test_terms_count_where_their_words_carried_the_match() -> None:
    terms = {(term.where, term.term): (term.matches, term.noise) for term in report().terms}
    assert terms["r", "China"] == (3, 1)
    assert terms["$rare_earths", "rare earth"] == (2, 0)
    assert terms["$rare_earths", "REE"] == (1, 1)
    assert terms["$licence_words", "permit"] == (2, 1)
    assert terms["quiet", "tungsten"] == (0, None)
    assert ("r", "rumour") not in terms
    assert ("r", "opinion") not in terms


def test_a_word_that_stands_too_far_off_took_no_part() -> None:
    far = "China rare earth licence and then a long way to go before anybody needs one more permit"
    terms = {(term.where, term.term): term.matches for term in report(items=[an_item(1, far)]).terms}
    assert (terms["$licence_words", "licen*"], terms["$licence_words", "permit"]) == (1, 0)


def test_versions_are_compared_item_by_item() -> None:
    narrow = RULES.replace("NEAR/5", "NEAR/1").replace("China AND", "(China OR Chile) AND")
    gone = QUIET.replace("id: trial", "id: earlier")
    items = [
        *ITEMS,
        an_item(7, "Chile: rare earth permit"),
        an_item(8, "China rare earth and other licences"),
    ]
    found = report(RULES + QUIET, tally(items, narrow + gone), items)
    change = row(found, "r").change
    assert change is not None
    assert [item.id for item in change.added_samples] == ["i8"]
    assert [item.id for item in change.lost_samples] == ["i7"]
    assert (change.added, change.lost) == (1, 1)
    earlier = row(found, "earlier")
    assert not earlier.known
    assert earlier.change is not None
    assert earlier.change.lost == 1


@pytest.mark.parametrize("cut", range(7))
def test_tallies_of_two_processes_make_the_tally_of_one(cut: int) -> None:
    whole, part = tally(ITEMS), tally(ITEMS[cut:])
    part.merge(tally(ITEMS[:cut]))
    assert part == whole


def test_items_without_dates_have_no_weeks() -> None:
    found = report(items=[an_item(1, ITEMS[0].event.title, dated=False)])
    assert found.weeks is None
    assert (row(found, "r").a_week, row(found, "r").samples[0].at) == (None, None)


def test_only_the_rule_asked_for_runs_whatever_its_status() -> None:
    assert [rule.head.id for rule in tried(rules_of(RULES + QUIET), ["old"]).rules] == ["old"]
    assert tally(ITEMS, only=("old",)).hits == {"old": {"i3"}}


def test_hygiene_names_silent_noisy_overdue_and_useless() -> None:
    counts = {"decided:quiet:opened": 2, "decided:quiet:repeated": 1, "decided:r:opened": 9, "polls": 3}
    found = advise(rules_of(RULES + QUIET), report(), counts, date(2026, 6, 1), 0.5)
    by_kind = {(advice.kind, advice.where, advice.term): advice for advice in found}
    silent = by_kind[Untidy.SILENT, "quiet", ""]
    assert silent.message == "no match among 6 item(s); matched in the ledger's time: opened 2, repeated 1"
    assert silent.owner == "desk"
    assert (
        by_kind[Untidy.NOISY, "r", ""].message == "0.75 matches a week, more than 0.5, 67% of them relevant"
    )
    assert "121 day(s) ago" in by_kind[Untidy.OVERDUE, "quiet", ""].message
    assert (Untidy.ONLY_NOISE, "$rare_earths", "REE") in by_kind
    assert (Untidy.NEVER_HIT, "quiet", "tungsten") in by_kind
    assert (Untidy.ONLY_NOISE, "r", "China") not in by_kind
    assert not [advice for advice in found if advice.where in ("trial", "old")]


def test_a_tidy_book_needs_no_advice() -> None:
    text = rule_text("sel: {text|query: China}")
    found = report(text, items=ITEMS)
    assert advise(rules_of(text), found, {}, date(2026, 1, 1), 20) == []
