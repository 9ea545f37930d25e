"""The rule pack's false alarms: ``python -m bench.pack [--corpus DIR] [--list] [--sample N]``.

DIR holds ``feeds/*.xml`` (real items, unlabelled) and ``labelled.jsonl``; without one the corpus
beside the checkout is taken. Every item goes through the service's own feed reader, recogniser,
rules and stories, oldest first, so that an alert here is one that would have been sent (a source's
``max_age`` aside). Printed: alerts a day over the last days that the feeds cover (a feed holds its
newest items only, so that older days are thin); matches by rule; stories that opened more than
one rule; of the labelled documents how many relevant and how many irrelevant ones matched.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import HttpUrl

from alerts.core.entry import Entry
from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.rulebook import RuleBook
from alerts.core.source import Source, Tier
from alerts.engine.loading import load
from alerts.pipeline.admission import admit
from alerts.pipeline.decide import Candidate, Stories, decide
from alerts.pipeline.ports import Lease, SourceState
from alerts.recognise import recognise
from alerts.rules_folder import read_folder
from alerts.sources.feed import parse_feed
from bench.evaluate import DEFAULT, documents

RULES = Path(__file__).resolve().parents[1] / "rules"


@dataclass(slots=True)
class Played:
    """What came of one event: its live matches, and the rules that sent an alert or an update."""

    event: Event
    matches: tuple[Match, ...]
    opened: tuple[str, ...]
    relevant: bool | None = None


@dataclass(slots=True)
class Player:
    """Events through recogniser, rules and stories, as the decide lane would take them."""

    book: RuleBook
    stories: Stories = field(default_factory=Stories)

    def play(self, event: Event, relevant: bool | None = None) -> Played:
        """Decide one event and remember the stories it changed."""
        said = recognise(event.title, event.text, lang=event.lang, published=event.published)
        matches = tuple(self.book.rules.match(event, said.measures, event.seen))
        lease = Lease(event.id, 1)
        decision = decide(Candidate(lease, event, said, matches), self.stories, self.book, event.seen)
        for change in decision.stories:
            self.stories.apply(change)
        live = tuple(match for match in matches if match.status == "live" and match.excepted is None)
        return Played(event, live, tuple(alert.rule.id for alert in decision.alerts if alert.rule), relevant)


def feed_events(folder: Path) -> list[Event]:
    """Every dated item of the feeds as an event seen when it was published, oldest first."""
    found: list[Event] = []
    for path in sorted(folder.glob("*.xml")):
        source = _source(path.stem)
        entries = (entry for entry in parse_feed(path.read_bytes()).entries if entry.published)
        found += [event for entry in entries for event in _events(source, entry)]
    return sorted(found, key=lambda event: event.seen)


def labelled_events(path: Path) -> Iterator[tuple[Event, bool]]:
    """Every labelled document as an event, with its label."""
    source, now = _source("labelled"), datetime(2026, 1, 1, tzinfo=UTC)
    for doc in documents(path):
        entry = Entry(doc["id"], doc["title"] or "", doc["text"] or "", None, now, "1", lang=doc["lang"])
        for event in _events(source, entry):
            yield event, bool(doc["relevant"])


def _source(name: str) -> Source:
    return Source(
        id=name.replace("_", "-"),
        kind="feed",
        url=HttpUrl("https://feeds.example/x.xml"),
        every=timedelta(hours=1),
        tier=Tier.PRESS,
        backfill="alert",
    )


def _events(source: Source, entry: Entry) -> tuple[Event, ...]:
    return admit(source, [entry], {}, SourceState(), entry.published or datetime.now(UTC)).events


def feeds_report(played: Sequence[Played], days: int) -> list[str]:
    """Alerts a day, matches by rule, and stories told under several rules."""
    if not played:
        return ["no feed items"]
    since = played[-1].event.seen - timedelta(days=days)
    recent = [each for each in played if each.event.seen > since]
    alerts = sum(len(each.opened) for each in recent)
    loud = sum(len(_loud(each)) for each in recent)
    several = sum(len(each.opened) > 1 for each in played)
    return [
        f"feeds: {len(played)} items, {sum(bool(p.matches) for p in played)} matched, "
        f"{sum(len(p.opened) for p in played)} alerts",
        f"  last {days} days: {len(recent)} items, {alerts} alerts = {alerts / days:.2f} a day "
        f"({loud / days:.2f} of severity medium or higher)",
        f"  items that opened more than one alert: {several}",
        *_by_rule(played),
    ]


def _loud(played: Played) -> list[str]:
    loud = {match.rule_id for match in played.matches if match.severity not in ("info", "low")}
    return [rule for rule in played.opened if rule in loud]


def _by_rule(played: Iterable[Played]) -> list[str]:
    counted = Counter(match.rule_id for each in played for match in each.matches)
    return [f"  {count:4} {rule}" for rule, count in counted.most_common()]


def labelled_report(played: Sequence[Played]) -> list[str]:
    """How many relevant and irrelevant documents matched a rule, and how many rules each."""
    lines = ["labelled documents (each by itself)"]
    for name, wanted in (("relevant", True), ("irrelevant", False)):
        these = [each for each in played if each.relevant is wanted]
        matched = [each for each in these if each.matches]
        lines.append(
            f"  {name}: {len(matched)} of {len(these)} matched ({len(matched) / max(1, len(these)):.1%})"
        )
    rules = Counter(len(each.matches) for each in played if each.matches)
    lines.append("  rules a matched document: " + ", ".join(f"{n}: {c}" for n, c in sorted(rules.items())))
    return lines + _by_rule(played)


def listing(played: Iterable[Played]) -> list[str]:
    """Matched items, a line each, for reading by eye."""
    return [
        f"{each.event.seen:%Y-%m-%d} {'*' if each.opened else ' '} "
        f"{', '.join(f'{m.rule_id} [{m.severity}]' for m in each.matches)}\n    {each.event.title[:150]}"
        for each in played
    ]


def main(arguments: list[str] | None = None) -> int:
    """Print the report; 2 where the corpus is not there."""
    parser = argparse.ArgumentParser(prog="bench.pack", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--corpus", type=Path, default=DEFAULT.parent)
    parser.add_argument("--rules", type=Path, default=RULES)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--list", action="store_true", help="list every matched item; * opened an alert")
    parser.add_argument("--sample", type=int, default=0, help="list so many matched ones at random")
    parser.add_argument("--missed", action="store_true", help="list relevant documents that no rule matched")
    options = parser.parse_args(arguments)
    if not (options.corpus / "labelled.jsonl").is_file():
        print(f"{options.corpus}: no corpus there; name one with --corpus", file=sys.stderr)
        return 2
    book = load(read_folder(options.rules))
    player = Player(book)
    feeds = [player.play(event) for event in feed_events(options.corpus / "feeds")]
    events = labelled_events(options.corpus / "labelled.jsonl")
    labelled = [Player(book).play(event, relevant) for event, relevant in events]
    lines = [*feeds_report(feeds, options.days), *labelled_report(labelled)]
    matched = [each for each in (*feeds, *labelled) if each.matches]
    if options.list:
        lines += listing(matched)
    if options.sample:
        rng = random.Random(4)  # the same sample every time
        lines += listing(rng.sample(matched, min(options.sample, len(matched))))
    if options.missed:
        lines += [f"missed: {p.event.title[:130]}" for p in labelled if p.relevant and not p.matches]
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
