"""Cluster real items into stories and print them for a person to read: ``python -m bench.stories``.

Every item of the corpus' feeds and every labelled document becomes an event, seen when it was
published. The shipped rules are matched, and beside them one rule of the bench that holds on
every measure recognised, so that all of the recogniser's findings are clustered and not only
what the rules want. The events go through the decide lane's own decider, in order of time.
Printed: the clusters of two events or more, with each event's reason, then figures, then the
time that the story keys of an event take. ``--all`` prints single events too.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.core.event import Event, SourceRef
from alerts.core.ids import event_id
from alerts.core.match import Match
from alerts.core.measure import Measure, Recognition
from alerts.core.rulebook import RuleBook
from alerts.core.source import Tier
from alerts.engine.loading import load
from alerts.pipeline.decide import Candidate, Stories, decide
from alerts.pipeline.dedupe import story_keys
from alerts.pipeline.likeness import text_keys, title_keys
from alerts.pipeline.ports import Decision, Lease
from alerts.recognise import recognise
from alerts.rules_folder import read_folder
from alerts.sources.feed import parse_feed
from bench.evaluate import DEFAULT, documents

FORGET = timedelta(days=14)
"""What the ledger does to a story that nothing was added to."""

_OFFICIAL = ("mofcom", "federal register", "federalregister", "gov.cn", "ministry")


@dataclass(slots=True)
class Clusters:
    """The outcome: each story's events in order, and what was decided of them."""

    events: dict[str, list[tuple[Event, Measure | None, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    reasons: Counter[str] = field(default_factory=Counter)
    considered: int = 0
    held: int = 0


def feed_events(folder: Path) -> Iterator[Event]:
    """Read the feeds' items; the same item in two feeds is two events, as in production."""
    for path in sorted(folder.glob("*.xml")):
        parsed = parse_feed(path.read_bytes(), url="https://feeds.example/")
        for entry in parsed.entries:
            when = entry.published or datetime(2026, 4, 20, tzinfo=UTC)
            yield _event(
                path.stem, entry.key, entry.title, entry.text, entry.url, entry.lang, when, entry.publisher
            )


def labelled_events(path: Path) -> Iterator[Event]:
    """Read the labelled documents; an official publisher is known by its name."""
    for row in documents(path):
        parts = [int(part) for part in str(row["date"])[:10].split("-")] if row["date"] else [2020]
        year, month, day = (*parts, 6, 15)[:3] if len(parts) == 1 else (*parts, 15)[:3]
        when = datetime(year, month, day, tzinfo=UTC)
        yield _event(
            "labelled", row["id"], row["title"] or "", row["text"], None, row["lang"], when, row["source"]
        )


def _event(
    source: str,
    key: str,
    title: str,
    text: str,
    url: str | None,
    lang: str | None,
    when: datetime,
    by: str | None,
) -> Event:
    publisher = by or source
    official = any(word in publisher.casefold() for word in _OFFICIAL)
    tier = Tier.OFFICIAL if official else Tier.PRESS
    return Event(
        id=event_id(source, key, 1),
        source=SourceRef(id=source, publisher=publisher, tier=tier),
        key=key,
        revision=1,
        title=title,
        text=text,
        text_added=text,
        url=url,
        lang=lang,
        published=when,
        seen=when,
    )


def cluster(events: list[Event], book: RuleBook, *, wording: bool = False) -> Clusters:
    """Decide the events in order of time and gather them by story; ``wording``: all, by text alone."""
    found, stories = Clusters(), Stories()
    for event in sorted(events, key=lambda each: (each.seen, each.id)):
        if wording:
            recognition, matches = Recognition(relevant=False), (_match(None),)
        else:
            recognition, matches = _recognised(event, book)
        if not any(match.status == "live" and match.excepted is None for match in matches):
            continue
        found.considered += 1
        _forget(stories, event.seen)
        decision = decide(
            Candidate(Lease(event.id, 1), event, recognition, matches), stories, book, event.seen
        )
        for change in decision.stories:
            stories.apply(change)
        _note(found, decision, matches)
    return found


def _recognised(event: Event, book: RuleBook) -> tuple[Recognition, tuple[Match, ...]]:
    recognition = recognise(event.title, event.text, lang=event.lang, published=event.published)
    ours = tuple(_match(measure) for measure in recognition.measures) if recognition.relevant else ()
    return recognition, (*ours, *book.rules.match(event, recognition.measures, event.seen))


def _match(measure: Measure | None) -> Match:
    return Match(
        rule_id=f"bench-{measure.issuer}-{measure.kind}".lower() if measure else "bench-text",
        rule_title="any measure",
        owner="bench",
        status="live",
        severity="low",
        labels={},
        annotations={},
        description="",
        selections=(),
        measure=measure,
        evidence=(),
    )


def _forget(stories: Stories, now: datetime) -> None:
    for name in [name for name, story in stories.known.items() if now - story.last_seen > FORGET]:
        del stories.known[name]
    gone = [key for key, name in stories.ids.items() if name not in stories.known]
    for key in gone:
        del stories.ids[key]


def _note(found: Clusters, decision: Decision, matches: tuple[Match, ...]) -> None:
    by_rule = {match.rule_id: match.measure for match in matches}
    told: set[str] = set()
    for decided in decision.decided:
        found.reasons[str(decided.reason)] += 1
        if decided.story_id and decided.story_id not in told:
            told.add(decided.story_id)
            reason = f"{decided.reason} {decided.detail}"
            found.events[decided.story_id].append((decision.event, by_rule.get(decided.rule_id), reason))


def _said(measure: Measure | None) -> str:
    if measure is None:
        return "text only"
    goods = ",".join(measure.commodities)
    return f"{measure.issuer}>{','.join(measure.targets)} {measure.kind} [{goods}] {measure.status}"


def show(found: Clusters, least: int) -> None:
    """Print the clusters, those with most events first."""
    for number, rows in enumerate(sorted(found.events.values(), key=len, reverse=True), 1):
        if len(rows) < least:
            continue
        print(f"\n#{number}: {len(rows)} events")
        for event, measure, reason in rows:
            print(f"  {event.seen:%Y-%m-%d} {event.source.id[:12]:12} {event.title[:110]}")
            print(f"  {'':10} {'':12} {_said(measure)} | {reason[:110]}")


def time_keys(events: list[Event]) -> str:
    """Time the story keys of every event, in microseconds."""
    spent = []
    for event in events:
        begin = time.perf_counter()
        text_keys.cache_clear()
        title_keys.cache_clear()
        story_keys(event, None)
        spent.append((time.perf_counter() - begin) * 1e6)
    spent.sort()
    return f"keys of an event: median {statistics.median(spent):.0f} us, p95 {spent[int(len(spent) * 0.95)]:.0f} us"


def main() -> None:
    """Cluster and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--corpus", type=Path, default=DEFAULT.parent, help="folder of labelled.jsonl and feeds/"
    )
    parser.add_argument("--rules", type=Path, default=Path("rules"))
    parser.add_argument("--all", action="store_true", help="print single events too")
    asked = parser.parse_args()
    book = load(read_folder(asked.rules))
    feeds = list(feed_events(asked.corpus / "feeds"))
    for name, events in (
        ("feeds", feeds),
        ("feeds by wording alone", feeds),
        ("labelled", list(labelled_events(asked.corpus / "labelled.jsonl"))),
    ):
        found = cluster(events, book, wording="wording" in name)
        print(f"\n===== {name}: {len(events)} items, {found.considered} clustered")
        show(found, 1 if asked.all else 2)
        sizes = Counter(len(rows) for rows in found.events.values())
        print(
            f"\nstories {len(found.events)}, of two events or more {sum(n for s, n in sizes.items() if s > 1)}"
        )
        print(f"decided: {dict(found.reasons)}")
        print(time_keys(events))


if __name__ == "__main__":
    main()
