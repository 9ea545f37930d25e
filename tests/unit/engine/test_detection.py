"""Selections, modifiers, conditions and exceptions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from alerts.core.source import Tier
from alerts.core.taxonomy import Status
from alerts.engine.loading import load
from tests.unit.engine.building import NOW, codes, event, folder, matches, measure, rule_text

BOTH = (measure("CN", "export_licensing"), measure("IN", "export_ban"))


def test_one_measure_must_satisfy_a_whole_selection() -> None:
    assert not matches("sel: {issuer: CN, measure: export_ban}", event("x"), *BOTH)
    assert matches("sel: {issuer: IN, measure: export_ban}", event("x"), *BOTH)


def test_two_selections_may_hold_of_two_measures() -> None:
    detection = "a: {issuer: CN}\nb: {measure: export_ban}\ncondition: a and b"
    assert matches(detection, event("x"), *BOTH)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("issuer: CN", True),
        ("issuer: [IN, CN]", True),
        ("issuer: JP", False),
        ("issuer|not: CN", False),
        ("issuer|not: JP", True),
        ("target: JP", True),
        ("target: US", False),
        ("commodity: rare_earths", True),
        ("commodity: critical_minerals", True),
        ("commodity|exact: rare_earths", False),
        ("commodity|exact: dysprosium", True),
        ("commodity: light_ree", False),
        ("measure: export_licensing", True),
        ("measure: [export_ban, export_quota]", False),
        ("status: announced", True),
        ("hs: 2846", True),
        ("hs: '2846.90'", True),
        ("hs|exact: 2846", False),
        ("hs|startswith: 28", True),
        ("hs: 0805", False),
        ("entity: Lynas Rare Earths", True),
        ("entity: lynas rare earths", True),
        ("entity|exact: lynas rare earths", False),
        ("entity|contains: lynas", True),
        ("entity|startswith: rare", False),
        ("entity|re: '^Lynas .*s$'", True),
        ("entity|exists: true", True),
        ("hs|exists: false", False),
        ("target|exists: true", True),
        ("effective_date: 2026-06-20", True),
        ("effective_date|before: 2026-06-20", False),
        ("effective_date|lte: 2026-06-20", True),
        ("effective_date|after: 2026-06-19", True),
        ("effective_date|gt: now", True),
        ("effective_date|before: now+10d", False),
        ("effective_date|within: 20d", True),
        ("effective_date|within: 10d", False),
    ],
)
def test_fields_of_a_measure(line: str, expected: bool) -> None:
    found = measure(
        "CN",
        targets=("JP",),
        commodities=("dysprosium",),
        hs=("2846.90", "8505"),
        entities=("Lynas Rare Earths",),
        effective_date=date(2026, 6, 20),
    )
    assert matches(f"sel: {{{_quoted(line)}}}", event("x"), found) is expected


def _quoted(line: str) -> str:
    key, _, value = line.partition(": ")
    return f"'{key}': {value}"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("source.id: mofcom", True),
        ("source.publisher: ministry of commerce", True),
        ("source.publisher|contains: commerce", True),
        ("source.tier: [official, wire]", True),
        ("source.tier: press", False),
        ("source.tier|not: official", False),
        ("lang: zh", True),
        ("title|contains: rare-earth", True),
        ("title|contains: nickel", False),
        ("title|startswith: announcement", True),
        ("title|exact: Announcement on Rare Earths", True),
        ("title|exact: announcement on rare earths", False),
        ("title|re: '(?i)RARE\\s+earths$'", True),
        ("title|re: 'RARE'", False),
        ("title|query|not: nickel", True),
        ("title|in_list: rare_earths", True),
        ("text|contains: export permits", True),
        ("text|exists: true", True),
        ("text_added|query: permits", True),
        ("text_added|query: announcement", False),
        ("published|after: 2026-05-31", True),
        ("published|after: 2026-06-01", False),
        ("published|gte: 2026-06-01", True),
        ("published|before: 2026-06-01T12:00:01Z", True),
        ("published|within: 1h", True),
        ("value|gt: 10", True),
        ("value: 12.5", True),
        ("value|lt: 12.5", False),
        ("change_pct|lte: -5", True),
        ("change_pct|exists: false", False),
    ],
)
def test_fields_of_an_event(line: str, expected: bool) -> None:
    happened = event(
        "Announcement on Rare Earths",
        "Old part. New export permits.",
        text_added="New export permits.",
        source_id="mofcom",
        publisher="Ministry of Commerce",
        tier=Tier.OFFICIAL,
        lang="zh",
        value=12.5,
        change_pct=-7.0,
    )
    assert matches(f"sel: {{{_quoted(line)}}}", happened) is expected


def test_what_is_not_known_satisfies_nothing_but_exists_false() -> None:
    unknown = measure(None)
    assert not matches("sel: {issuer: CN}", event("x"), unknown)
    assert matches("sel: {issuer|exists: false}", event("x"), unknown)
    assert not matches("sel: {published|before: 2030-01-01}", event("x", published=None))


def test_a_measure_towards_everyone_is_matched_only_when_asked_for() -> None:
    everyone = measure("CN")
    assert not matches("sel: {target: JP}", event("x"), everyone)
    assert matches('sel: {target: [JP, "*"]}', event("x"), everyone)
    assert not matches("sel: {target|exists: true}", event("x"), everyone)


@pytest.mark.parametrize(
    ("condition", "true", "expected"),
    [
        ("a or b and c", "a", True),
        ("a or b and c", "b", False),
        ("(a or b) and c", "a", False),
        ("not a and b", "b", True),
        ("b and not (a or c)", "b", True),
        ("b and not (a or c)", "bc", False),
        ("1 of them", "c", True),
        ("2 of them", "c", False),
        ("2 of them", "cb", True),
        ("all of them", "ab", False),
        ("all of them", "abc", True),
        ("any of [ab]*", "", False),
        ("a AND b", "ab", True),
    ],
)
def test_conditions_have_sigmas_precedence(condition: str, true: str, expected: bool) -> None:
    if "[" in condition:
        assert codes(f"a: {{lang: en}}\ncondition: {condition!r}") == ["unknown-selection"]
        return
    selections = "".join(f"{name}: {{source.id: {'s' if name in true else 'other'}}}\n" for name in "abc")
    extra = "unused-selection"
    rules = load(folder(rule_text(f"{selections}condition: {condition}"))).rules
    assert bool(rules.match(event("x"), [], NOW)) is expected
    assert set(codes(f"{selections}condition: {condition}")) <= {extra}


def test_a_list_of_maps_is_any_of_and_no_condition_is_all_of_them() -> None:
    detection = "a:\n  - {lang: en}\n  - {lang: zh}\nb: {source.tier: press}"
    assert matches(detection, event("x", lang="zh"))
    assert not matches(detection, event("x", lang="fr"))
    assert not matches(detection, event("x", lang="zh", tier=Tier.WIRE))


def test_patterns_of_names_pick_selections() -> None:
    detection = (
        "press_a: {lang: en}\npress_b: {lang: zh}\nother: {lang: fr}\ncondition: 1 of press_* and not other"
    )
    assert matches(detection, event("x", lang="zh"))
    assert not matches(detection, event("x", lang="fr"))


EXCEPTION = """    exceptions:
      - {fields: [issuer, commodity], values: [[CN, lanthanum], [CN, cerium]], reason: not bought}
"""


@pytest.mark.parametrize(
    ("commodities", "excepted"),
    [(("lanthanum",), "not bought"), (("lanthanum", "cerium"), "not bought"), (("lanthanum", "dysprosium"), None),
     (("light_ree",), None), ((), None)],
)  # fmt: skip
def test_an_exception_hides_only_what_it_names(commodities: tuple[str, ...], excepted: str | None) -> None:
    rules = load(folder(rule_text("sel: {issuer: CN}", EXCEPTION))).rules
    found = rules.match(event("x"), [measure("CN", commodities=commodities)], NOW)
    assert [match.excepted for match in found] == [excepted]


def test_a_second_measure_keeps_the_match_alive() -> None:
    rules = load(folder(rule_text("sel: {issuer: CN}", EXCEPTION))).rules
    kept = measure("CN", commodities=("dysprosium",))
    found = rules.match(event("x"), [measure("CN", commodities=("lanthanum",)), kept], NOW)
    assert [(match.excepted, match.measure) for match in found] == [(None, kept)]


def test_an_exception_may_name_the_source() -> None:
    extra = "    exceptions:\n      - {fields: source.id, values: [noisy], reason: repeats others}\n"
    rules = load(folder(rule_text("sel: {lang: en}", extra))).rules
    assert [m.excepted for m in rules.match(event("x", lang="en", source_id="noisy"), [], NOW)] == [
        "repeats others"
    ]
    assert [m.excepted for m in rules.match(event("x", lang="en"), [], NOW)] == [None]


def test_a_match_names_the_measure_that_satisfied_most() -> None:
    detection = "a: {commodity: rare_earths}\nb: {status: in_force}\ncondition: a or b"
    best = measure("CN", status=Status.IN_FORCE)
    rules = load(folder(rule_text(detection))).rules
    (found,) = rules.match(event("x"), [measure("IN"), best], NOW)
    assert found.measure == best
    assert found.selections == ("a", "b")


def test_evidence_points_into_the_text_as_published() -> None:
    happened = event("Ｃｈｉｎａ\u2019s  licences", "On “rare‐earth” magnets. 稀土。")
    rules = load(folder(rule_text("sel: {'text|query': 'china AND $rare_earths'}"))).rules
    (found,) = rules.match(happened, [], NOW)
    assert [(item.field, item.text) for item in found.evidence] == [
        ("title", "Ｃｈｉｎａ"),
        ("text", "rare‐earth"),
        ("text", "rare‐earth” magnets"),
        ("text", "稀土"),
    ]
    for item in found.evidence:
        assert getattr(happened, item.field)[item.start : item.end] == item.text


def test_evidence_of_added_text_points_into_the_body() -> None:
    happened = event("t", "Old. New permits.", text_added="New permits.")
    rules = load(folder(rule_text("sel: {'text_added|query': permits}"))).rules
    (found,) = rules.match(happened, [], NOW)
    assert [(item.start, item.text) for item in found.evidence] == [(9, "permits")]


def test_draft_and_deprecated_rules_are_not_evaluated() -> None:
    text = rule_text("sel: {lang: en}")
    for status, count in (("draft", 0), ("shadow", 1), ("deprecated", 0)):
        rules = load(folder(text.replace("status: shadow", f"status: {status}"))).rules
        assert len(rules) == count
        assert len(rules.match(event("x", lang="en"), [], datetime(2026, 1, 1, tzinfo=UTC))) == count


def test_half_characters_in_a_text_do_no_harm() -> None:
    happened = event("bro\ud83dken China", "稀土\udc00")
    assert matches("sel: {title|re: China}", happened)
    assert matches("sel: {text|query: China AND 稀土}", happened)
    assert matches("sel: {text|contains: china}", happened)
