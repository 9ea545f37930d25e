"""Fuzz the rule language: ``python -m tests.fuzz_rules --minutes N --seed S``.

Every case is drawn from seed and number alone (``--case`` plays one again). Its kinds: a folder of
the shipped rules after some mutations, their correlations after some, a file of noise, lists that name each other (in circles
too) and CSV lists, trees of routes, what strains the limits (depth, aliases, huge scalars and
texts), a query of the grammar, a query of mutated pieces, a book of rules with conditions and
exceptions. Whatever is written must end in findings or in rules that can be matched: never a
traceback, never a hang. Sound queries and books must besides hold exactly where the reference
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

from alerts.rules_folder import read_folder
from tests.fuzzing.books import book_case
from tests.fuzzing.correlations import correlation_case
from tests.fuzzing.folders import folder_case, limits_case, lists_case, noise_case, routes_case
from tests.fuzzing.queries import grammar_case, query_case

RULES = Path(__file__).resolve().parent.parent / "rules"
LIMIT = 5.0
"""Seconds of the processor that one case may take; a folder of rules takes a fiftieth."""
STUCK = 120
"""Seconds after which a case that does not even return to Python ends the run with a dump."""


class Hang(BaseException):
    """A case took longer than it may; no ``except Exception`` may swallow it."""


Case = Callable[[random.Random, dict[str, str]], None]
KINDS: dict[str, Case] = {
    "folder": folder_case,
    "correlation": correlation_case,
    "grammar": grammar_case,
    "query": query_case,
    "noise": noise_case,
    "lists": lists_case,
    "routes": routes_case,
    "limits": limits_case,
    "book": book_case,
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
