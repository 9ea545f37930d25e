"""Admission: nothing twice, nothing lost, the same ids on every replay."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.core.entry import Entry
from alerts.core.ids import content_hash
from alerts.core.source import Source
from alerts.pipeline.admission import Admission, admit, changed_keys
from alerts.pipeline.difference import text_added
from alerts.pipeline.ports import SeenEntry, SourceState

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DONE = SourceState(backlog_done=True)


def source(**more: object) -> Source:
    return Source.model_validate(
        {"id": "s", "kind": "feed", "url": "https://feeds.example/a", "every": "15m", "publisher": "Ministry"}
        | more
    )


def entry(key: str, text: str = "text", title: str = "title", **more: Any) -> Entry:
    fields: dict[str, Any] = {"url": None, "published": None, "version": content_hash(title, text)} | more
    return Entry(key=key, title=title, text=text, **fields)


class Memory:
    """The part of the ledger that admission needs."""

    def __init__(self) -> None:
        self.seen: dict[str, SeenEntry] = {}

    def commit(self, admission: Admission) -> None:
        for event in admission.events:
            self.seen[event.key] = SeenEntry(event.revision, admission.versions[event.key], event.id)


documents = st.lists(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["one", "two", "three"])), max_size=8),
    max_size=8,
)


@given(documents)
def test_every_change_of_every_entry_becomes_one_event(polls: list[list[tuple[str, str]]]) -> None:
    memory, wanted, ids = Memory(), 0, []
    last: dict[str, str] = {}
    for listed in polls:
        firsts = dict(reversed(listed))
        for key, text in firsts.items():
            wanted += last.get(key) != text
            last[key] = text
        admission = admit(source(), [entry(*pair) for pair in listed], memory.seen, DONE, NOW)
        memory.commit(admission)
        ids += [event.id for event in admission.events]
        assert set(admission.touched) == set(firsts)
        assert set(admission.versions) == {event.key for event in admission.events}
    assert len(ids) == len(set(ids)) == wanted


@given(documents)
def test_a_replay_gives_the_same_ids(polls: list[list[tuple[str, str]]]) -> None:
    memory = Memory()
    for listed in polls:
        entries = [entry(*pair) for pair in listed]
        first = admit(source(), entries, memory.seen, DONE, NOW)
        again = admit(source(), entries, memory.seen, DONE, LATER)
        assert [event.id for event in first.events] == [event.id for event in again.events]
        memory.commit(first)
        assert not admit(source(), entries, memory.seen, DONE, LATER).events


def test_events_come_in_the_order_of_the_document_and_a_repeated_key_once() -> None:
    admission = admit(source(), [entry("b"), entry("a"), entry("b", "other")], {}, DONE, NOW)
    assert [(event.key, event.text) for event in admission.events] == [("b", "text"), ("a", "text")]
    assert admission.touched == ("b", "a")


def test_a_revision_counts_on_and_says_what_it_added() -> None:
    memory = Memory()
    first = admit(source(), [entry("k", "Old part. Stays.")], {}, DONE, NOW)
    memory.commit(first)
    changed = [entry("k", "Stays. New part! Old part.", "title")]
    assert changed_keys(changed, memory.seen) == ("k",)
    previous = {"k": first.events[0]}
    (event,) = admit(source(), changed, memory.seen, DONE, LATER, previous).events
    assert (event.revision, event.text_added, event.seen) == (2, "New part!", LATER)
    assert event.id != first.events[0].id
    (unread,) = admit(source(), changed, memory.seen, DONE, LATER).events
    assert unread.text_added == unread.text


def test_the_first_document_is_backlog_unless_the_source_says_otherwise() -> None:
    new = SourceState()
    assert [e.backlog for e in admit(source(), [entry("a")], {}, new, NOW).events] == [True]
    assert [e.backlog for e in admit(source(), [entry("a")], {}, DONE, NOW).events] == [False]
    eager = source(backfill="alert")
    assert [e.backlog for e in admit(eager, [entry("a")], {}, new, NOW).events] == [False]


def test_what_an_entry_does_not_say_its_source_does() -> None:
    given_source = source(lang="ja", tier="official", country="JP")
    (plain,) = admit(given_source, [entry("a")], {}, DONE, NOW).events
    assert (plain.source.publisher, plain.lang, plain.source.country) == ("Ministry", "ja", "JP")
    (own,) = admit(given_source, [entry("a", publisher="Kyodo", lang="en")], {}, DONE, NOW).events
    assert (own.source.publisher, own.lang) == ("Kyodo", "en")
    (bare,) = admit(source(publisher=None), [entry("a")], {}, DONE, NOW).events
    assert bare.source.publisher == "s"


@given(st.lists(st.sampled_from(["A b.", "C d!", "Ｅ f?", "輸出。", "g;"]), max_size=8), st.randoms())
def test_moved_sentences_are_not_new(sentences: list[str], shuffler: Random) -> None:
    moved = list(sentences)
    shuffler.shuffle(moved)
    assert text_added("T", " ".join(sentences), "T", "\n".join(moved)) == ""


def test_a_changed_title_is_new_too() -> None:
    assert text_added("Draft", "Same.", "Final", "Same. More.") == "Final\nMore."
