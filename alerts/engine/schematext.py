"""What an editor shows beside a key while somebody writes it: one sentence for each, by its object.

The fields of a selection have theirs in :mod:`alerts.engine.fields`, where the reference has them from.
"""

from __future__ import annotations

from typing import Any

RULE = {
    "id": "Small letters, digits, `.`, `_` and `-`; unique over all files. Alerts keep it.",
    "title": "What people read.",
    "status": "draft (not evaluated), shadow (recorded, never sent), live (sent), deprecated (not evaluated).",
    "owner": "Who answers for the rule; a live rule needs one.",
    "review_by": "The day by which the rule is to be read again, e.g. 2027-03-31; a live rule needs one.",
    "severity": "What somebody does at once: critical stops orders today, info is for reading.",
    "description": "What it means for buyers, and what to do first.",
    "labels": 'For routes: `team: magnets` here, the matcher team="magnets" in routes.yaml.',
    "annotations": "For the reader: `summary` and `action`, with {{ event.title }} and {{ measure.issuer }}.",
    "related": "Ids of other rules.",
    "exceptions": "What is taken back, with a reason; recorded, not sent.",
    "tests": "A live rule needs one that expects `match`, and a near miss that expects `no_match`.",
}
CORRELATION = {
    "type": "event_count, value_count, temporal, temporal_ordered, or absence (nothing came).",
    "rules": "Ids of the rules whose matches count; shadow ones count without alerting.",
    "sources": "Of an absence: ids of the sources that are silent.",
    "group_by": "Fields whose values must be the same, e.g. [issuer, commodity]; or story.",
    "timespan": "Over how long, by time of publication: 1m to 90d; an absence to 366d.",
    "condition": "How much is enough, e.g. {gte: 3}; of value_count {field: source.publisher, gte: 2}.",
}
LIST = {
    "id": "Queries name it as `$id`. Small letters, digits and `_`.",
    "owner": "Who answers for the terms.",
    "description": "What the terms have in common.",
    "terms": "Words, `prefix*`, or `$another` list; no operators. Singular and plural both match.",
}
DEFINITIONS = {
    "test": {
        "name": "What is tried, in words; `rules explain --test` takes it.",
        "event": "What is seen. Without `measures` the recogniser reads title and text.",
        "expect": "match, no_match, or excepted (taken back by an exception).",
        "at": "The time it plays at; 2026-01-01T12:00:00Z where it is left out.",
    },
    "scene": {
        "name": "What is tried, in words; `rules explain --test` takes it.",
        "events": "What is seen, each with its `at`, in any order.",
        "expect": "match (it held at least once) or no_match.",
        "at": "Of an absence: the time at which it is asked.",
    },
    "CountCondition": {
        "field": "Of value_count: what is distinct.",
        "gte": "At least so many.",
        "gt": "More than so many.",
    },
    "exception": {
        "fields": "One field or several, with modifiers if wanted.",
        "values": "Rows: one value a field, e.g. [[CN, lanthanum], [CN, cerium]].",
        "reason": "Why, so that the next reader knows whether it still holds.",
    },
    "TestEvent": {
        "title": "The headline.",
        "text": "The body.",
        "text_added": "What is new in this revision; all of the text where it is left out.",
        "url": "Where the item stands.",
        "lang": "Two letters, e.g. en, zh.",
        "published": "When the publisher says it appeared.",
        "source": "Where it comes from: id, publisher, tier.",
        "value": "A data series' new value.",
        "change_pct": "Its change in percent.",
        "measures": "What is recognised; [] is nothing. Left out: the recogniser reads title and text.",
    },
    "TestMeasure": {
        "issuer": "Who acts.",
        "target": 'Towards whom; "*" (everyone) where it is left out.',
        "commodity": "Which goods: ids of the taxonomy.",
        "measure": "The kind of measure.",
        "status": "How far it has come; announced where it is left out.",
        "effective_date": "The day it takes effect, e.g. 2026-12-01.",
        "hs": "Customs codes.",
        "entity": "Companies and bodies that it names.",
    },
    "TestSource": {
        "id": "Id of the source.",
        "publisher": "Who publishes.",
        "tier": "official, wire, press or other.",
        "country": "Whose source it is.",
    },
}

ROUTES = {
    "route": "The root: it takes what no other route takes.",
    "time_intervals": "Nights, weekends: what quiet_hours name.",
    "inhibit_rules": "Alerts that keep others about the same from being told for a while.",
    "tests": "Alerts, and exactly those who are to be told; `routes test` runs them.",
}
ROUTE_DEFINITIONS = {
    "Route": {
        "receiver": "Who is told; the parent's where it is left out.",
        "matchers": """All must hold, e.g. ['severity="critical"', 'source.tier=~"official|wire"'].""",
        "continue": "Ask the siblings after this one too.",
        "group_wait": "How long to gather other publishers of a story before it is told, e.g. 5m.",
        "update_after": "The least time between two notices of one story, e.g. 1h.",
        "quiet_hours": "Hold notices while a time interval lasts, then send them as one digest; or none.",
        "digest": "Gather notices and send them together at cron times; or none.",
        "escalate": "Tell somebody else where nobody acknowledges it in time; or none.",
        "routes": "Children, asked in order; the first that matches takes the alert.",
    },
    "QuietHours": {
        "name": "A time interval of time_intervals.",
        "except": """Matchers; a notice for which all hold is sent all the same, e.g. ['severity="critical"'].""",
    },
    "EscalationPlan": {
        "unless_acked_within": "How long after it was told, e.g. 30m.",
        "to": "The receiver that is told then.",
    },
    "ExpectedEscalation": {
        "to": "The receiver that is told where nobody acknowledges it.",
        "at": "When; not asked for where it is left out.",
    },
    "DigestPlan": {
        "cron": 'Minute, hour, day, month, weekday, e.g. "0 7 * * 1-5".',
        "location": "Whose clocks count, e.g. Europe/Berlin.",
        "max_items": "Notices shown in full, the gravest first; of the rest, headlines.",
    },
    "TimeInterval": {
        "name": "What quiet_hours name.",
        "location": "Whose clocks count, e.g. Europe/Berlin.",
        "times": "It holds while any of these does.",
    },
    "InhibitRule": {
        "name": "It stands in the record of every alert that is inhibited.",
        "source_matchers": "Of the alerts that inhibit; all must hold.",
        "target_matchers": "Of the alerts that give way; all must hold, and not all of the source's.",
        "equal": "In what the two must be equal, e.g. [issuer, commodity, measure].",
        "for": "For how long after the source's alert, e.g. 72h.",
    },
    "Span": {
        "start": "Local time, e.g. 20:00; 00:00 where it is left out.",
        "end": "Local time; no later than start: on the next day.",
        "weekdays": "Days on which it begins, e.g. [sat, sun]; every day where it is left out.",
    },
    "RouteTest": {
        "name": "What is tried, in words.",
        "at": "When the alert is decided; 2026-01-01T12:00:00Z where it is left out.",
        "alert": "The alert by its facts: severity, labels such as team, issuer, commodity, source.tier, ...",
        "expect": "Exactly the receivers that are told: a list, or each with what is expected of it.",
    },
    "Expected": {
        "wait": "The group_wait that it is told after.",
        "escalate": "Whom it escalates to, and when; not asked for where it is left out.",
        "held_until": "When the digest goes that it is held for; left out: it must not be held.",
    },
}

DEFINITIONS["TimedEvent"] = DEFINITIONS["TestEvent"] | {"at": "When it is published and seen."}


def describe(schema: dict[str, Any], texts: dict[str, str]) -> None:
    """Put each text beside its key; a key of one's own (a `$ref`) is wrapped, as draft-07 wants it."""
    for name, text in texts.items():
        part = schema["properties"][name]
        schema["properties"][name] = ({"allOf": [part]} if "$ref" in part else part) | {"description": text}
