"""Rules folders for the outer rings of the tests, written from what a test needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.items import Trigger


def write_yaml(path: Path, data: Any) -> None:
    """Write data as JSON, which is YAML too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=2), "utf-8")


def write_rules(
    folder: Path,
    *,
    sources: list[dict[str, Any]],
    receivers: list[dict[str, Any]],
    route: dict[str, Any],
    rules: list[dict[str, Any]],
) -> Path:
    """Write a whole rules folder."""
    write_yaml(folder / "sources.yaml", {"sources": sources})
    write_yaml(folder / "receivers.yaml", {"receivers": receivers})
    write_yaml(folder / "routes.yaml", {"route": route})
    write_yaml(folder / "watch" / "test.yaml", {"rules": rules})
    return folder


def feed_source(name: str, url: str, *, every: str = "1s", **more: Any) -> dict[str, Any]:
    """Describe a feed on loopback that alerts from its first item on."""
    return {
        "id": name,
        "kind": "feed",
        "url": url,
        "every": every,
        "publisher": name,
        "tier": "wire",
        "lang": "en",
        "backfill": "alert",
    } | more


def hook_receiver(name: str, url: str, secret: str, *, timeout: str = "3s", **more: Any) -> dict[str, Any]:
    """Describe a webhook receiver."""
    return {"name": name, "webhook": {"url": url, "secret": secret, "timeout": timeout}} | more


def mail_receiver(name: str, url: str) -> dict[str, Any]:
    """Describe a receiver by mail."""
    return {"name": name, "apprise": {"url": url}}


def word_rule(rule_id: str, word: str, *, team: str, status: str = "live", **more: Any) -> dict[str, Any]:
    """Describe a rule that holds for a single word in title or text."""
    return {
        "id": rule_id,
        "title": f"The word {word}",
        "status": status,
        "owner": "tests",
        "review_by": "2099-01-01",
        "severity": "high",
        "description": "A rule of the tests.",
        "labels": {"team": team},
        "detection": {"word": {"text|query": word}, "condition": "word"},
        "annotations": {"summary": "{{ event.title }}"},
        "tests": [
            {"name": "the word", "event": {"title": f"some {word} here"}, "expect": "match"},
            {"name": "near it", "event": {"title": "some orlan quota here"}, "expect": "no_match"},
        ],
    } | more


def correlation_rule(rule_id: str, *, team: str, correlation: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Describe a live rule over what others match, with its tests."""
    rule = word_rule(rule_id, "", team=team, correlation=correlation, **more)
    return {name: value for name, value in rule.items() if name != "detection"}


def third_report(rule_id: str, base: str, word: str, *, team: str) -> dict[str, Any]:
    """Describe a rule for the third item of one story that matches ``base``."""

    def told(times: int) -> list[dict[str, Any]]:
        return [{"at": f"2026-03-02T0{hour}:00:00Z", "title": f"some {word} here"} for hour in range(times)]

    return correlation_rule(
        rule_id,
        team=team,
        correlation={
            "type": "event_count",
            "rules": [base],
            "group_by": ["story"],
            "timespan": "1d",
            "condition": {"gte": 3},
        },
        tests=[
            {"name": "three", "events": told(3), "expect": "match"},
            {"name": "two", "events": told(2), "expect": "no_match"},
        ],
    )


def silence_rule(rule_id: str, sources: tuple[str, ...], timespan: str, *, team: str) -> dict[str, Any]:
    """Describe a rule for the silence of each of some sources, which is minutes long."""
    first = {"at": "2026-03-02T00:00:00Z", "title": "the last word", "source": {"id": sources[0]}}
    return correlation_rule(
        rule_id,
        team=team,
        correlation={
            "type": "absence",
            "sources": list(sources),
            "group_by": ["source.id"],
            "timespan": timespan,
        },
        annotations={},
        tests=[
            {"name": "an hour later", "events": [first], "at": "2026-03-02T01:00:00Z", "expect": "match"},
            {"name": "at once", "events": [first], "at": "2026-03-02T00:00:01Z", "expect": "no_match"},
        ],
    )


def trigger_rules() -> list[dict[str, Any]]:
    """Describe the rules for the triggers of :mod:`tests.support.items`.

    Beside them stand a shadow rule that holds for every item and a draft one: nothing
    may ever be delivered because of these two. GAMMA's is a shadow rule too, and told of at the third report.
    """
    return [
        word_rule("alpha", Trigger.ALPHA, team="alpha"),
        word_rule("beta", Trigger.BETA, team="beta"),
        word_rule("gamma", Trigger.GAMMA, team="gamma", status="shadow"),
        third_report("third", "gamma", Trigger.GAMMA, team="gamma"),
        word_rule("shadow-all", "bulletin", team="alpha", status="shadow"),
        word_rule("draft-all", "bulletin", team="beta", status="draft"),
    ]
