"""Fit the weights that keep or drop a drafted measure: ``python -m bench.train_drafts FILE... [--write]``.

Logistic regression over the features of :mod:`alerts.recognise.keep`: every draft of a relevant
document is a row, true where the document is labelled with its issuer and kind. Printed: F1 of
the kept (issuer, kind) pairs in five folds by document, and on its own data. Only numbers per
feature leave the documents.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from alerts.recognise.compose import composed
from alerts.recognise.keep import KEPT_FROM, features
from alerts.recognise.reading import read_sentences
from bench.evaluate import DEFAULT, documents
from bench.fitting import Row, Weights, fit, probability, store

_MOST = 10
PRIOR: Weights = {"other_act": 1.5, "new_act": 1.5}
"""By hand: a plain statement in a sentence of its own is a measure of its own."""
Doc = tuple[list[Row], int]
"""The rows of a document's drafts, and how many measures it is labelled with."""


def rows(path: Path) -> list[Doc]:
    """Describe the drafts of every relevant document."""
    found: list[Doc] = []
    for doc in documents(path):
        if not doc["relevant"]:
            continue
        drafts = composed(read_sentences(doc["title"] or "", doc["text"] or "", doc.get("lang")))[:_MOST]
        wanted = {(each["issuer"], each["measure"]) for each in doc["events"]}
        described = [
            (features(draft, drafts[:place]), int((draft.issuer, str(draft.kind)) in wanted))
            for place, draft in enumerate(drafts)
        ]
        found.append((described, len(wanted)))
    return found


def f1(data: list[Doc], weights: Weights) -> tuple[int, int, int]:
    """Count hits, false hits and misses of the kept drafts."""
    hit = false = missed = 0
    for described, wanted in data:
        ranked = sorted(described, key=lambda row: -probability(weights, row[0]))
        kept = [
            row for place, row in enumerate(ranked) if not place or probability(weights, row[0]) >= KEPT_FROM
        ]
        right = sum(truth for _, truth in kept)
        hit, false, missed = hit + right, false + len(kept) - right, missed + wanted - right
    return hit, false, missed


def _summed(counts: list[tuple[int, int, int]]) -> str:
    hit, false, missed = (sum(column) for column in zip(*counts, strict=True))
    return f"{2 * hit / max(1, 2 * hit + false + missed):.3f} ({hit} hit, {false} false, {missed} missed)"


def main(arguments: list[str] | None = None) -> int:
    """Print the comparison; write the weights if asked."""
    parser = argparse.ArgumentParser(prog="bench.train_drafts")
    parser.add_argument("files", nargs="*", type=Path, default=[DEFAULT])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--strength", type=float, default=0.5)
    options = parser.parse_args(arguments)
    data = [doc for path in options.files for doc in rows(path)]
    best = sum(truth for described, _ in data for _, truth in described)
    print(f"documents {len(data)}, drafts {sum(len(d) for d, _ in data)}, of these right {best}")
    for strength in (0.2, 0.5, 1.0, 2.0):
        counts = []
        for fold in range(5):
            train = [row for at, (described, _) in enumerate(data) if at % 5 != fold for row in described]
            counts.append(
                f1([doc for at, doc in enumerate(data) if at % 5 == fold], fit(train, PRIOR, strength))
            )
        print(f"F1 in five folds, strength {strength}: {_summed(counts)}")
    learned = fit([row for described, _ in data for row in described], PRIOR, options.strength)
    print(f"F1 on its own data: {_summed([f1(data, learned)])}")
    if options.write:
        store("drafts", learned)
    return 0


if __name__ == "__main__":
    sys.exit(main())
