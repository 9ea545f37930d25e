"""A digest in words and as a webhook's body: every item is told, the gravest first, within its room."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import jsonschema
import pytest

from alerts.channels.digestpayload import DigestEvent
from alerts.channels.payload import LARGEST
from alerts.channels.rendering import body, letter, note
from alerts.core.alert import AlertType
from alerts.core.digest import Digest, DigestItem
from alerts.pipeline.digest import gather
from tests.support.builders import NOON, an_event
from tests.support.notices import a_full_alert, a_service_alert, a_silence, a_silences_end

AT: datetime = NOON
SCHEMA = DigestEvent.model_json_schema(mode="serialization")


def a_digest(*items: DigestItem, max_items: int = 50, beyond: int = 0) -> Digest:
    return gather("dig_1", AT, "quiet hours night", items, max_items, beyond)


def an_item(number: int, severity: str = "high", **changes: Any) -> DigestItem:
    event = an_event(f"Headline {number}", "A text.", key=str(number))
    given = {
        "id": f"alr_{number}",
        "severity": severity,
        "event": event,
        "evidence": (),
        "title": event.title,
    }
    return DigestItem(alert=a_full_alert(**given | changes))


def test_a_mail_says_of_each_item_what_an_alert_says() -> None:
    mail = letter(a_digest(an_item(1, "low"), an_item(2, "critical"), DigestItem(alert=a_service_alert())))
    assert mail.subject == "[critical] 3 notices: Headline 2"
    for said in (
        "CRITICAL – 3 notices",
        "Held until 2026-11-23 12:00 UTC: quiet hours night.",
        "1. CRITICAL – New\nHeadline 2\nIndia: export ban on rare earths and neodymium, towards Japan",
        "2. HIGH – Service notice\nSource bis is silent",
        "3. LOW – New\nHeadline 1",
        "What to do: Ask the motor supplier for its stock in weeks.",
        "https://news.example/2",
        "Rule: India halts (owner: magnets-sourcing) · alr_2",
    ):
        assert said in mail.text, said
    assert mail.html.count("Headline 2</h2>") == 1
    assert 'href="https://news.example/2"' in mail.html
    assert "ALSO" not in mail.text


def test_a_story_that_changed_while_it_was_held_is_one_item_with_its_changes() -> None:
    opened = an_item(1).alert
    changes = [
        opened.model_copy(
            update={"id": f"alr_{n}", "type": AlertType.UPDATED, "revision": n, "summary": said}
        )
        for n, said in ((2, "Update: on graphite too."), (3, "Update: in force (was announced)."))
    ]
    mail = letter(a_digest(DigestItem(alert=changes[1], before=(opened, changes[0]))))
    assert "HIGH – New, and changed since" in mail.text
    assert mail.text.index("on graphite too") < mail.text.index("in force (was announced)")
    data = json.loads(body(a_digest(DigestItem(alert=changes[1], before=(opened, changes[0])))))["data"]
    assert [item["before"] for item in data["items"]] == [["alr_1", "alr_2"]]


def test_a_silence_that_ended_while_it_was_held_is_one_item_that_says_so() -> None:
    digest = a_digest(DigestItem(alert=a_silences_end(), before=(a_silence(),)))
    mail = letter(digest)
    assert "INFO – New, and over since\nResolved: The list is silent" in mail.text
    assert "Ministry published 'List no 8' after 12d." in mail.text
    assert "Ministry published" in note(digest, 4000).body
    (item,) = json.loads(body(digest))["data"]["items"]
    assert (item["type"], item["resolves"], item["before"]) == (
        "alert.resolved",
        a_silence().id,
        [a_silence().id],
    )


def test_what_is_beyond_the_items_is_named_and_counted() -> None:
    items = [an_item(number, "critical" if number == 4 else "info") for number in range(6)]
    mail = letter(a_digest(*items, max_items=2, beyond=7))
    assert mail.subject.startswith("[critical] 13 notices: Headline 4")
    assert mail.text.count("INFO – New") == 1
    assert mail.text.count("[info] Headline") == 4
    assert "and 7 more: exportwatch alerts list" in mail.text


def test_a_title_of_a_feed_cannot_smuggle_markup_into_a_digest() -> None:
    item = an_item(1, event=an_event("<script>x</script> *bold* @everyone", "", key="1"))
    assert "<script>x" not in letter(a_digest(item)).html
    said = note(a_digest(item), 4000).body
    assert "*bold*" not in said
    assert "@everyone" not in said


@pytest.mark.parametrize("room", [60, 500, 2000, 4096, 100_000])
def test_a_chat_message_names_as_many_as_fit_and_counts_the_rest(room: int) -> None:
    items = [an_item(number) for number in range(50)]
    said = note(a_digest(*items), room)
    named = said.body.count("**Headline ")
    assert named >= 1
    assert named == 50 or f"… and {50 - named} more" in said.body
    assert len(said.title) + len(said.body) <= max(room, 400)
    assert said.title == "🟠 [high] 50 notices, held until 12:00 UTC"


@pytest.mark.parametrize("count", [1, 20, 50, 200])
def test_a_body_is_true_to_its_schema_and_small_and_counts_all(count: int) -> None:
    long = "word " * 400
    items = [an_item(number, summary=long, action=long) for number in range(count)]
    raw = body(a_digest(*items, max_items=200))
    event = json.loads(raw)
    jsonschema.validate(event, SCHEMA)
    assert len(raw) <= LARGEST
    data = event["data"]
    assert data["count"] == count
    left = count - len(data["items"])
    assert len(data["headlines"]) == min(left, 40)
    assert data["truncated"] is (count > 1)
    assert len(data["items"]) >= min(count, 12)


def test_a_small_digest_is_whole() -> None:
    data = json.loads(body(a_digest(an_item(1), DigestItem(alert=a_service_alert()))))["data"]
    assert (data["truncated"], data["headlines"]) == (False, [])
    assert [item["rule"] and item["rule"]["id"] for item in data["items"]] == ["in-halt", None]
    assert data["items"][0]["measure"]["commodities"] == ["rare_earths", "neodymium"]
