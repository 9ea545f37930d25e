"""Rules as operations write them, by the thousand.

Everything is drawn from a seed, so that two runs measure the same. Rules differ in country,
good, measure and words; a third looks at the text.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from alerts.core.places import PLACES
from alerts.core.taxonomy import COMMODITIES, MeasureKind, commodity_label

A_FILE = 50
COUNTRIES = [code for code, name in PLACES.items() if name.replace(" ", "").isalpha() and code != "WTO"]
GOODS = sorted(COMMODITIES)
KINDS = [kind.value for kind in MeasureKind][:14]
ACTS = [
    "ban*",
    "halt",
    "suspen*",
    "quota",
    "quotas",
    "licen*",
    "permit",
    "tariff*",
    "duty",
    "curb*",
    "restrict*",
]
SHORT = {"ban*": "ban", "suspen*": "suspension", "licen*": "licence", "tariff*": "tariff", "curb*": "curbs",
         "restrict*": "restrictions"}  # fmt: skip
LISTS = """lists:
  - {id: licence_words, owner: desk, terms: [export licence, licen*, export permit, export control, 出口管制]}
  - {id: halt_words, owner: desk, terms: [halt, halted, suspend*, ban, banned, prohibit*, embargo, stop, 禁止]}
  - {id: barrier_words, owner: desk, terms: [$licence_words, $halt_words, export duty, export tax, quota]}
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One rule as drawn: its detection, an event for it, one against it, and its words."""

    detection: str
    good: str
    bad: str
    places: list[str]
    goods: list[str]
    acts: list[str]


def drawn(count: int, seed: int = 1) -> list[Drawn]:
    """Draw so many rules, no two alike; every third looks at the text."""
    rng = random.Random(seed)
    rules: dict[str, Drawn] = {}
    while len(rules) < count:
        rule = (_words if len(rules) % 3 == 2 else _fields)(rng)
        rules.setdefault(rule.detection, rule)
    return list(rules.values())


def rule_files(count: int, seed: int = 1) -> dict[str, str]:
    """Write so many rules, each with three tests, fifty a file; and the lists that they name."""
    rows = [_rule(number, rule) for number, rule in enumerate(drawn(count, seed))]
    files = {
        f"watch/{at:05}.yaml": "rules:\n" + "".join(rows[at : at + A_FILE]) for at in range(0, count, A_FILE)
    }
    return {
        "lists.yaml": LISTS,
        "routes.yaml": "route: {receiver: desk}\n",
        "receivers.yaml": "receivers:\n  - {name: desk, apprise: {url_env: DESK_URL}}\n",
        "sources.yaml": 'sources:\n  - {id: s, kind: feed, url: "https://feeds.test/x.xml", every: 15m}\n',
        **files,
    }


def _rule(number: int, rule: Drawn) -> str:
    return f"""  - id: rule-{number}
    title: Watch number {number} of the purchasing desk
    status: live
    owner: {("magnets", "battery", "metals", "chips")[number % 4]}-sourcing
    review_by: 2027-03-31
    severity: {("low", "medium", "high", "critical")[number % 4]}
    description: >
      What the buyers of this good do first: ask which open orders ship before the date,
      and have the declarations of the end users signed.
    labels: {{team: team-{number % 20}}}
    detection:
{rule.detection}    annotations:
      summary: "{{{{ event.title }}}}"
      action: "Order book {number % 97}: check open purchase orders for {{{{ measure.commodities | join(', ') }}}}."
    tests:
      - name: what it is for
        event: {rule.good}
        expect: match
      - name: another country's measure on another good
        event: {rule.bad}
        expect: no_match
      - name: a market report
        event: {{title: Shares rise as analysts forecast growth, source: {{tier: wire}}, measures: []}}
        expect: no_match
"""


def _fields(rng: random.Random) -> Drawn:
    issuer, other = rng.sample(COUNTRIES, 2)
    goods = rng.sample(GOODS, rng.choice((1, 1, 2, 3)))
    kinds = rng.sample(KINDS, rng.choice((1, 2, 3)))
    lines = [f"issuer: {_listed([issuer])}", f"commodity: {_listed(goods)}", f"measure: {_listed(kinds)}"]
    if rng.random() < 0.3:
        lines.append("status: [announced, in_force, extended]")
    noise = "      noise:\n        title|query: opinion OR podcast OR webinar\n      condition: official and not noise\n"
    body = "      official:\n" + "".join(f"        {line}\n" for line in lines)
    made = f"{{issuer: {issuer}, measure: {kinds[0]}, commodity: {goods[0]}, status: announced}}"
    wrong = f"{{issuer: {other}, measure: {kinds[0]}, commodity: {goods[0]}, status: announced}}"
    good = f"{{title: Announcement of the ministry, measures: [{made}]}}"
    bad = f"{{title: Announcement of a ministry, measures: [{wrong}]}}"
    body += noise if rng.random() < 0.3 else ""
    acts = [kind.replace("_", " ").removesuffix(" other") for kind in kinds]
    return Drawn(body, good, bad, [PLACES[issuer]], [commodity_label(name).lower() for name in goods], acts)


def _words(rng: random.Random) -> Drawn:
    code = rng.choice(COUNTRIES)
    places = [PLACES[code], *(PLACES[more] for more in rng.sample(COUNTRIES, rng.choice((0, 0, 1))))]
    goods = [commodity_label(name).lower() for name in rng.sample(GOODS, rng.choice((1, 1, 2)))]
    acts = rng.sample(ACTS, 3)
    near = rng.choice(("$licence_words", "$halt_words", "$barrier_words", f"({' OR '.join(acts)})"))
    good, place = _any(goods), _any(places)
    query = rng.choice((
        f"{place} AND ({good} NEAR/12 {near})",
        f"{place} AND {good} AND {near}",
        f"({place} NEAR/8 export*) AND ({good} NEAR/6 {near})",
    ))  # fmt: skip
    act = {"$licence_words": "export licence", "$halt_words": "halt", "$barrier_words": "quota"}.get(
        near, SHORT.get(acts[0], acts[0])
    )
    body = f"      press:\n        text|query: >\n          {query}\n"
    title = f"{places[0]} exports face {act} for {goods[0].replace(':', '')}"
    bad_event = "{title: A mine opens in the north, source: {tier: wire}}"
    words = [SHORT.get(act, act) for act in acts]
    return Drawn(body, f"{{title: {_quoted(title)}}}", bad_event, places, goods, words)


def _listed(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _any(texts: list[str]) -> str:
    terms = [text if text.isalpha() else f'"{text}"' for text in texts]
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"
