"""The two events that the project was begun for, in own words."""

import pytest

from alerts.core.taxonomy import MeasureKind, Status
from alerts.recognise import recognise


def test_india_halts_rare_earths_to_japan() -> None:
    recognition = recognise(
        "New Delhi stops rare earth exports to Japan",
        "The Indian government has asked state-run IREL to suspend shipments of rare earths to Japan.",
    )
    assert recognition.relevant
    (measure,) = recognition.measures
    assert (measure.issuer, measure.targets, measure.kind) == ("IN", ("JP",), MeasureKind.EXPORT_BAN)
    assert measure.commodities == ("rare_earths",)
    assert "IREL" in measure.entities


def test_china_licenses_rare_earth_magnets() -> None:
    recognition = recognise(
        "China to require export licences for rare earth magnets",
        "The Ministry of Commerce of China announced that exporters need a licence from 1 December 2025.",
    )
    assert recognition.relevant
    measure = recognition.measures[0]
    assert (measure.issuer, measure.targets) == ("CN", ("*",))
    assert measure.kind is MeasureKind.EXPORT_LICENSING
    assert measure.commodities == ("rare_earth_magnets",)
    assert measure.status is Status.ANNOUNCED


def test_two_measures_of_one_text_do_not_mix() -> None:
    recognition = recognise(
        "India halts rare earth exports to Japan",
        "India told its state miner to stop shipments. Separately, China announced that it "
        "requires exporters to obtain licences for rare earth magnets.",
    )
    found = {(each.issuer, each.kind): each for each in recognition.measures}
    assert found["IN", MeasureKind.EXPORT_BAN].targets == ("JP",)
    assert found["CN", MeasureKind.EXPORT_LICENSING].targets == ("*",)
    assert found["CN", MeasureKind.EXPORT_LICENSING].commodities == ("rare_earth_magnets",)


def test_three_measures_of_one_long_article() -> None:
    recognition = recognise(
        "India stops selling rare earths to Japan",
        "India is halting rare earth exports to Japan to serve its own carmakers first.\n"
        "Why now?\n"
        "China's new rule that makes exporters obtain licences for rare earth magnets has upset buyers.\n"
        "The plan at a glance\n"
        "| Step | When |\n|---|---|\n"
        "| End of exports to Japan | at once |\n"
        "| Incentives for EV magnet production | under way |\n"
        "The government told IREL to stop exports.",
    )
    found = {(each.issuer, each.kind): each for each in recognition.measures}
    assert set(found) == {
        ("IN", MeasureKind.EXPORT_BAN),
        ("CN", MeasureKind.EXPORT_LICENSING),
        ("IN", MeasureKind.SUBSIDY),
    }
    assert found["IN", MeasureKind.EXPORT_BAN].targets == ("JP",)
    assert found["IN", MeasureKind.SUBSIDY].commodities == ("rare_earth_magnets",)
    assert all(each.evidence for each in recognition.measures)


@pytest.mark.parametrize("text", ["", " ", "<p></p>", "no measure at all", "\u0000", "&#8217;&nbsp;"])
def test_nothing_in_nothing_out(text: str) -> None:
    assert recognise(text, text).measures == ()
