"""The rule engine: events a second by number of rules, and what loading rules takes.

Seconds are of the processor, so that rates are of one core whatever else the machine does.
Recognition is not in these figures (it has a line of its own): events come with their
measures. Baselines of the same run: what one would write without an engine, a regular expression a
rule in a loop; and the scan alone of multi-pattern libraries, which find the rules' words
and neither fold, nor cut words, nor measure distances, nor look at measures.
"""

from __future__ import annotations

import gc
import re
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial

import ahocorasick

from alerts.core.text import fold
from alerts.engine.compiled import CompiledRules
from alerts.engine.loading import load
from bench.rule_set import Drawn, drawn, rule_files
from bench.table import Row, per_second
from bench.texts import NOW, Case, cases

ROUNDS = 5


def measure(*, quick: bool) -> list[Row]:
    """Measure a live feed at three sizes of rule book, the worst case, and loading."""
    sizes = (30, 100, 300) if quick else (100, 1000, 10_000)
    feed = list(cases(60 if quick else 400))
    dense = list(cases(5 if quick else 30, dense=True))
    books = [load(rule_files(size)).rules for size in sizes]
    rates, matches = _rates(books, feed)
    worst, many = _rates(books, dense)
    rows: list[Row] = []
    for number, size in enumerate(sizes):
        aim = "5,000" if number == 1 else ""
        rows.append(_against_regexes(size, rates[number], matches[number], feed, aim))
        what = f"  the same, every word a searched one, {size:,} rules"
        note = f"{many[number]:,.0f} matches an event, {worst[number] * many[number]:,.0f} a second"
        rows.append(Row(what, per_second(worst[number], "events"), note=note))
    rows.append(_growth(sizes, rates))
    rows += _scans(sizes[1], rates[1], feed)
    del books
    return rows + _loading(sizes[1])


def _rates(books: Sequence[CompiledRules], events: Sequence[Case]) -> tuple[list[float], list[float]]:
    """Return for each book events a second, the best of some rounds, and matches an event.

    The books take turns, so that what else the machine does falls on all of them alike.
    """
    matches = [
        sum(len(rules.match(case.event, case.measures, NOW)) for case in events) / len(events)
        for rules in books
    ]
    best = [float("inf")] * len(books)
    for _ in range(ROUNDS):
        for number, rules in enumerate(books):
            best[number] = min(best[number], _seconds(partial(_pass, rules, events)))
    return [len(events) / seconds for seconds in best], matches


def _pass(rules: CompiledRules, events: Sequence[Case]) -> None:
    for case in events:
        rules.match(case.event, case.measures, NOW)


def _seconds(run: Callable[[], object]) -> float:
    gc.collect()
    begin = time.process_time()
    run()
    return time.process_time() - begin


def _against_regexes(size: int, rate: float, matches: float, feed: Sequence[Case], aim: str) -> Row:
    texts = [case.event.text for case in feed[:2]]
    patterns = [_pattern(rule) for rule in drawn(size)]
    begin = time.process_time()
    for text in texts:
        for pattern in patterns:
            pattern.search(text)
    loop = len(texts) / (time.process_time() - begin)
    return Row(
        f"events of 5 kB against {size:,} rules",
        per_second(rate, "events"),
        f"{loop:,.1f}/s, one regex a rule",
        rate / loop,
        aim,
        f"{matches:.2f} matches an event, one core",
    )


def _pattern(rule: Drawn) -> re.Pattern[str]:
    """The rule as one would write it as a regular expression: an act near a good, of a country."""
    goods, acts = (_either([*rule.goods, *rule.places]), _either(rule.acts))
    return re.compile(
        rf"\b(?:{goods})\b.{{0,80}}\b(?:{acts})\b|\b(?:{acts})\b.{{0,80}}\b(?:{goods})\b", re.I | re.S
    )


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in words)


def _growth(sizes: Sequence[int], rates: Sequence[float]) -> Row:
    what = f"cost of {sizes[-1]:,} rules over that of {sizes[0]:,}"
    return Row(what, f"{rates[0] / rates[-1]:.2f} times", aim="below 2")


def _scans(size: int, rate: float, feed: Sequence[Case]) -> list[Row]:
    rules = drawn(size)
    terms = sorted({word.casefold() for rule in rules for word in (*rule.places, *rule.goods, *rule.acts)})
    texts = [fold(case.event.text).text for case in feed]
    rows = []
    for name, scan in (("pyahocorasick", _ahocorasick(terms)), ("hyperscan", _hyperscan(terms))):
        if scan is None:
            rows.append(Row(f"  scan alone by {name}", "not installed"))
            continue
        alone = len(texts) / min(_seconds(partial(_each, scan, texts)) for _ in range(3))
        rows.append(
            Row(
                f"all of {size:,} rules, beside the scan alone",
                per_second(rate, "events"),
                f"{alone:,.0f}/s, {name}",
                rate / alone,
                note=f"{len(terms)} words, text already folded",
            )
        )
    return rows


def _each(scan: Callable[[str], int], texts: Sequence[str]) -> None:
    for text in texts:
        scan(text)


def _ahocorasick(terms: Sequence[str]) -> Callable[[str], int]:
    automaton = ahocorasick.Automaton()
    for term in terms:
        automaton.add_word(term, term)
    automaton.make_automaton()
    return lambda text: sum(1 for _ in automaton.iter(text))


def _hyperscan(terms: Sequence[str]) -> Callable[[str], int] | None:
    try:
        import hyperscan  # noqa: PLC0415 - there are no wheels of it for every machine
    except ImportError:
        return None
    database = hyperscan.Database()
    expressions = [rf"\b{re.escape(term)}\b".encode() for term in terms]
    database.compile(expressions=expressions, ids=list(range(len(terms))))

    def scan(text: str) -> int:
        found: list[int] = []
        database.scan(text.encode(), match_event_handler=lambda number, *_: found.append(number))
        return len(found)

    return scan


def _loading(size: int) -> list[Row]:
    files = rule_files(size)
    load(rule_files(10))
    seconds = min(_seconds(lambda: load(files)) for _ in range(3))
    gc.collect()
    tracemalloc.start(1)
    try:
        book = load(files)
        kept, peak = (size / 1e6 for size in tracemalloc.get_traced_memory())
    finally:
        tracemalloc.stop()
    megabytes = sum(len(text) for text in files.values()) / 1e6
    note = f"{megabytes:.1f} MB of YAML, three tests a rule"
    return [
        Row(
            f"loading {len(book.rules):,} rules with their tests",
            f"{seconds:.2f} s",
            aim="below 1 s",
            note=note,
        ),
        Row("  memory at its peak, and kept", f"{peak:.0f} MB, {kept:.0f} MB", aim="below 30 MB"),
    ]
