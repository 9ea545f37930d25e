"""Texts as a live feed brings them, and the worst that it could bring.

Drawn from a seed, so that two runs measure the same. Nearly all are noise: business English
with a country or a good named here and there; one in twenty reports a measure. The dense texts
are the worst case: nothing but words that some rule of :mod:`bench.rule_set` looks for.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from alerts.core.event import Event, SourceRef
from alerts.core.measure import Measure
from alerts.core.places import PLACES
from alerts.core.source import Tier
from alerts.core.taxonomy import MeasureKind, Status, commodity_label
from bench.rule_set import ACTS, COUNTRIES, GOODS, KINDS, SHORT

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SIZE = 5000
_SYLLABLES = ("ra", "ti", "on", "ment", "co", "de", "pre", "ver", "al", "is", "ent", "ing", "or", "ma", "ne",
              "su", "per", "lo", "tra", "mi", "es", "ic", "ous", "fa", "gen", "ul", "po", "bri")  # fmt: skip
_PLAIN = """
the of to and a in for is on that by this with you it not or be are from at as your all have new
more an was we will can us about if my has but our one other do no information time they site he up
may what which their news out use any there see only so his when contact here business who web also
now help get view online first been would how were services some these its like service than price
date back top people had list name just over state year day into email two health world next used go
work last most products music buy data make them should product system post her city policy number
such please available copyright support message after best software then good well where info rights
public books high school through each links she review years order very privacy book items company
read group need many user said de does set under general research university january mail full map
reviews program life know shares profit market quarter revenue analysts forecast bank interest rate
shareholders growth investor production mine plant supply demand contract output project export
import trade government minister ministry industry
"""
"""Words by rank, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Case:
    """An event with what the recogniser would have found in it."""

    event: Event
    measures: tuple[Measure, ...]


def cases(count: int, *, dense: bool = False, seed: int = 2) -> Iterator[Case]:
    """Draw events of five kilobytes: one in twenty reports a measure; if ``dense``, every one."""
    rng = random.Random(seed)
    ranked = vocabulary(rng)
    places = [PLACES[code] for code in COUNTRIES]
    goods = [commodity_label(name).lower() for name in GOODS]
    acts = [SHORT.get(act, act) for act in ACTS] + ["export licence", "export control"]
    for number in range(count):
        relevant = dense or number % 20 == 0
        words = _noise(rng, ranked)
        if dense:
            words = [rng.choice(rng.choice((places, goods, acts, ranked))) for _ in range(SIZE // 6)]
        elif relevant:
            _strew(rng, words, [*rng.sample(places, 2), *rng.sample(goods, 3) * 4, *rng.sample(acts, 4) * 2])
        elif rng.random() < 0.5:
            _strew(rng, words, [rng.choice(places), rng.choice((rng.choice(goods), rng.choice(acts), ""))])
        text = _sentences(rng, words)
        yield Case(_event(number, text), _measures(rng) if relevant else ())


def vocabulary(rng: random.Random) -> list[str]:
    """Words of a text by rank: those that stand everywhere, then rare ones."""
    made = {"".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(6000)}
    plain = _PLAIN.split()
    return plain + sorted(made - set(plain))


def _noise(rng: random.Random, vocabulary: list[str]) -> list[str]:
    """Words by their rank, as in any text: a few stand everywhere, most are rare."""
    top = len(vocabulary)
    return [vocabulary[int(top ** rng.random()) - 1] for _ in range(SIZE // 5)]


def _strew(rng: random.Random, words: list[str], terms: list[str]) -> None:
    for term in terms:
        words.insert(rng.randrange(len(words)), term)


def _sentences(rng: random.Random, words: list[str]) -> str:
    pieces = []
    for at in range(0, len(words), 14):
        sentence = " ".join(words[at : at + 14])
        pieces.append(sentence[:1].upper() + sentence[1:] + rng.choice((". ", ", ", ".\n\n", " – ", "’s ")))
    return "".join(pieces)[:SIZE]


def _event(number: int, text: str) -> Event:
    source = SourceRef(id="s", publisher="P", tier=Tier.PRESS)
    return Event(
        id=f"evt_{number}", source=source, key=str(number), revision=1, title=text[:70].split("\n", maxsplit=1)[0],
        text=text, text_added=text, url=None, lang="en", published=NOW, seen=NOW,
    )  # fmt: skip


def _measures(rng: random.Random) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            issuer=rng.choice(COUNTRIES),
            kind=MeasureKind(rng.choice(KINDS)),
            commodities=tuple(rng.sample(GOODS, 2)),
            status=Status.ANNOUNCED,
        )
        for _ in range(rng.choice((1, 1, 2)))
    )
