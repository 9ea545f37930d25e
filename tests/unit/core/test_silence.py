"""A silence holds for what its matchers take, and always ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.core.silence import Silence, make_silence
from tests.support.builders import NOON, later

FACTS = {"severity": ("high",), "commodity": ("gallium", "critical_minerals")}


def a_silence(*matchers: str, begins: float = 0, ends: float = 3600, comment: str = "known") -> Silence:
    return make_silence(matchers, "anna", comment, NOON, later(begins), later(ends))


def test_every_matcher_must_hold_and_only_in_its_time() -> None:
    silence = a_silence('severity="high"', 'commodity=~"gal.*"', begins=60)
    assert [silence.holds(FACTS, later(at)) for at in (0, 59.9, 60, 3599, 3600)] == [
        False, False, True, True, False,
    ]  # fmt: skip
    assert not silence.holds({"severity": ("high",)}, later(100))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"matchers": ()}, "would silence everything"),
        ({"comment": "  "}, "needs a comment"),
        ({"ends": -1}, "is over already"),
        ({"begins": 7200}, "end before it begins"),
        ({"ends": timedelta(days=367).total_seconds()}, "longer than 366 days"),
    ],
)
def test_what_is_refused(given: dict[str, object], said: str) -> None:
    matchers = given.pop("matchers", ('severity="high"',))
    with pytest.raises(ValueError, match=said):
        a_silence(*matchers, **given)  # type: ignore[misc,arg-type]
