"""Numbers of official documents, where an item names itself by one."""

from __future__ import annotations

import pytest

from alerts.core.source import Tier
from alerts.pipeline.acts import act_numbers
from tests.support.builders import an_event


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Announcement No. 61 of 2025 on items of rare earths", "no 61"),
        ("MOFCOM No. 62 (2025): technologies", "no 62"),
        ("Notification No. 7/2026 amends the schedule", "no 7"),
        ("商务部公告2025年第61号", "no 61"),
        ("NTE 2026/12: new controls", "2026/12"),
        ("Commission Implementing Regulation (EU) 2026/214 on aluminium", "2026/214"),
    ],
)
def test_a_title_names_the_act(title: str, number: str) -> None:
    assert number in act_numbers(an_event(title))


def test_an_official_address_names_the_act_and_no_other_does() -> None:
    event = an_event("Additions to the Entity List", url="https://register.example/documents/2026-05426/x")
    official = event.model_copy(update={"source": event.source.model_copy(update={"tier": Tier.OFFICIAL})})
    assert act_numbers(official) == ("2026/05426",)
    assert act_numbers(event) == ()
    correction = official.model_copy(update={"url": None, "key": "C1-2026-05426"})
    assert act_numbers(correction) == act_numbers(official)


@pytest.mark.parametrize(
    "title", ["Output rose to 2026-27 record", "No. 1 miner cuts 300 jobs", "Order of the day"]
)
def test_other_figures_are_no_numbers(title: str) -> None:
    assert act_numbers(an_event(title)) == ()
