"""The alert that the generated reference shows: everything that an alert can say, about an invented act; and a digest of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from alerts.core.alert import Alert, AlertType, RuleRef
from alerts.core.digest import Digest, DigestItem
from alerts.core.event import Event, SourceRef
from alerts.core.measure import Evidence, Measure
from alerts.core.source import Tier
from alerts.core.story import Story
from alerts.core.taxonomy import MeasureKind, Status
from alerts.pipeline.digest import gather

AT = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
TITLE = "India tells state miner to halt rare earth exports to Japan"
TEXT = (
    "India has asked its state-run miner to suspend a supply arrangement of thirteen years and halt rare earth"
    " exports to Japan, two people familiar with the matter said, as the government moves to keep material for"
    " magnet plants of its own. The miner has so far shipped neodymium and praseodymium oxide to a trading house"
    " that supplies Japanese motor makers. The suspension takes effect on 1 December; shipments already under"
    " way are not affected, officials said. Buyers in Japan said that they hold stocks for about three months."
)


def _words(role: Any, field: Any, said: str) -> Evidence:
    start = (TITLE if field == "title" else TEXT).index(said)
    return Evidence(role=role, field=field, start=start, end=start + len(said), text=said)


EVIDENCE = (
    _words("issuer", "title", "India"),
    _words("kind", "title", "halt rare earth exports"),
    _words("target", "title", "Japan"),
    _words("commodity", "text", "neodymium"),
    _words("commodity", "text", "praseodymium oxide"),
    _words("date", "text", "takes effect on 1 December"),
)
MEASURE = Measure(
    issuer="IN",
    targets=("JP",),
    kind=MeasureKind.EXPORT_BAN,
    commodities=("rare_earths", "neodymium", "praseodymium"),
    status=Status.ANNOUNCED,
    effective_date=date(2026, 12, 1),
    evidence=EVIDENCE,
)
EVENT = Event(
    id="evt_pdxy3u4xbd6qv2jmhbz7p6a5",
    source=SourceRef(id="global-wire", publisher="Global Wire", tier=Tier.WIRE),
    key="1",
    revision=1,
    title=TITLE,
    text=TEXT,
    text_added=TEXT,
    url="https://wire.example/india-rare-earths",
    lang="en",
    published=AT,
    seen=AT,
)
STORY = Story(
    id="sty_5s7d2ajx6gkqg3u2m4pyzq6h",
    version=3,
    title=TITLE,
    url=EVENT.url,
    issuer="IN",
    kind="export_ban",
    commodities=MEASURE.commodities,
    targets=("JP",),
    status=MEASURE.status,
    official=False,
    first_seen=AT,
    last_seen=AT,
    reports=3,
    publishers=("Global Wire", "Tokyo Daily", "Metals Desk"),
)


def sample_alert() -> Alert:
    """The alert that the reference shows."""
    return Alert(
        id="alr_mfzgk3tbmrsxg5dbnrwwk3tj",
        type=AlertType.OPENED,
        revision=1,
        at=AT,
        severity="critical",
        title=TITLE,
        summary="India keeps its oxides at home; Japan's motor makers are the first to feel it.",
        action="Check open purchase orders for neodymium and praseodymium. Ask the motor supplier for its stock.",
        why="Recognised: export ban by India (rare earths, neodymium, praseodymium; towards Japan; announced).",
        labels={"team": "magnets"},
        rule=RuleRef(
            id="in-rare-earths-halt",
            title="India halts exports of rare earths",
            owner="magnets-sourcing",
            description="Japanese magnets are made of Indian oxide: a halt is felt within a quarter.",
        ),
        event=EVENT,
        measure=MEASURE,
        story=STORY,
        evidence=EVIDENCE,
        rules_version="3f9c2d",
    )


def sample_digest() -> Digest:
    """The digest that the reference shows."""
    at = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    items = [DigestItem(alert=sample_alert())]
    return gather("dig_q4wz7m2kd5c3yxn6hfrtp8sa", at, "quiet hours night-berlin", items, 50)
