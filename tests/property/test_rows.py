"""Rows that are added up as one integer each are added up as lists are."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.recognise.rows import Rows

WIDTH = 5
ROWS = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.lists(st.integers(-(2**19), 2**19), min_size=WIDTH, max_size=WIDTH),
    max_size=8,
)


@given(ROWS, st.lists(st.text("abc", min_size=1, max_size=3), max_size=40))
def test_sums(weights: dict[str, list[int]], signs: list[str]) -> None:
    rows = Rows(WIDTH, weights)
    known = [weights[sign] for sign in signs if sign in weights]
    assert rows.unpacked(sum(rows.known(signs))) == [
        sum(row[place] for row in known) for place in range(WIDTH)
    ]


@given(ROWS)
def test_a_row_comes_back_as_it_went_in(weights: dict[str, list[int]]) -> None:
    rows = Rows(WIDTH, weights)
    assert {sign: rows.row(sign) for sign in rows} == weights
    assert all(
        rows.weight(sign, place) == weight
        for sign, row in weights.items()
        for place, weight in enumerate(row)
    )
    assert rows.row("zz") == [0] * WIDTH


@given(ROWS, st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 3), max_size=20))
def test_scaled_sums(weights: dict[str, list[int]], numbers: dict[str, int]) -> None:
    rows = Rows(WIDTH, weights)
    total = rows.unpacked(rows.scaled(numbers, 64))
    assert total == [
        sum(weights[sign][place] * number * 64 for sign, number in numbers.items() if sign in weights)
        for place in range(WIDTH)
    ]
