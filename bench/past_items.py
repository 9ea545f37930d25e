"""Half a million past items as a watch collects them: deterministic, in words of our own.

Sizes are those of real feeds: the tables below are quantiles of 527 items of 21 mining, company
and news feeds of April 2026 (a headline and a teaser; sizes only were taken). Those feeds had been cut
at 500 characters, so the longest twentieth is drawn from 500 to 5,000 instead. One item in
fifteen reports a measure, about as many as the recogniser calls relevant in those feeds; half
are news of the sector, with a place and a good in it; the rest is any business.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from alerts.core.places import PLACES
from alerts.core.taxonomy import commodity_label
from bench.rule_set import COUNTRIES, GOODS
from bench.texts import vocabulary

SINCE = datetime(2026, 3, 3, tzinfo=UTC)
SPAN = timedelta(days=90)
TITLES = (22, 48, 55, 62, 67, 71, 73, 76, 78, 82, 85, 88, 94, 98, 102, 106, 111, 119, 129, 143, 262)
"""Characters of a headline at every twentieth of the ranks, from the least to the most."""
BODIES = (1, 66, 75, 80, 82, 85, 89, 92, 95, 99, 105, 108, 112, 116, 120, 129, 144, 207, 291, 497)
"""Characters of a teaser; of the longest twentieth, which had been cut, nothing is known."""
LONG, LONGEST = 500, 5_000
A_LONG_ONE = 20
A_MEASURE, OF_THE_SECTOR = 1 / 15, 1 / 2
MEASURES = (
    "{place} to require licences for {good} exports",
    "{place} bans exports of {good} with immediate effect",
    "{place} imposes export controls on {good}, ministry says",
    "Government of {place} suspends {good} exports until further notice",
    "{place} raises export duty on {good} to {number} percent",
    "{place} sets an export quota for {good}",
    "{place} announces {number} percent tariff on imports of {good}",
    "{place} extends {good} export licensing to {other}",
)
SECTOR = (
    "{good} prices {moved} {number} percent on demand from {place}",
    "{firm} starts {good} plant in {place}",
    "{firm} drills {number} metres of {good} at its project in {place}",
    "{firm} ships its first {good} from {place}",
    "{place} output of {good} {moved} in the quarter, data show",
    "Analysts expect the {good} market to grow as {place} builds plants",
    "Shares of {firm} {moved} after {good} results from {place}",
    "Why export controls on {good} matter to {place}",
)
BUSINESS = (
    "{firm} names a new chief executive",
    "{firm} reports profit of {number} million",
    "Shareholders of {firm} approve the merger",
    "{firm} opens an office, {number} jobs expected",
    "Five things to know about the market this week",
    "{firm} to present at the spring conference",
)
FIRMS = ("Norvelt", "Karrin Metals", "Oxley Group", "Tamsin Resources", "Birchway", "Delmont Mining",
         "Quillon Minerals", "Fenrow Industries", "Ashcombe Chips", "Lorimer Magnets")  # fmt: skip
MOVED = ("rise", "fall", "slip", "gain")


def lines(count: int, seed: int = 3) -> Iterator[str]:
    """Draw so many items, oldest first, as lines that ``rules backtest --items`` reads."""
    rng = random.Random(seed)
    words = vocabulary(rng)
    for number in range(count):
        chance = rng.random()
        forms = MEASURES if chance < A_MEASURE else SECTOR if chance < A_MEASURE + OF_THE_SECTOR else BUSINESS
        item = {
            "id": f"item-{number}",
            "title": _title(rng, words, forms),
            "text": _body(rng, words, forms),
            "published": f"{SINCE + SPAN * number / count:%Y-%m-%dT%H:%M:%SZ}",
            "source": {"id": f"feed-{number % 30}", "publisher": f"Publisher {number % 30}", "tier": "press"},
        }
        yield json.dumps(item, ensure_ascii=False) + "\n"


def _title(rng: random.Random, words: Sequence[str], forms: Sequence[str]) -> str:
    size = _drawn(rng, TITLES)
    title = _sentence(rng, forms)
    while len(title) < size - 8:
        title += " " + _word(rng, words)
    return title


def _body(rng: random.Random, words: Sequence[str], forms: Sequence[str]) -> str:
    long = rng.randrange(A_LONG_ONE) == 0
    size = int(LONG * (LONGEST / LONG) ** rng.random()) if long else _drawn(rng, BODIES)
    pieces: list[str] = []
    left = size
    while left > 0:
        piece = _sentence(rng, forms) if not pieces or rng.random() < 0.2 else _filler(rng, words)
        pieces.append(piece)
        left -= len(piece) + 2
    return ". ".join(pieces)[: max(size, 1)] + rng.choice((".", ".", " …", ""))


def _sentence(rng: random.Random, forms: Sequence[str]) -> str:
    place, other = rng.sample(COUNTRIES, 2)
    return rng.choice(forms).format(
        place=PLACES[place],
        other=PLACES[other],
        good=commodity_label(rng.choice(GOODS)).lower(),
        firm=rng.choice(FIRMS),
        moved=rng.choice(MOVED),
        number=rng.randrange(2, 60),
    )


def _filler(rng: random.Random, words: Sequence[str]) -> str:
    return " ".join(_word(rng, words) for _ in range(rng.randint(5, 14))).capitalize() + rng.choice(
        ("", "’s")
    )


def _word(rng: random.Random, words: Sequence[str]) -> str:
    return words[int(len(words) ** rng.random()) - 1]  # by rank, as in any text


def _drawn(rng: random.Random, quantiles: Sequence[int]) -> int:
    at = rng.random() * (len(quantiles) - 1)
    low = int(at)
    return int(quantiles[low] + (quantiles[low + 1] - quantiles[low]) * (at - low))
