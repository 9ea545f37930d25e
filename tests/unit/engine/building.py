"""Builders: small rule folders, events and measures for the engine's tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alerts.core.event import Event, SourceRef
from alerts.core.measure import Measure
from alerts.core.source import Tier
from alerts.core.taxonomy import MeasureKind, Status
from alerts.engine.intest import read_rules
from alerts.engine.loading import lint, load
from alerts.engine.view import EventView

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ROUTES = "route: {receiver: desk}\n"
RECEIVERS = "receivers:\n  - {name: desk, apprise: {url_env: DESK_URL}}\n"
SOURCES = 'sources:\n  - {id: s, kind: feed, url: "https://feeds.test/x.xml", every: 15m}\n'
LISTS = """lists:
  - {id: rare_earths, owner: a, terms: [rare earth, rare-earth magnet, REE, 稀土]}
  - {id: licence_words, owner: a, terms: [export licence, licen*, permit]}
"""


def folder(rules: str, **more: str) -> dict[str, str]:
    """A whole folder around some rules."""
    files = {"routes.yaml": ROUTES, "receivers.yaml": RECEIVERS, "sources.yaml": SOURCES}
    lines = {line.split(",")[0].split()[-1]: line for line in LISTS.splitlines()[1:]}
    named = [
        line for name, line in lines.items() if f"${name}" in rules or ("in_list" in rules and name in rules)
    ]
    files["lists.yaml"] = "\n".join(["lists:", *named, ""])
    return files | {"watch/x.yaml": rules} | {f"{name}.yaml": text for name, text in more.items()}


def rule_text(detection: str, extra: str = "") -> str:
    """One shadow rule with the given detection (indented by two more than `detection:`)."""
    lines = "".join(f"      {line}\n" for line in detection.strip("\n").split("\n"))
    return f"rules:\n  - id: r\n    title: A rule\n    status: shadow\n{extra}    detection:\n{lines}"


def event(title: str = "", text: str = "", **more: Any) -> Event:
    """An event with harmless defaults."""
    source = SourceRef(
        id=more.pop("source_id", "s"), publisher=more.pop("publisher", "P"), tier=more.pop("tier", Tier.PRESS)
    )
    values: dict[str, Any] = {
        "id": "evt_1", "source": source, "key": "k", "revision": 1, "title": title, "text": text,
        "text_added": text, "url": None, "lang": None, "published": NOW, "seen": NOW,
    }  # fmt: skip
    return Event(**(values | more))


def measure(issuer: str | None = "CN", kind: str = "export_licensing", **more: Any) -> Measure:
    """A measure, by default China's announced licences for rare earths."""
    values: dict[str, Any] = {"commodities": ("rare_earths",), "status": Status.ANNOUNCED}
    return Measure(issuer=issuer, kind=MeasureKind(kind), **(values | more))


def matches(detection: str, happened: Event, *measures: Measure, extra: str = "") -> bool:
    """Whether a rule with this detection matches; its lint must be clean."""
    rules = load(folder(rule_text(detection, extra))).rules
    return bool(rules.match(happened, measures, NOW))


def codes(detection: str, extra: str = "") -> list[str]:
    """Codes of everything wrong with a rule of this detection."""
    return [problem.code for problem in lint(folder(rule_text(detection, extra)))]


def holds(query: str, title: str = "", text: str = "") -> bool:
    """Whether a text query holds of a text."""
    quoted = query.replace("'", "''")
    rules = read_rules(folder(rule_text(f"sel: {{'text|query': '{quoted}'}}")))
    return rules["r"].holds(EventView(event(title, text), (), NOW))


def query_codes(query: str) -> list[str]:
    """Codes of everything wrong with a text query."""
    quoted = query.replace("'", "''")
    return codes(f"sel: {{'text|query': '{quoted}'}}")
