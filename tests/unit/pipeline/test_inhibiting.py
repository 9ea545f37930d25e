"""Inhibition: an official alert keeps reports of the same act from being told, for a while."""

from __future__ import annotations

from typing import Any

from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.measure import Recognition
from alerts.core.reasons import DecisionReason
from alerts.core.route import Routes
from alerts.core.rulebook import RuleBook
from alerts.core.source import Tier
from alerts.core.taxonomy import Status
from alerts.pipeline.decide import decide
from alerts.pipeline.deciding import Candidate, Stories
from alerts.pipeline.muting import Mutes
from alerts.pipeline.ports import Decision, Lease
from tests.support.builders import a_match, a_measure, an_event, later
from tests.unit.pipeline.fakes import NoRules

OFFICIAL_MUTES_REPORT: dict[str, Any] = {
    "name": "official-mutes-report",
    "source_matchers": ['source.tier="official"'],
    "target_matchers": ['status="reported"'],
    "equal": ["issuer", "commodity", "measure"],
    "for": "72h",
}
HOURS = 3600.0


class Bureau:
    """Decides one event after the other with the marks that the ones before left."""

    def __init__(self, *rules: dict[str, Any], receiver: str = "desk") -> None:
        routes = Routes.model_validate(
            {"route": {"receiver": receiver}, "inhibit_rules": list(rules or [OFFICIAL_MUTES_REPORT])}
        )
        self.book = RuleBook("v1", NoRules(), {}, {}, routes.route, inhibit_rules=routes.inhibit_rules)
        self.stories, self.mutes = Stories(), Mutes()

    def hears(self, event: Event, *matches: Match, at: float = 0) -> Decision:
        measures = tuple(match.measure for match in matches if match.measure)
        candidate = Candidate(
            Lease(event.id, 1), event, Recognition(relevant=True, measures=measures), matches
        )
        decision = decide(candidate, self.stories, self.book, later(at), mutes=self.mutes)
        for change in decision.stories:
            self.stories.apply(change)
        self.mutes.apply(decision.marks)
        return decision


def notice(number: int, tier: Tier, words: str = "") -> Event:
    event = an_event(words or f"Notice {number} of its own words {number * 7919}", "", key=str(number))
    return event.model_copy(update={"source": event.source.model_copy(update={"tier": tier})})


def official(**changes: Any) -> Match:
    return a_match("official-act", measure=a_measure(**changes))


def reported(**changes: Any) -> Match:
    return a_match("rumour", measure=a_measure(status=Status.REPORTED, **changes))


def test_a_report_gives_way_to_the_official_alert_that_it_names() -> None:
    bureau = Bureau()
    told = bureau.hears(notice(1, Tier.OFFICIAL), official())
    muted = bureau.hears(notice(2, Tier.PRESS), reported(), at=71 * HOURS)
    assert (muted.alerts, muted.deliveries) == ((), ())
    (decided,) = muted.decided
    assert (decided.reason, decided.alert_id) == (DecisionReason.INHIBITED, told.alerts[0].id)
    assert decided.detail == (
        f"by {told.alerts[0].id} ({told.alerts[0].title}) until 2026-11-26 12:00:00 UTC: rule official-mutes-report"
    )
    (after,) = bureau.hears(notice(3, Tier.PRESS), reported(), at=72 * HOURS).alerts
    assert after.rule is not None
    assert after.rule.id == "rumour"


def test_commodities_are_equal_by_family_and_what_is_not_known_is_equal_to_nothing() -> None:
    bureau = Bureau()
    bureau.hears(notice(1, Tier.OFFICIAL), official(commodities=("neodymium",)))
    assert not bureau.hears(notice(2, Tier.PRESS), reported(commodities=("rare_earth_magnets",))).alerts
    for number, changes in enumerate(
        ({"commodities": ("lead",)}, {"issuer": "CN"}, {"commodities": ()}, {"issuer": None}), 3
    ):
        decision = bureau.hears(notice(number, Tier.PRESS), reported(**changes))
        assert decision.decided[0].reason is not DecisionReason.INHIBITED, changes


def test_what_is_of_the_source_itself_is_never_inhibited() -> None:
    bureau = Bureau()
    bureau.hears(notice(1, Tier.OFFICIAL), official())
    assert bureau.hears(notice(2, Tier.OFFICIAL), reported()).alerts


def test_an_alert_that_nobody_is_told_of_inhibits_nothing() -> None:
    bureau = Bureau(receiver="desk")
    bureau.book = RuleBook(
        "v1", NoRules(), {}, {}, bureau.book.route.model_copy(update={"receiver": None}),
        inhibit_rules=bureau.book.inhibit_rules,
    )  # fmt: skip
    assert bureau.hears(notice(1, Tier.OFFICIAL), official()).marks == {}
    assert bureau.hears(notice(2, Tier.PRESS), reported()).alerts


def test_of_one_item_the_alert_that_inhibits_is_decided_first() -> None:
    bureau = Bureau(
        {
            "name": "grave-mutes-slight",
            "source_matchers": ['severity="critical"'],
            "target_matchers": ['severity=~"low|info"'],
            "equal": ["issuer"],
            "for": "1h",
        }
    )
    decision = bureau.hears(notice(1, Tier.PRESS), a_match("slight", severity="low"), a_match("grave"))
    assert [alert.rule.id for alert in decision.alerts if alert.rule] == ["grave"]
    reasons = {decided.rule_id: decided.reason for decided in decision.decided}
    assert reasons == {"grave": DecisionReason.OPENED, "slight": DecisionReason.INHIBITED}


def test_an_update_is_inhibited_too_and_told_with_what_comes_after() -> None:
    bureau = Bureau()
    act = notice(1, Tier.PRESS, "India halts rare earths")
    bureau.hears(act, reported())
    bureau.hears(notice(2, Tier.OFFICIAL), official(), at=2 * HOURS)
    again = notice(3, Tier.PRESS)
    towards = a_match("rumour", measure=a_measure(status=Status.REPORTED, targets=("JP", "KR")))
    assert bureau.hears(again, towards, at=4 * HOURS).decided[0].reason is DecisionReason.INHIBITED
    later_on = bureau.hears(notice(4, Tier.PRESS), towards, at=80 * HOURS)
    assert [alert.revision for alert in later_on.alerts] == [2]
    assert "towards South Korea too" in later_on.alerts[0].summary
