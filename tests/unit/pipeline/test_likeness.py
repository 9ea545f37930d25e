"""Near-duplicate headlines meet under a key and are alike; others are not."""

from __future__ import annotations

import pytest

from alerts.pipeline.likeness import LIKE, alike, text_keys, title_keys

SAME = [
    (
        "Quarto Metals to buy Bellmoor Magnets in $310m deal",
        "Quarto Metals to acquire Bellmoor Magnets for $310m",
    ),
    (
        "Grid lines of Oruro restored, tin smelter restarts",
        "Oruro tin smelter restarts as grid lines restored",
    ),
    ("Norland ministry halts sale of Tarvik refinery", "Norland's ministry halts Tarvik refinery sale"),
    ("商务部对镓相关物项实施出口管制的公告", "商务部公布对镓相关物项实施出口管制的公告"),
]
OTHER = [
    (
        "Quarto Metals hits day low of 22.71 amid pressure",
        "Quarto Metals hits day low of 21.21 amid pressure",
    ),
    ("Australia's Bellmoor inks supply deal with Japan", "Australia's Bellmoor inks supply deal with Korea"),
    ("Tarvik refinery opens", "Oruro smelter restarts after a fire"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_rewritten_headlines_meet(one: str, other: str) -> None:
    assert set(title_keys(one)) & set(title_keys(other))
    assert alike(one, [other]) >= LIKE


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_headlines_on_other_things_are_not_alike(one: str, other: str) -> None:
    assert alike(one, [other]) < LIKE


def test_a_headline_that_says_little_joins_nothing() -> None:
    assert title_keys("China rare earth exports") == ()
    assert text_keys("Press release", "") == ()


def test_the_nearest_of_several_headlines_counts() -> None:
    one, other = SAME[0]
    assert alike(one, ["Tarvik refinery opens", other]) == alike(one, [other])
    assert alike(one, []) == 0.0


def test_keys_are_the_same_on_every_machine() -> None:
    assert title_keys("Norland halts sale of Tarvik refinery")[0] == "head0_vrdofftl2cxyqnuooryec2yi"
