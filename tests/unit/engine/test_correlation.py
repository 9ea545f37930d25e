"""Correlation rules as files: what they count by, how they are explained, replayed and tidied."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from alerts.core.correlation import CorrelationType
from alerts.core.errors import ConfigError
from alerts.engine.backtest import Item, Tally, correlate, terms_of, tried
from alerts.engine.backtest_report import make_report
from alerts.engine.explaining import explain_text
from alerts.engine.grouping import MOST_GROUPS
from alerts.engine.hygiene import Untidy, advise
from alerts.engine.intest import coverage, read_loaded, run_tests
from alerts.engine.loading import lint, load
from alerts.engine.replay import plain_stories
from tests.unit.engine.building import NOW, event, folder, measure

BASES = """rules:
  - {id: report, title: A report, status: shadow, detection: {sel: {measure: export_licensing}}}
  - {id: trial, title: A trial, status: draft, detection: {sel: {issuer: CN}}}
"""
SECOND = """  - id: second
    title: A second publisher
    status: shadow
    correlation:
      type: value_count
      rules: [report]
      group_by: [issuer, commodity]
      timespan: 48h
      condition: {field: source.publisher, gte: 2}
    tests:
      - name: two
        events:
          - {at: 2026-06-02T12:00:00Z, title: later, source: {publisher: B}, measures: [{issuer: CN, measure: export_licensing, commodity: neodymium}]}
          - {at: 2026-06-01T12:00:00Z, title: first, source: {publisher: A}, measures: [{issuer: CN, measure: export_licensing, commodity: rare_earths}]}
        expect: match
      - name: nobody acts
        events: [{at: 2026-06-01T12:00:00Z, measures: [{measure: export_licensing, commodity: gallium}]}]
        expect: no_match
"""
SILENT = """  - id: silent
    title: The list is silent
    status: shadow
    correlation: {type: absence, sources: [s], rules: [report], timespan: 10d}
"""
FILES = folder(BASES + SECOND + SILENT)


def block(text: str) -> str:
    """A shadow correlation rule with a block in flow style."""
    return f"  - {{id: x, title: x, status: shadow, correlation: {{{text}}}}}\n"


@pytest.mark.parametrize(
    ("text", "least", "group_by"),
    [
        ("type: event_count, rules: report, timespan: 1m, condition: {gt: 4}", 5, ()),
        ("type: temporal, rules: [report, second], group_by: story, timespan: 90d", 2, ("story",)),
        ("type: temporal, rules: [report, second, y], timespan: 2d, condition: {gte: 2}", 2, ()),
        ("type: temporal_ordered, rules: [report, second], timespan: 1h30m", 2, ()),
        ("type: absence, sources: s, group_by: source.id, timespan: 366d", 1, ("source.id",)),
        ("type: value_count, rules: report, timespan: 2d, condition: {field: story, gte: 100}", 100, ()),
    ],
)
def test_blocks_as_people_write_them(text: str, least: int, group_by: tuple[str, ...]) -> None:
    other = "  - {id: y, title: y, status: shadow, detection: {sel: {issuer: JP}}}\n"
    files = folder(BASES + SECOND + other + block(text))
    assert [str(problem) for problem in lint(files)] == []
    (rule,) = [rule for rule in load(files).rules.correlations if rule.head.id == "x"]
    assert (rule.correlation.least, rule.correlation.group_by) == (least, group_by)


def test_what_can_be_wrong_is_told_all_at_once() -> None:
    text = (
        "type: value_count, rules: [reprot, trial], sources: [q], group_by: [isuer, text], timespan: 1y,"
        " condition: {field: sorce.publisher, gte: 1}, timspan: 1h"
    )
    found = sorted((problem.code, problem.remedy) for problem in lint(folder(BASES + block(text))))
    assert [code for code, _ in found] == [
        "correlation-condition",
        "correlation-group",
        "correlation-parts",
        "correlation-timespan",
        "dead-base",
        "unknown-field",
        "unknown-field",
        "unknown-key",
        "unknown-rule",
        "unknown-source",
    ]
    remedies = {remedy for _, remedy in found}
    for word in ("issuer", "source.publisher", "timespan", "report"):
        assert f"did you mean `{word}`?" in remedies


def test_rules_of_a_correlation_are_never_swallowed_and_it_counts_as_a_rule() -> None:
    same = "  - {id: copy, title: c, status: shadow, detection: {sel: {measure: export_licensing}}}\n"
    assert [p.code for p in lint(folder(BASES + same))] == ["swallowed-rule"]
    assert [p.code for p in lint(folder(BASES + same + SECOND.replace("[report]", "[report, copy]")))] == []
    assert len(load(FILES).rules) == 3


def test_groups_are_bounded_and_take_every_value() -> None:
    (rule,) = [rule for rule in load(FILES).rules.correlations if rule.head.id == "second"]
    many = measure(commodities=("gallium", "nickel", "neodymium", "rare_earth_magnets"))
    groups = rule.groups(event(), many, "")
    assert groups == [("CN", "gallium"), ("CN", "nickel"), ("CN", "rare_earths")]
    assert rule.lacking(event(), measure(issuer=None, commodities=())) == ["issuer", "commodity"]
    targets = tuple(f"T{number}" for number in range(99))
    wide = load(folder(BASES + SECOND.replace("[issuer, commodity]", "target"))).rules.correlations[0]
    assert len(wide.groups(event(), measure(targets=targets), "")) == MOST_GROUPS


def test_the_tests_in_the_file_run_whatever_their_order_and_cover_the_bases() -> None:
    results = run_tests(FILES)
    assert [(result.name, result.passed) for result in results] == [("two", True), ("nobody acts", True)]
    covered = coverage(read_loaded(FILES).every, results)
    assert covered["second"].held == ("report",)
    assert covered["silent"].missing == ("report", "s")


def test_a_test_is_explained_event_by_event() -> None:
    lines = "\n".join(explain_text(FILES, "second", None, test="two").lines())
    assert "PASS rule second" in lines
    assert "1 of 2 values of source.publisher within 2d (issuer CN, commodity rare_earths)" in lines
    assert "2 of 2 values" in lines
    assert "begins to hold, and is told" in lines
    lacking = "\n".join(explain_text(FILES, "second", None, test="nobody acts").lines())
    assert "not counted, nothing is known of: issuer" in lacking


def test_a_list_of_events_is_explained_and_other_things_are_refused() -> None:
    given: list[dict[str, Any]] = [
        {"published": "2026-06-01T12:00:00Z", "source": {"publisher": "A"},
         "measures": [{"issuer": "CN", "measure": "export_licensing", "commodity": "gallium"}]},
        {"at": "2026-06-02T12:00:00Z", "source": {"publisher": "B"},
         "measures": [{"issuer": "CN", "measure": "export_licensing", "commodity": "gallium"}]},
    ]  # fmt: skip
    assert explain_text(FILES, "second", None, event=json.dumps(given)).held
    for text in ("{}", "[1]", "[", '[{"title": "without a time"}]'):
        with pytest.raises(ConfigError):
            explain_text(FILES, "second", None, event=text)


def an_item(number: int, publisher: str, days: float, *given: Any) -> Item:
    at = NOW + timedelta(days=days)
    happened = event(f"title {number}", id=f"i{number}", key=f"k{number}", publisher=publisher, seen=at)
    happened = happened.model_copy(update={"published": at})
    return Item(happened, given or (measure(),))


ITEMS = [
    an_item(1, "A", 0),
    an_item(2, "A", 1),
    an_item(3, "B", 1.5),
    an_item(4, "C", 2),
    an_item(5, "D", 20),
]


def replayed(items: list[Item], split: int = 99, only: tuple[str, ...] = ()) -> Tally:
    """Count items as several processes do, each its share, then the correlations."""
    rules = tried(read_loaded(FILES).every, only)
    parts = [Tally(), Tally()]
    for number, item in enumerate(items):
        parts[number >= split].add(item, rules)
    parts[0].merge(parts[1])
    correlate(parts[0], rules.correlations, plain_stories())
    return parts[0]


def test_a_backtest_replays_by_time_of_publication_however_it_is_split() -> None:
    whole = replayed(ITEMS)
    assert whole.hits["second"] == {"i3"}
    assert [whole.seen[name].title for name in whole.hits["silent"]] == ["silent since: title 4"]
    mixed = replayed([ITEMS[4], ITEMS[2], ITEMS[0], ITEMS[3], ITEMS[1]], split=2)
    assert (mixed.hits["second"], mixed.hits["silent"]) == (whole.hits["second"], whole.hits["silent"])
    assert replayed(ITEMS, only=("second",)).hits.keys() == {"report", "second"}


def test_a_correlation_that_never_holds_is_silent_to_hygiene() -> None:
    loaded = read_loaded(FILES)
    rules = tried(loaded.every)
    tally = replayed(ITEMS[:2])
    report = make_report(tally, [*(rule.head.id for rule in rules.rules), "second"], terms_of(rules.rules))
    found = {(each.kind, each.where) for each in advise(loaded.every, report, {}, date(2026, 6, 1), 20.0)}
    assert (Untidy.SILENT, "second") in found


def test_every_type_has_a_name_of_sigmas_or_is_absence() -> None:
    sigma = {"event_count", "value_count", "temporal", "temporal_ordered"}
    assert {kind.value for kind in CorrelationType} == sigma | {"absence"}
