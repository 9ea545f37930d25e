"""Fuzz the rule language: ``python -m tests.fuzz_rules --minutes N --seed S``.

Five kinds of case, drawn from seed and number alone (``--case`` plays one again): a folder of
the shipped rules after some mutations, their correlations after some, a query of the grammar, a query of mutated pieces, a
file of noise. Whatever is written must end in findings or in rules that can be matched: never a
traceback, never a hang. A query of the grammar must besides hold exactly where the reference
matcher says so. Printed: cases, minutes, the slowest; the exit code is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from alerts.core.errors import Severity
from alerts.engine.annotations import Text, check_template
from alerts.engine.compiled import CompiledRules
from alerts.engine.condition import parse_condition
from alerts.engine.intest import read_loaded, run_scene
from alerts.engine.loading import lint, load
from alerts.engine.query_syntax import parse_query, parse_term
from alerts.engine.replay import plain_stories
from alerts.rules_folder import read_folder
from tests.property.reference import text_holds
from tests.property.test_engine import reference_lists, rule_of
from tests.unit.engine.building import NOW, event, measure

RULES = Path(__file__).resolve().parent.parent / "rules"
LIMIT = 5.0
"""Seconds of the processor that one case may take; a folder of rules takes a fiftieth."""
STUCK = 120
"""Seconds after which a case that does not even return to Python ends the run with a dump."""

WORDS = ["china", "india", "rare", "earth", "earths", "export", "licence", "licences", "ban", "稀土", "出口", "सरकार",
         "수출을", "редкие", "quota", "tin", "REE", "Décret", "o'neill", "u.s.", "12", "ﬁ", "İ", "ß"]  # fmt: skip
PIECES = [
    "{", "}", "[", "]", ": ", ":", "- ", "? ", "&a ", "*a", "<<: *a\n", "!!str ", "!x ", ">", "|", "|2-", "'", '"', "#",
    "---\n", "...\n", "\t", "\n", "\r\n", "    ", "  ", "\\", "\x00", "\x07", "\x85", "\u2028", "\ufeff", "\ud800",
    "\U0001f600", "٣", "稀", "null", "~", "NO", "0805", "1e999", "-", "9" * 400, "2026-02-30", "12:30", "%YAML 1.1\n",
    "rules:\n", "lists:\n", "route:\n", "detection:\n", "      condition: 1 of them\n", "text|query: ", "|not", "|re: ",
    "|within: 3d", "text|query|not: a\n", "terms: [$a, $b]\n", "{{ event.title | join }}", "{% if x %}", "id: r\n",
    "status: live\n", "(((((", "atleast3(", "NEAR/8", "$rare_earths", "expo*", "AND NOT ", "first100:", "(?=a)", "(a+)+$",
    "exceptions: [{fields: [issuer], values: [[CN]], reason: x}]\n", "measures: [{}]\n",
]  # fmt: skip
CORRELATION_PIECES = [
    "correlation: {type: absence, sources: [us-bis], timespan: 1d}\n", "type: temporal_ordered\n", "timespan: 9999999d\n",
    "timespan: 0s\n", "rules: [ours-second-publisher, unconfirmed-stop-of-ours]\n", "rules: []\n", "group_by: story\n",
    "gte: 99999999999999999999", "lt: 1", "field: story", "field: []", "events: [{at: 9999-12-31T23:59:59Z}]\n",
    "at: 0001-01-01T00:00:00Z\n", "at: 2026-13-01\n", "sources: {a: b}\n", "condition: [2]\n", "3000000000d", "1m",
]  # fmt: skip
QUERY_PIECES = [
    "(", ")", '"', "“", " AND ", " OR ", " NOT ", " NEAR/3 ", " NEAR ", " ONEAR/0 ", " NEAR/99999999999 ", "$earths", "$x",
    "a*", "chi*", "*", "?", "b?n", "title:", "first3:", "first99999:", "foo:", "atleast3(", "atleast", "~3", "-x", "+", "and",
    " W/5 ", "。", ":", "\u200b", "\u0301", "\ud83d", "\x00", "'", "$", "（", "）", "&&", "（china）",
]  # fmt: skip


class Hang(BaseException):
    """A case took longer than it may; no ``except Exception`` may swallow it."""


def words(rng: random.Random, most: int = 25) -> str:
    """A text of words that queries look for."""
    return " ".join(rng.choices([*WORDS, "x", "-", "’s", "\u00a0", "\n"], k=rng.randint(0, most)))


def mutated(rng: random.Random, text: str, pieces: list[str], most: int) -> str:
    """Insert, remove, repeat, swap."""
    for _ in range(rng.randint(1, most)):
        at = rng.randrange(len(text) + 1)
        end = min(at + rng.choice((0, 1, 1, 3, 20, 200)), len(text))
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:at] + rng.choice(pieces) + text[at:]
        elif kind == 1:
            text = text[:at] + text[end:]
        elif kind == 2:
            text = text[:end] + text[at:end] * rng.choice((1, 2, 50)) + text[end:]
        else:
            text = text[:at] + rng.choice(pieces) + text[end:]
    return text


def grammar(rng: random.Random, depth: int = 3) -> str:
    """A query without a fault."""
    kind = rng.randrange(7) if depth else 6
    if kind in (0, 1):
        joined = rng.choice((" AND ", " OR ")).join(grammar(rng, depth - 1) for _ in range(rng.randint(2, 3)))
        return f"({joined})"
    if kind == 2:
        return f"({grammar(rng, depth - 1)} AND NOT {grammar(rng, depth - 1)})"
    if kind == 3:
        return f"atleast{rng.randint(2, 4)}({near(rng, 1)})"
    if kind == 4:
        return f"{rng.choice(('title:', 'first3:', 'first9:'))}{near(rng, 1)}"
    return near(rng, rng.randint(0, 2))


def near(rng: random.Random, depth: int) -> str:
    """Something that has a position."""
    simple = [
        "china",
        "rare",
        "ban",
        "$earths",
        "$acts",
        '"rare earth"',
        "expo*",
        "ea?th",
        "稀土",
        "수출*",
        '"export ban"',
    ]
    if depth:
        return f"({near(rng, depth - 1)} {rng.choice(('NEAR', 'ONEAR'))}/{rng.randint(1, 6)} {near(rng, 0)})"
    if rng.random() < 0.3:
        return f"({' OR '.join(rng.choices(simple, k=rng.randint(2, 3)))})"
    return rng.choice(simple)


def folder_case(rng: random.Random, files: dict[str, str]) -> None:
    """The shipped folder, with one file mutated."""
    path = rng.choice(sorted(files))
    changed = files | {path: mutated(rng, files[path], PIECES, 4)}
    errors = [problem for problem in lint(changed) if problem.severity is Severity.ERROR]
    for problem in errors:
        assert problem.place.line >= 1 <= problem.place.column
        assert str(problem)
    if not errors:
        happened = event(f"China {words(rng)}", "rare earth export licence " + words(rng, 60))
        load(changed).rules.match(happened, [measure()], NOW)


def correlation_case(rng: random.Random, files: dict[str, str]) -> None:
    """The shipped correlations, mutated; what loads is counted, replayed and run over its tests."""
    path = "watch/correlations.yaml"
    changed = files | {path: mutated(rng, files[path], [*PIECES, *CORRELATION_PIECES], 3)}
    if any(problem.severity is Severity.ERROR for problem in lint(changed)):
        return
    loaded = read_loaded({path: changed[path], **{name: files[name] for name in files if name != path}})
    for rule in loaded.correlations.values():
        for test in rule.tests:
            run_scene(loaded, rule, test, None, plain_stories())
        for base in rule.correlation.rules:
            for found in rule.counts({}, base, event("China"), measure(), "story"):
                assert rule.count_words(found)


def grammar_case(rng: random.Random, files: dict[str, str]) -> None:
    """A sound query: held against the reference."""
    query, title, body = grammar(rng), words(rng), words(rng, 40)
    node, faults = parse_query(query)
    if node is None or faults:
        assert any(fault.code == "negative-query" for fault in faults), (query, faults)
        return
    rule = rule_of(query)
    found = bool(CompiledRules.of([rule]).match(event(title, body), (), NOW))
    assert found is text_holds(node, title, body, reference_lists()), (query, title, body)


def query_case(rng: random.Random, files: dict[str, str]) -> None:
    """A query, term, condition and template of pieces."""
    text = mutated(rng, grammar(rng), QUERY_PIECES, 8)
    node, faults = parse_query(text)
    assert node is not None or faults
    for fault in faults:
        assert 0 <= fault.offset <= len(text)
    parse_term(text)
    parse_condition(text, ["china", "a"])
    template = mutated(rng, "{{ event.title }} {{ measure.commodities | join(', ') }}", PIECES, 5)
    if not check_template(template):
        Text(template).render({})
    lint({"x.yaml": f"rules:\n  - id: r\n    title: t\n    detection:\n      s: {{text|query: {text}}}\n"})


def noise_case(rng: random.Random, files: dict[str, str]) -> None:
    """A file of pieces, or of bytes."""
    if rng.random() < 0.5:
        text = "".join(rng.choices(PIECES, k=rng.randint(0, 40)))
    else:
        text = rng.randbytes(rng.randint(0, 300)).decode(
            errors=rng.choice(("replace", "ignore", "surrogateescape"))
        )
    for problem in lint({"x.yaml": text}):
        assert problem.place.line >= 1 <= problem.place.column
        assert str(problem)


Case = Callable[[random.Random, dict[str, str]], None]
KINDS: dict[str, Case] = {
    "folder": folder_case,
    "correlation": correlation_case,
    "grammar": grammar_case,
    "query": query_case,
    "noise": noise_case,
}


def too_long(number: int, frame: FrameType | None) -> None:
    """End a case that hangs."""
    raise Hang(f"more than {LIMIT:.0f} s")


def play(seed: int, number: int, files: dict[str, str]) -> tuple[str, float, str]:
    """Play one case: its kind, its seconds, and what went wrong."""
    rng = random.Random(f"{seed}/{number}")
    kind = rng.choice(list(KINDS))
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    faulthandler.dump_traceback_later(STUCK, exit=True)
    begin = time.process_time()
    wrong = ""
    try:
        KINDS[kind](rng, files)
    except (Exception, Hang):
        wrong = traceback.format_exc(limit=-6)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        faulthandler.cancel_dump_traceback_later()
    return kind, time.process_time() - begin, wrong


def main() -> int:
    """Play until the minutes are over."""
    parser = argparse.ArgumentParser(description="Fuzz rule files and queries.")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int, help="play this case of the seed alone")
    given = parser.parse_args()
    signal.signal(signal.SIGVTALRM, too_long)
    files = read_folder(RULES)
    begin, number, failed = time.monotonic(), given.case or 0, 0
    count: Counter[str] = Counter()
    slowest = (0.0, 0, "")
    while True:
        kind, seconds, wrong = play(given.seed, number, files)
        count[kind] += 1
        slowest = max(slowest, (seconds, number, kind))
        if wrong:
            failed += 1
            print(f"FAILED: --seed {given.seed} --case {number} ({kind})\n{wrong}", flush=True)
        number += 1
        if given.case is not None or failed >= 20 or time.monotonic() - begin > given.minutes * 60:
            break
    print(
        f"{sum(count.values()):,} cases in {(time.monotonic() - begin) / 60:.1f} minutes: "
        + ", ".join(f"{amount:,} {kind}" for kind, amount in sorted(count.items()))
        + f"; {failed} failed; the slowest took {slowest[0]:.2f} s (case {slowest[1]}, {slowest[2]})"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
