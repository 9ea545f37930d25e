"""A rule book with correlations for tests: compiled from files, as the service compiles it."""

from __future__ import annotations

from typing import Any

from alerts.core.event import Event, SourceRef
from alerts.core.rulebook import RuleBook
from alerts.core.source import Tier
from alerts.engine.loading import load
from tests.support.builders import NOON, an_event

AROUND = {
    "routes.yaml": "route: {receiver: desk, group_wait: 0s}\n",
    "receivers.yaml": "receivers:\n  - {name: desk, apprise: {url_env: DESK_URL}}\n",
    "sources.yaml": (
        'sources:\n  - {id: desk, kind: feed, url: "https://feeds.test/x.xml", every: 15m}\n'
        '  - {id: ministry, kind: feed, url: "https://feeds.test/m.xml", every: 15m, tier: official}\n'
    ),
}
BASE = """
  - id: report
    title: A report
    status: shadow
    detection: {sel: {measure: export_ban}}
"""
HEAD = "status: live\n    owner: metals\n    review_by: 2099-01-01\n    severity: critical"
SECOND = f"""
  - id: second
    title: A second publisher
    {HEAD}
    correlation:
      type: value_count
      rules: [report]
      group_by: [issuer, commodity]
      timespan: 48h
      condition: {{field: source.publisher, gte: 2}}
    annotations: {{action: "Call about {{{{ measure.commodities | join(', ') }}}}."}}
    tests:
      - name: two
        events:
          - {{at: 2026-01-01T00:00:00Z, source: {{publisher: A}}, measures: [{{issuer: CN, measure: export_ban, commodity: gallium}}]}}
          - {{at: 2026-01-01T00:00:00Z, source: {{publisher: B}}, measures: [{{issuer: CN, measure: export_ban, commodity: gallium}}]}}
        expect: match
      - name: one
        events: [{{at: 2026-01-01T00:00:00Z, measures: [{{issuer: CN, measure: export_ban, commodity: gallium}}]}}]
        expect: no_match
"""
SILENT = f"""
  - id: silent
    title: The list is silent
    {HEAD}
    correlation: {{type: absence, sources: [ministry], timespan: 10d}}
    annotations: {{action: Look at the page.}}
    tests:
      - {{name: long, events: [{{at: 2026-01-01T00:00:00Z, source: {{id: ministry}}}}], at: 2026-01-12T00:00:00Z, expect: match}}
      - {{name: short, events: [{{at: 2026-01-01T00:00:00Z, source: {{id: ministry}}}}], at: 2026-01-10T00:00:00Z, expect: no_match}}
"""


def a_book(*rules: str) -> RuleBook:
    """A rule book of these rules, between sound sources, routes and receivers."""
    return load(AROUND | {"watch.yaml": "rules:" + "".join(rules)})


def a_report(number: int, publisher: str, **changes: Any) -> Event:
    """One publisher's report, published at noon, of India's ban; each with words of its own."""
    words = f"station {number * 7919} reports bulletin {number * 104729}"
    changes = {"published": NOON, "seen": NOON} | changes
    return an_event(words, words, key=str(number), publisher=publisher, **changes)


def from_ministry(number: int, **changes: Any) -> Event:
    """One item of the ministry's list."""
    source = SourceRef(id="ministry", publisher="Ministry", tier=Tier.OFFICIAL)
    return a_report(number, "Ministry", **changes).model_copy(update={"source": source})
