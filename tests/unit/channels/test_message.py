"""What people read: every fact, the words marked, nothing smuggled in."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.message import letter, note
from alerts.channels.wording import EXCERPT, Part, excerpt, listed, marked, safe_url, sentence_of, words_of
from alerts.core.alert import AlertType
from alerts.core.delivery import Escalation
from alerts.core.measure import Evidence
from alerts.core.taxonomy import Status
from alerts.pipeline.escalating import escalated
from tests.support.builders import a_measure, an_event
from tests.support.notices import TEXT, a_full_alert, a_service_alert, a_silences_end, a_story


def test_the_text_says_it_all() -> None:
    text = letter(a_full_alert()).text
    for said in (
        "CRITICAL – New",
        "[[India]] tells its miner to [[halt rare earth exports]] to [[Japan]]",
        "India: export ban on rare earths and neodymium, towards Japan (announced, effective 1 December 2026).",
        "India keeps its oxides.",
        "WHAT TO DO\nAsk the motor supplier for its stock in weeks.",
        "What       export ban – tightens supply",
        "Towards    Japan",
        "Status     announced",
        "Source     Global Wire (press report)",
        "Published  23 November 2026, 12:00 UTC",
        "Reports    3 so far, by Global Wire, Tokyo Daily and Metals Desk",
        "Read the source: https://news.example/1",
        "shipments of [[neodymium]] stop on [[1 December]]",
        "Recognised: export ban by India.",
        "Rule: India halts (owner: magnets-sourcing)",
    ):
        assert said in text
    assert "\n\n\n" not in text


def test_an_escalation_says_in_its_subject_that_nobody_acknowledged() -> None:
    mail = letter(escalated(a_full_alert(), Escalation(id="esc_1", told="desk", within="30m")))
    assert (
        mail.subject
        == "[critical] Not acknowledged: India tells its miner to halt rare earth exports to Japan"
    )
    assert "CRITICAL – Escalated" in mail.text
    assert "desk was told, and nobody acknowledged it within 30m." in mail.text


def test_the_html_marks_the_words_and_links_the_source() -> None:
    html = letter(a_full_alert()).html
    assert html.count("<mark") == 5
    assert ">halt rare earth exports</mark>" in html
    assert 'href="https://news.example/1"' in html
    assert "<img" not in html
    assert "http://" not in html, "no remote content"


def test_a_subject_keeps_a_storys_mails_together() -> None:
    opened = a_full_alert()
    updated = a_full_alert(type=AlertType.UPDATED, title="Another headline")
    assert letter(opened).subject == "[critical] India tells its miner to halt rare earth exports to Japan"
    assert letter(updated).subject == "Re: " + letter(opened).subject
    assert "CRITICAL – Update" in letter(updated).text


def test_a_silences_end_says_so_and_links_what_came() -> None:
    mail = letter(a_silences_end())
    assert mail.subject == "[info] Resolved: The list is silent"
    for said in (
        "– Resolved\n\nResolved: The list is silent",
        "Ministry published 'List no 8' after 12d.",
        "Read the source: https://news.example/1",
        "Licences are listed.",
    ):
        assert said in mail.text
    assert "WHAT TO DO" not in mail.text
    assert "Ministry published" in note(a_silences_end()).body


def test_a_subject_is_one_line() -> None:
    title = "Halt\r\nBcc: thief@evil.test" + " x" * 400
    subject = letter(a_full_alert(story=a_story(title=title))).subject
    assert "\n" not in subject
    assert "\r" not in subject
    assert len(subject) <= 200


def test_a_service_notice_has_only_what_it_has() -> None:
    written = letter(a_service_alert())
    assert written.subject == "[high] Source bis is silent"
    assert "HIGH – Service notice" in written.text
    assert "Look at the publisher's page." in written.text
    for absent in ("WHY YOU GET THIS", "FROM THE REPORT", "Read the source", "Who "):
        assert absent not in written.text
    assert "Read the source" not in written.html


def test_markup_in_a_feed_stays_text() -> None:
    nasty = '<script>alert(1)</script><a href="x">&'
    alert = a_full_alert(
        event=an_event(nasty, nasty, publisher=nasty), evidence=(), summary=nasty, action=nasty, why=nasty
    )
    html = letter(alert).html
    assert "<script" not in html
    assert '<a href="x"' not in html
    assert html.count("&lt;script&gt;") >= 5
    assert nasty in letter(alert).text, "plain text shows it as it is"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


@given(title=st.text(max_size=80), text=st.text(max_size=300), url=st.text(max_size=40))
def test_no_feed_adds_a_tag_or_a_link(title: str, text: str, url: str) -> None:
    alert = a_full_alert(event=an_event(title, text, url=url), summary=title, evidence=())
    tags = _Tags()
    tags.feed(letter(alert).html)
    own = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "table",
        "tr",
        "td",
        "span",
        "h1",
        "p",
        "b",
        "a",
    }
    assert tags.tags <= own
    assert all(link.startswith(("http://", "https://")) for link in tags.links)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.test/x?y=1#z", True),
        ("http://a.test", True),
        ("javascript:alert(1)", False),
        ("https://user:pass@a.test/", False),
        ("https://", False),
        ("//a.test/x", False),
        ("https://a.test/x y", False),
        ("https://a.test/\nx", False),
        ("http://[::1", False),
        (None, False),
    ],
)
def test_links_are_plain_http(url: str | None, kept: bool) -> None:
    assert safe_url(url) == (url if kept else "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "India: export ban on rare earths, towards Japan (announced)."),
        ({"targets": ("*",)}, "India: export ban on rare earths (announced)."),
        ({"issuer": None, "commodities": ()}, "Export ban, towards Japan (announced)."),
        (
            {"targets": ("JP", "US"), "status": Status.IN_FORCE, "effective_date": date(2026, 1, 2)},
            "India: export ban on rare earths, towards Japan and United States (in force, effective 2 January 2026).",
        ),
        (
            {"status": Status.REPORTED},
            "India: export ban on rare earths, towards Japan (reported, not confirmed).",
        ),
    ],
)
def test_a_measure_in_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    assert sentence_of(a_measure(**changes)) == sentence


def test_lists_as_people_write_them() -> None:
    assert [listed(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_evidence_that_does_not_fit_the_text_is_not_marked() -> None:
    wrong = Evidence(role="kind", field="title", start=0, end=5, text="China")
    beyond = Evidence(role="kind", field="text", start=9000, end=9005, text="stuff")
    words = words_of(a_full_alert(evidence=(wrong, beyond)))
    assert not any(part.marked for part in words.headline + words.excerpt)


spans = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 30)).map(lambda at: (at[0], at[0] + at[1])))


@given(text=st.text(max_size=400), spans=spans)
def test_marking_loses_no_letter(text: str, spans: list[tuple[int, int]]) -> None:
    inside = [(a, b) for a, b in spans if b <= len(text)]
    parts = marked(text, inside)
    assert "".join(part.text for part in parts) == text
    assert all(part.text for part in parts)
    covered = sum(len(part.text) for part in parts if part.marked)
    assert covered == len({at for a, b in inside for at in range(a, b)})


@given(start=st.integers(0, 9000), more=st.lists(st.integers(0, 9000), max_size=20))
def test_an_excerpt_shows_the_first_mark_and_stays_short(start: int, more: list[int]) -> None:
    text = " ".join(f"word{number}" for number in range(1200))
    at = sorted({start, *more})
    quoted = excerpt(text, [(one, min(one + 6, len(text))) for one in at if one < len(text) - 6])
    if at[0] < len(text) - 6:
        assert any(part.marked for part in quoted)
    assert sum(len(part.text) for part in quoted) <= EXCERPT + 120


def test_an_excerpt_of_a_short_text_is_the_text() -> None:
    assert excerpt(TEXT, []) == (Part(TEXT),)
    assert excerpt("", []) == ()


def test_chat_says_what_a_reader_needs() -> None:
    written = note(a_full_alert())
    assert written.title == "🔴 (critical) India tells its miner to halt rare earth exports to Japan"
    assert "**What to do:** Ask the motor supplier" in written.body
    assert "[Read the source](https://news.example/1)" in written.body
    assert "matched: India, halt rare earth exports, Japan, neodymium, 1 December" in written.body
    assert len(written.body) < 1500


def test_chat_lets_no_markup_through() -> None:
    nasty = "*hi* <!channel> [x](http://evil.test) `a` a_b @everyone mail@here.test ~|\\"
    alert = a_full_alert(summary=nasty, story=a_story(title=nasty), event=an_event(url="https://a.test/(b)"))
    written = note(alert)
    plain = "∗hi∗ ‹!channel› (x)(http://evil.test) 'a' aˍb @\u200beveryone mail@here.test ∼¦∖"
    assert f"\n\n{plain}\n\n" in written.body
    assert written.title == f"🔴 (critical) {plain}"
    assert "(https://a.test/%28b%29)" in written.body
