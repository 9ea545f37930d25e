"""``python -m bench``: every figure, with its baseline, in one run."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform

from bench import backtest, deliveries, life, polls, recognition, rules, scrape
from bench.stage import far_side
from bench.table import Row, show

LIMITS = """\
Physical limits: every delivery costs a claim and a completion that are synced to disk (both are
batched) and one HTTP round trip; sender, server and far side share the cores of one machine, so
that the bare loop has to itself what the ledger's processes take from ours."""
PARTS = ("recognition", "rules", "life", "deliveries", "polls", "scrape")
LONG = ("backtest",)
"""Parts that take minutes: run only when asked for."""


async def run(parts: list[str], *, quick: bool) -> list[Row]:
    """Measure the parts asked for, one after the other."""
    rows: list[Row] = []
    async with far_side() as far:
        if "recognition" in parts:
            rows += recognition.measure(quick=quick)
        if "rules" in parts:
            rows += rules.measure(quick=quick)
        if "backtest" in parts:
            rows += backtest.measure(quick=quick)
        if "life" in parts:
            rows += await life.measure(far, quick=quick)
        if "deliveries" in parts:
            rows += await deliveries.measure(far, quick=quick)
        if "polls" in parts:
            rows += await polls.measure(far, quick=quick)
        if "scrape" in parts:
            rows += await scrape.measure(quick=quick)
    return rows


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small counts: a smoke test, not a figure")
    which = f"of {', '.join(PARTS)} (all these if none), {', '.join(LONG)}"
    parser.add_argument("parts", nargs="*", choices=[*PARTS, *LONG, []], help=which)
    given = parser.parse_args()
    rows = asyncio.run(run(given.parts or list(PARTS), quick=given.quick))
    title = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    show(rows, title + (" (quick: no figures to quote)" if given.quick else ""))
    print(LIMITS)


if __name__ == "__main__":
    main()
