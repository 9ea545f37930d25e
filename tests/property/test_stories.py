"""Stories under any order of arrival: no alert is lost, none comes twice, every report is counted once."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.core.measure import Measure, Recognition
from alerts.core.reasons import DecisionReason
from alerts.core.route import Route
from alerts.core.rulebook import RuleBook
from alerts.core.source import Tier
from alerts.core.story import Facts
from alerts.core.taxonomy import MeasureKind, Status
from alerts.pipeline.changes import absorb, changes, facts_in, fill
from alerts.pipeline.decide import decide
from alerts.pipeline.deciding import Candidate, Stories
from alerts.pipeline.ports import Decision, Lease
from tests.support.builders import a_match, a_measure, an_event, later
from tests.unit.pipeline.fakes import NoRules

BOOK = RuleBook("v1", NoRules(), {}, {}, Route(receiver="desk"))
STATUSES = st.sampled_from(list(Status))
ACTS = st.builds(
    a_measure,
    issuer=st.sampled_from(["IN", "CN"]),
    kind=st.sampled_from([MeasureKind.EXPORT_BAN, MeasureKind.EXPORT_LICENSING]),
    commodities=st.sampled_from([("rare_earths",), ("dysprosium",), ("graphite",)]),
    targets=st.sampled_from([("*",), ("JP",), ("JP", "KR")]),
    status=STATUSES,
    effective_date=st.sampled_from([None, date(2026, 12, 1)]),
)
REPORTS = st.lists(
    st.tuples(ACTS, st.sampled_from(list(Tier)), st.integers(0, 7200)), min_size=1, max_size=12
)


def play(reports: list[tuple[Measure, Tier, int]]) -> tuple[list[Decision], Stories]:
    stories, decisions, now = Stories(), [], 0
    for number, (measure, tier, wait) in enumerate(reports):
        now += wait
        event = an_event(f"Report {number}", "", key=str(number), seen=later(now), published=later(now))
        event = event.model_copy(update={"source": event.source.model_copy(update={"tier": tier})})
        candidate = Candidate(
            Lease(event.id, 1),
            event,
            Recognition(relevant=True, measures=(measure,)),
            (a_match(measure=measure),),
        )
        decision = decide(candidate, stories, BOOK, later(now))
        for change in decision.stories:
            stories.apply(change)
        decisions.append(decision)
    return decisions, stories


@given(REPORTS, st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_every_act_is_told_in_any_order(reports: list[tuple[Measure, Tier, int]], rng: Random) -> None:
    shuffled = list(reports)
    rng.shuffle(shuffled)
    for order in (reports, shuffled):
        decisions, stories = play(order)
        told = {
            (each.measure.issuer, each.measure.kind) for d in decisions for each in d.alerts if each.measure
        }
        kin = {issuer for issuer, _ in told}
        assert {measure.issuer for measure, _, _ in order} == kin
        assert sum(story.reports for story in stories.known.values()) == len(order)


@given(REPORTS)
@settings(max_examples=120, deadline=None)
def test_ids_are_new_unless_the_alert_is_pending(reports: list[tuple[Measure, Tier, int]]) -> None:
    decisions, _ = play(reports)
    seen: Counter[str] = Counter()
    for decision in decisions:
        for alert in decision.alerts:
            assert (seen[alert.id] > 0) == (alert.id in decision.rewrites)
            seen[alert.id] += 1
            pending = [delivery.due for delivery in decision.deliveries if delivery.alert_id == alert.id]
            assert pending
            assert all(due is not None and due >= alert.at for due in pending)


@given(REPORTS)
@settings(max_examples=120, deadline=None)
def test_what_was_told_in_the_end_is_all_that_is_material(reports: list[tuple[Measure, Tier, int]]) -> None:
    decisions, stories = play(reports)
    known: dict[str, Facts] = {}
    for decision in decisions:
        story = decision.decided[0].story_id
        assert story is not None
        (match,) = decision.recognition.measures
        report = facts_in(decision.event, match)
        known[story] = absorb(known[story], report) if story in known else report
    for name, facts in known.items():
        (told,) = stories.known[name].told.values()
        assert changes(fill(told.facts, facts), facts) == ()


@given(REPORTS)
@settings(max_examples=60, deadline=None)
def test_a_report_that_comes_again_under_another_key_tells_nothing(
    reports: list[tuple[Measure, Tier, int]],
) -> None:
    doubled = [
        each for measure, tier, wait in reports for each in ((measure, tier, wait), (measure, tier, 0))
    ]
    decisions, _ = play(doubled)
    assert [decision.decided[0].reason for decision in decisions[1::2]] == [DecisionReason.REPEATED] * len(
        reports
    )
    assert not any(decision.alerts or decision.deliveries for decision in decisions[1::2])
