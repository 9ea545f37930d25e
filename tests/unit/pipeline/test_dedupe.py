"""Which events are one story."""

from __future__ import annotations

from alerts.core.taxonomy import MeasureKind
from alerts.pipeline.dedupe import find_story, new_story, story_keys, tell
from tests.support.builders import a_measure, an_event, later

LONG = (
    "The trade ministry in the capital said on Tuesday that shippers of neodymium and dysprosium oxides must hold "
    "a permit from the first of next month. Officials named no country. Two traders who buy for motor makers said "
    "that they had stock for about six weeks and would ask for permits at once. The ministry promised an answer "
    "within forty five days of a complete file."
)


def shared(one: tuple[str, ...], other: tuple[str, ...]) -> set[str]:
    return set(one) & set(other)


def test_the_same_act_in_other_words_is_one_story() -> None:
    halt = story_keys(an_event("India stops shipping rare earths to Japan"), a_measure())
    other = a_measure(commodities=("dysprosium",))
    assert shared(halt, story_keys(an_event("Delhi tells IREL: no more Japan cargoes", key="2"), other))


def test_another_kind_of_measure_is_another_story() -> None:
    halt = story_keys(an_event("India stops shipping rare earths to Japan"), a_measure())
    tax = a_measure(kind=MeasureKind.EXPORT_TAX)
    assert not shared(halt, story_keys(an_event("India taxes rare earth cargoes", key="2"), tax))


def test_an_agency_text_under_another_headline_is_one_story() -> None:
    one = an_event("Permits for magnet metals from next month", LONG)
    other = an_event("Motor makers face new paperwork", LONG.replace("Tuesday", "Monday"), key="2")
    assert shared(story_keys(one, None), story_keys(other, None))


def test_texts_on_different_things_share_no_key() -> None:
    one = an_event("Permits for magnet metals from next month", LONG)
    text = " ".join(f"word{number}" for number in range(80))
    assert not shared(
        story_keys(one, None), story_keys(an_event("Quotas for cobalt stay", text, key="2"), None)
    )


def test_a_short_title_alone_joins_nothing() -> None:
    one, other = an_event("Press release", "", key="1"), an_event("Press release", "", key="2")
    assert story_keys(one, None) == story_keys(other, None) == ()


def test_titles_in_chinese_are_compared_by_character() -> None:
    one = an_event("商务部：对稀土实施出口管制", "", key="1")
    other = an_event("商务部: 对稀土实施出口管制", "", key="2")
    assert shared(story_keys(one, None), story_keys(other, None))


def test_the_surest_key_finds_the_story() -> None:
    event = an_event()
    act, title = new_story(event, a_measure()), new_story(an_event(key="9"), None)
    stories = {act.id: act, title.id: title}
    assert find_story(["act", "title"], {"act": act.id, "title": title.id}, stories) == act
    assert find_story(["act", "title"], {"act": None, "title": title.id}, stories) == title
    assert find_story(["act"], {"act": "gone"}, stories) is None


def test_telling_counts_reports_and_publishers_once_each() -> None:
    event = an_event(publisher="one")
    story = tell(new_story(event, a_measure()), event, a_measure())
    again = tell(story, an_event(key="2", publisher="one", seen=later(60)), a_measure())
    third = tell(again, an_event(key="3", publisher="two"), a_measure())
    assert (third.reports, third.publishers, third.version) == (3, ("one", "two"), 3)
    assert third.last_seen == later(60)
