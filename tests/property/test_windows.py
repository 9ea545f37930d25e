"""Counting member by member against a plain reference that looks at everything there ever was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from alerts.core.correlation import Correlation, CorrelationType, Member, Told, Window
from alerts.engine.windows import MOST_MEMBERS, Count, count

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
SPAN = timedelta(hours=6)
RULES = ("a", "b", "c")

kinds = st.sampled_from([kind for kind in CorrelationType if kind is not CorrelationType.ABSENCE])


def at(hour: int) -> datetime:
    return BEGIN + timedelta(hours=hour)


def asked(kind: CorrelationType, least: int) -> Correlation:
    least = 3 if kind is CorrelationType.TEMPORAL_ORDERED else least
    return Correlation(kind, RULES, (), (), SPAN, "", least)


def member(kind: CorrelationType, number: int, hour: int, value: str) -> Member:
    """The event of an hour; where events are counted it is its own value."""
    name = f"e{number}"
    values = (name,) if kind is CorrelationType.EVENT_COUNT else (value,)
    return Member(item=name, event_id=name, at=at(hour), values=values, publisher=value, title=name)


histories = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(RULES)), max_size=14)


def play(correlation: Correlation, arrivals: list[Member]) -> tuple[Window, list[Count]]:
    """Count members as the decide lane does, which notes each beginning."""
    window, counts = Window(key="w", rule_id="r", group=()), []
    for each in arrivals:
        counted = count(correlation, window, each)
        counts.append(counted)
        window = counted.window
        if counted.begins:
            window = window.model_copy(update={"told": Told(event_id=each.event_id, at=each.at)})
    return window, counts


def enough(correlation: Correlation, inside: list[Member]) -> bool:
    """The reference's judgement of one span."""
    if correlation.type is CorrelationType.TEMPORAL_ORDERED:
        times = {rule: [each.at for each in inside if rule in each.values] for rule in RULES}
        return any(a <= b <= c for a in times["a"] for b in times["b"] for c in times["c"])
    return len({value for each in inside for value in each.values}) >= correlation.least


def ever_holds(correlation: Correlation, members: list[Member]) -> bool:
    """Whether any span of the whole history is enough."""
    ends = {each.at for each in members}
    return any(
        enough(correlation, [each for each in members if end - SPAN <= each.at <= end]) for end in ends
    )


@given(kinds, st.integers(2, 3), histories)
def test_in_order_it_begins_where_it_holds_and_did_not_just_before(
    kind: CorrelationType, least: int, history: list[tuple[int, str]]
) -> None:
    correlation = asked(kind, least)
    hours = sorted(dict(history).items())
    members = [member(kind, number, hour, value) for number, (hour, value) in enumerate(hours)]
    _, counts = play(correlation, members)
    for number, (each, counted) in enumerate(zip(members, counts, strict=True)):
        span = [one for one in members[: number + 1] if one.at >= each.at - SPAN]
        assert counted.holds is enough(correlation, span)
        assert counted.begins is (counted.holds and not enough(correlation, span[:-1]))


@given(kinds, st.integers(2, 3), histories, st.randoms(use_true_random=False))
def test_in_any_order_something_is_told_exactly_if_some_span_was_enough(
    kind: CorrelationType, least: int, history: list[tuple[int, str]], random: Random
) -> None:
    correlation = asked(kind, least)
    members = [member(kind, number, hour, value) for number, (hour, value) in enumerate(history)]
    arrivals = sorted(members, key=lambda each: each.at + SPAN * random.random())
    _, counts = play(correlation, arrivals)  # none comes later than a span after a newer one
    assert any(counted.begins for counted in counts) is ever_holds(correlation, members)
    assert sum(counted.begins for counted in counts) <= sum(counted.holds for counted in counts)


@given(kinds, st.integers(2, 3), histories, st.data())
def test_an_event_that_comes_again_changes_nothing(
    kind: CorrelationType, least: int, history: list[tuple[int, str]], data: st.DataObject
) -> None:
    correlation = asked(kind, least)
    members = [member(kind, number, hour, value) for number, (hour, value) in enumerate(history)]
    window, _ = play(correlation, members)
    if members:
        again = count(correlation, window, data.draw(st.sampled_from(members)))
        assert not again.begins
        assert again.window == window


def test_a_flood_is_bounded_and_pushes_no_other_value_out() -> None:
    correlation = Correlation(CorrelationType.VALUE_COUNT, ("r",), (), (), SPAN, "source.publisher", 2)

    def of(value: str, number: int) -> Member:
        name, when = f"{value}{number}", BEGIN + timedelta(seconds=10 * number)
        return Member(item=name, event_id=name, at=when, values=(value,), publisher=value, title=name)

    small = of("small paper", 0)
    window, counts = play(correlation, [small, *(of("flood", number) for number in range(1, 300))])
    assert len(window.members) == MOST_MEMBERS
    assert small in window.members
    assert [counted.begins for counted in counts].count(True) == 1
