"""The recogniser on texts of five kilobytes, what it takes to start, and its memory.

Seconds are of the processor and medians, so that other work on the machine counts little; each
text's baselines take turns with it. Baselines: the scan alone, one pass of an Aho-Corasick
automaton over the text as it is scanned, which is what finding every word of the gazetteers
costs at least; and a plain query (a mineral AND a measure word, by regular expressions over
the folded text), which finds a third of the measures (see bench.evaluate).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ruamel.yaml import YAML

from alerts.core.text import fold
from alerts.recognise import recognise
from alerts.recognise.lexicon import automaton, bytewise, other_scripts
from alerts.recognise.page import open_page
from bench.evaluate import MEASURE, MINERAL
from bench.startup import Started, started
from bench.table import Row, per_second

SIZE = 5000
"""Bytes of UTF-8."""

_MINERAL = re.compile(MINERAL)
_MEASURE = re.compile(rf"\b(?:{MEASURE})\b")


@dataclass(frozen=True, slots=True)
class Article:
    """A text as a feed brings it."""

    name: str
    lang: str
    title: str
    text: str


def articles() -> list[Article]:
    """Read the bundled articles, each cut to five kilobytes."""
    data = YAML(typ="safe").load(Path(__file__).with_name("articles.yaml").read_text("utf-8"))
    return [
        Article(
            each["name"], each["lang"], each["title"], each["text"].encode()[:SIZE].decode(errors="ignore")
        )
        for each in data
    ]


def measure(*, quick: bool) -> list[Row]:
    """Measure one process, one core."""
    rounds = 5 if quick else 300
    rows, taken = [], {}
    for article in articles():
        seconds, scanning, query = _medians(article, rounds)
        taken[article.name] = seconds
        rows.append(
            Row(
                f"  {article.name}",
                f"{seconds * 1e3:.2f} ms, {per_second(1 / seconds, 'texts')}",
                f"{scanning * 1e3:.2f} ms, the scan alone",
                scanning / seconds,
                "below 1 ms",
                f"a plain query: {query * 1e3:.2f} ms",
            )
        )
    quiet = [seconds for name, seconds in taken.items() if name.endswith("quiet")]
    telling = [seconds for name, seconds in taken.items() if not name.endswith("quiet")]
    return [
        _middle("recogniser on 5 kB texts, the median of them", [*quiet, *telling], "one process, one core"),
        _middle("  the quiet ones", quiet, "they report no measure, as 24 in 25 of the feeds' items do"),
        _middle("  those on a measure", telling),
        *rows,
        *_starting(started()),
    ]


def _middle(name: str, seconds: list[float], note: str = "") -> Row:
    middle = median(seconds)
    found = f"{middle * 1e3:.2f} ms, {per_second(1 / middle, 'texts')}"
    return Row(name, found, aim="1,000 texts/s", note=note)


def _medians(article: Article, rounds: int) -> tuple[float, float, float]:
    """Return seconds of the recogniser, of the scan alone, and of a plain query."""
    scanned = open_page("text", article.text).scanned
    encoded = bytewise(scanned.encode())

    def scan() -> None:
        for _ in automaton("en").iter(scanned):
            pass
        if not scanned.isascii():
            for _ in other_scripts().iter(encoded):
                pass

    def query() -> bool:
        folded = fold(article.text).text
        return bool(_MINERAL.search(folded) and _MEASURE.search(folded))

    runs = (lambda: recognise(article.title, article.text, lang=article.lang), scan, query)
    taken: list[list[float]] = [[], [], []]
    for _ in range(rounds):
        for number, run in enumerate(runs):
            taken[number].append(_seconds(run))
    ours, scanning, asking = map(median, taken)
    return ours, scanning, asking


def _seconds(run: Callable[[], object]) -> float:
    begin = time.process_time_ns()
    run()
    return (time.process_time_ns() - begin) / 1e9


def _starting(found: Started) -> list[Row]:
    return [
        Row(
            "first recognition of a process",
            f"{found.seconds:.2f} s",
            f"{found.reading:.2f} s, reading the YAML alone",
            found.reading / found.seconds,
            note="once a worker; the automata of English and of all other scripts",
        ),
        Row(
            "  memory of the gazetteers",
            f"{found.resident:.0f} MB resident",
            note=f"of them {found.objects:.0f} MB Python objects, the rest the automata",
        ),
        Row("  with those of eight more languages", f"{found.all_resident:.0f} MB resident"),
    ]
