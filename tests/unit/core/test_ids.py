"""Ids are a wire format: receivers have stored them. A change here is a change for all of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.core.ids import alert_id, content_hash, delivery_id, event_id, make_id

PINNED = [
    (event_id("bis", "2026-0001", 1), "evt_xizmmqc3gtqrizsvla4fl3cu"),
    (event_id("商务部", "公告 2026/1", 2), "evt_zxxzvsqvdpgcdkqbyderbxnz"),
    (alert_id("in-halt", "sty_1", 1), "alr_gjyhhbbyvxcvkbdzq6e6fun3"),
    (delivery_id("alr_1", "erp"), "dlv_wnp7q7oh24dit2qvcrpurdan"),
    (content_hash("title", "text"), "c_7jeqrxpbc4h3jnncjwobgsv7"),
]


@pytest.mark.parametrize(("made", "pinned"), PINNED)
def test_an_id_stays_what_it_was(made: str, pinned: str) -> None:
    assert made == pinned


def test_the_borders_between_parts_count() -> None:
    assert make_id("x", "a", "bc") != make_id("x", "ab", "c")
    assert make_id("x", "a", "") != make_id("x", "a")
    assert make_id("x", "a") != make_id("y", "a")


@given(st.text(), st.text(), st.integers(min_value=1))
def test_an_id_is_short_plain_and_repeatable(source: str, key: str, revision: int) -> None:
    made = event_id(source, key, revision)
    assert re.fullmatch(r"evt_[a-z2-7]{24}", made)
    assert made == event_id(source, key, revision)


@given(st.text(), st.text())
def test_two_targets_of_an_alert_have_two_ids(one: str, other: str) -> None:
    assert (delivery_id("alr_1", one) == delivery_id("alr_1", other)) == (one == other)
