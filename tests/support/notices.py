"""Notices for the channels' tests: one full alert with everything an alert can say."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from alerts.core.alert import Alert, AlertType, RuleRef
from alerts.core.measure import Evidence
from alerts.core.story import Story
from alerts.pipeline.ports import Notice
from tests.support.builders import NOON, a_delivery, a_measure, an_alert, an_event

TITLE = "India tells its miner to halt rare earth exports to Japan"
TEXT = "Officials said that shipments of neodymium stop on 1 December. Buyers hold stocks for three months."


def words(role: Any, field: Literal["title", "text"], text: str) -> Evidence:
    start = (TITLE if field == "title" else TEXT).index(text)
    return Evidence(role=role, field=field, start=start, end=start + len(text), text=text)


EVIDENCE = (
    words("issuer", "title", "India"),
    words("kind", "title", "halt rare earth exports"),
    words("target", "title", "Japan"),
    words("commodity", "text", "neodymium"),
    words("date", "text", "1 December"),
)


def a_story(**changes: Any) -> Story:
    story = Story(
        id="sty_1",
        version=3,
        title=TITLE,
        url="https://news.test/a",
        issuer="IN",
        kind="export_ban",
        commodities=("neodymium",),
        targets=("JP",),
        status=None,
        official=False,
        first_seen=NOON,
        last_seen=NOON,
        reports=3,
        publishers=("Global Wire", "Tokyo Daily", "Metals Desk"),
    )
    return story.model_copy(update=changes)


def a_silence(**changes: Any) -> Alert:
    """A rule's alert that nothing came: no event, no story."""
    rule = RuleRef(id="silent", title="The list is silent", owner="metals")
    silence = {
        "title": rule.title,
        "rule": rule,
        "event": None,
        "measure": None,
        "why": "Nothing within 10d.",
    }
    return an_alert().model_copy(update=silence | changes)


def a_silences_end() -> Alert:
    """The notice that it is over, with what came."""
    return a_silence(
        id="alr_2",
        type=AlertType.RESOLVED,
        revision=2,
        severity="info",
        title="Resolved: The list is silent",
        summary="Ministry published 'List no 8' after 12d.",
        event=an_event("List no 8", "Licences are listed."),
        resolves=an_alert().id,
    )


def a_full_alert(**changes: Any) -> Alert:
    alert = an_alert().model_copy(
        update={
            "title": TITLE,
            "summary": "India keeps its oxides.",
            "action": "Ask the motor supplier for its stock in weeks.",
            "why": "Recognised: export ban by India.",
            "labels": {"team": "magnets"},
            "rule": RuleRef(
                id="in-halt", title="India halts", owner="magnets-sourcing", description="Mind magnets."
            ),
            "event": an_event(TITLE, TEXT, publisher="Global Wire"),
            "measure": a_measure(
                commodities=("rare_earths", "neodymium"), effective_date=date(2026, 12, 1), evidence=EVIDENCE
            ),
            "story": a_story(),
            "evidence": EVIDENCE,
            "rules_version": "v1",
        }
    )
    return alert.model_copy(update=changes)


def a_service_alert() -> Alert:
    """A notice about the service itself: no rule, no event, no measure."""
    return Alert(
        id="alr_stale",
        type=AlertType.SOURCE_STALE,
        revision=1,
        at=NOON,
        severity="high",
        title="Source bis is silent",
        summary="bis had nothing new for 3d.",
        action="Look at the publisher's page.",
        labels={"source": "bis"},
    )


def a_notice(alert: Alert | None = None, target: str = "desk") -> Notice:
    alert = alert or a_full_alert()
    return Notice(alert, a_delivery(alert, target))
