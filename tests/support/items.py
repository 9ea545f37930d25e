"""A deterministic stream of items, each a story of its own, some of them told twice.

Every item carries a code (``TX00042``) in its title, by which a notice is traced back to it.
Its words are invented from the seed, so that no two items are near-duplicates and no
gazetteer knows them: what a rule holds on is a trigger word alone. A *repeat* is an earlier
item word for word, in another feed, under another guid and address: it must not be told again.
What bears GAMMA is repeated up to three times, since a correlation tells of the third report.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from alerts.demo.origin import Item

CODE = re.compile(rb"TX\d{5}")
_CONSONANTS = [*"bdfgklmnprstvwz", "br", "dr", "fr", "gl", "kl"]
_VOWELS = [*"aeiou"]


class Trigger(StrEnum):
    """The word that one rule looks for; NONE is a near miss of ALPHA. GAMMA's rule is in the shadow."""

    ALPHA = "orlanquota"
    BETA = "vexmandate"
    GAMMA = "tolvincount"
    NONE = "orlan quota"


_REPEATED = {Trigger.ALPHA: 1, Trigger.BETA: 1, Trigger.GAMMA: 3}
"""How often an item may be repeated at most."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One item, what it should set off, and whether it repeats an earlier one."""

    code: str
    trigger: Trigger
    feed: str
    item: Item
    repeat: bool


def plan_items(
    seed: int, feeds: tuple[str, ...], *, matching: float = 0.6, repeats: float = 0.25, words: int = 60
) -> Iterator[Planned]:
    """Yield items for ever; the same arguments give the same items."""
    rng = random.Random(seed)
    told: list[Planned] = []
    number = again = 0
    while True:
        if told and rng.random() < repeats:
            again += 1
            yield _repeat(rng, told.pop(rng.randrange(len(told))), again, feeds)
            continue
        number += 1
        planned = _fresh(rng, number, feeds, matching, words)
        if planned.trigger is not Trigger.NONE:
            told = [*told[-20:], *[planned] * _REPEATED[planned.trigger]]
        yield planned


def _fresh(rng: random.Random, number: int, feeds: tuple[str, ...], matching: float, words: int) -> Planned:
    code = f"TX{number:05d}"
    wanted = rng.random() < matching
    trigger = rng.choice(list(_REPEATED)) if wanted else Trigger.NONE
    title = f"{code} {_sentence(rng, 4)} {trigger} {_sentence(rng, 3)}"
    item = Item(f"guid-{number}", title, _sentence(rng, words) + " bulletin", f"https://a.example/{number}")
    return Planned(code, trigger, rng.choice(feeds), item, repeat=False)


def _repeat(rng: random.Random, first: Planned, again: int, feeds: tuple[str, ...]) -> Planned:
    feed = rng.choice([name for name in feeds if name != first.feed])
    guid, link = f"{first.item.guid}-r{again}", f"{first.item.link}?repeat={again}"
    item = Item(guid, first.item.title, first.item.text, link)
    return Planned(first.code, first.trigger, feed, item, repeat=True)


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(_word(rng) for _ in range(words))


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.randint(3, 5)))
