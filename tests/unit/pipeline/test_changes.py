"""What is a material change, and what is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from alerts.core.source import Tier
from alerts.core.story import Facts
from alerts.core.taxonomy import Status
from alerts.pipeline.changes import absorb, changes, facts_in, fill
from tests.support.builders import a_measure, an_event

TOLD = Facts(status=Status.ANNOUNCED, targets=("JP",), families=("rare_earths",))


@pytest.mark.parametrize(
    ("told", "report", "said"),
    [
        ({"status": "reported"}, {"status": "announced"}, ("announced (was reported)",)),
        ({"status": "announced"}, {"status": "in_force"}, ("in force (was announced)",)),
        ({"status": "in_force"}, {"status": "extended"}, ("extended (was in force)",)),
        ({"status": "in_force"}, {"status": "suspended"}, ("suspended (was in force)",)),
        ({"status": "proposed"}, {"status": "denied"}, ("denied (was proposed)",)),
        ({"status": "eased"}, {"status": "lifted"}, ("lifted (was eased)",)),
        ({"status": "lifted"}, {"status": "eased"}, ()),
        ({"status": "in_force"}, {"status": "proposed"}, ()),
        ({"status": "suspended"}, {"status": "in_force"}, ()),
        ({"status": None}, {"status": "in_force"}, ()),
        ({}, {"effective": (date(2026, 12, 1),)}, ("effective 1 December 2026",)),
        ({"effective": (date(2026, 12, 1),)}, {"effective": (date(2026, 12, 1),)}, ()),
        ({}, {"targets": ("KR",)}, ("towards South Korea too",)),
        ({}, {"targets": ("*",)}, ()),
        ({"targets": ("*",)}, {"targets": ("KR",)}, ()),
        ({"targets": ()}, {"targets": ("KR",)}, ()),
        ({}, {"families": ("graphite",)}, ("on graphite too",)),
        ({}, {"families": ("critical_minerals",)}, ()),
        ({"families": ("critical_minerals",)}, {"families": ("graphite",)}, ()),
        ({}, {"official": True}, ("now from an official source",)),
        ({"official": True}, {"official": False}, ()),
    ],
)
def test_change(told: dict[str, Any], report: dict[str, Any], said: tuple[str, ...]) -> None:
    before = Facts.model_validate({**TOLD.model_dump(), **told})
    assert changes(before, absorb(before, Facts.model_validate(report))) == said


def test_a_date_long_before_the_report_is_history() -> None:
    old, new = a_measure(effective_date=date(2023, 12, 1)), a_measure(effective_date=date(2026, 12, 1))
    assert facts_in(an_event(), old).effective == ()
    assert facts_in(an_event(), new).effective == (date(2026, 12, 1),)


def test_an_official_report_is_one_of_an_official_source() -> None:
    event = an_event()
    official = event.model_copy(update={"source": event.source.model_copy(update={"tier": Tier.OFFICIAL})})
    assert (facts_in(event, None).official, facts_in(official, None).official) == (False, True)


def test_what_becomes_known_later_is_the_ground_for_further_changes() -> None:
    told = fill(Facts(), absorb(Facts(), TOLD))
    assert told == TOLD
    assert changes(told, absorb(told, Facts(status=Status.IN_FORCE))) == ("in force (was announced)",)


def test_a_story_about_magnets_is_of_the_rare_earth_family() -> None:
    assert facts_in(an_event(), a_measure(commodities=("rare_earth_magnets", "dysprosium"))).families == (
        "rare_earths",
    )
