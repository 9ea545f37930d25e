"""Fit the weights of the relevance score: ``python -m bench.train_relevance FILE... [--write]``.

Logistic regression over the features of :mod:`alerts.recognise.relevance`,
drawn towards the hand-set weights (so that what few documents show stays near them). Beside
the labelled documents it learns from the short stories of the tests and, with ``--feeds DIR``,
from real items as negatives (those not taken for a measure now; nearly all of a feed is none).
Printed: F1 of relevance in five folds, with the hand-set weights and with learned ones.
``--write`` stores the learned weights; nothing but numbers per feature leaves the corpus.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from alerts.recognise import recognise
from alerts.recognise.compose import drafts_of
from alerts.recognise.reading import read_sentences
from alerts.recognise.relevance import features
from alerts.recognise.tables import table
from alerts.sources.feed import parse_feed
from bench.evaluate import DEFAULT, documents
from bench.fitting import Row, Weights, fit, probability, store
from tests.unit.recognise.more_stories import MORE, QUIET
from tests.unit.recognise.stories import MEASURES, SILENT


def rows(path: Path) -> list[Row]:
    """Describe every labelled document."""
    return [
        _row(doc["title"] or "", doc["text"] or "", int(doc["relevant"]), doc.get("lang"))
        for doc in documents(path)
    ]


def _row(title: str, text: str, truth: int, lang: str | None = None) -> Row:
    all_sentences = read_sentences(title, text, lang)
    drafts = drafts_of(all_sentences)
    return (features(drafts, all_sentences) if drafts else {}), truth


def story_rows() -> list[Row]:
    """Describe the short stories that the tests tell."""
    told = [_row(story.title, story.text, 1) for story in MEASURES]
    told += [_row(title, text, 1) for title, text, *_ in MORE]
    return told + [_row(title, text, 0) for title, text in (*SILENT, *QUIET)]


def feed_rows(folder: Path) -> list[Row]:
    """Describe feed items that are (very nearly all) no measures."""
    return [
        _row(item.title, item.text, 0)
        for path in sorted(folder.glob("*.xml"))
        for item in parse_feed(path.read_bytes()).entries
        if not recognise(item.title, item.text).relevant
    ]


def f1(data: list[Row], weights: Weights) -> tuple[int, int, int]:
    """Count hits, false hits and misses at one half."""
    hit = false = missed = 0
    for described, truth in data:
        said = bool(described) and probability(weights, described) >= 0.5
        hit += said and truth
        false += said and not truth
        missed += not said and truth
    return hit, false, missed


def _summed(counts: list[tuple[int, int, int]]) -> float:
    hit, false, missed = (sum(column) for column in zip(*counts, strict=True))
    return 2 * hit / max(1, 2 * hit + false + missed)


def crossed(data: list[Row], beside: list[Row], prior: Weights, strength: float, folds: int = 5) -> float:
    """F1 over held-out folds (every fifth document)."""
    counts = []
    for fold in range(folds):
        train = [row for index, row in enumerate(data) if index % folds != fold and row[0]] + beside
        test = [row for index, row in enumerate(data) if index % folds == fold]
        counts.append(f1(test, fit(train, prior, strength)))
    return _summed(counts)


def main(arguments: list[str] | None = None) -> int:
    """Print the comparison; write the weights if asked."""
    parser = argparse.ArgumentParser(prog="bench.train_relevance")
    parser.add_argument("files", nargs="*", type=Path, default=[DEFAULT])
    parser.add_argument("--feeds", type=Path, help="folder of feed documents")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--quiet", type=Path, help="more documents without a measure (JSON lines)")
    options = parser.parse_args(arguments)
    prior: Weights = {name: float(value) for name, value in table("weights")["prior"].items()}
    data = [row for path in options.files for row in rows(path)]
    beside = story_rows() + (feed_rows(options.feeds) if options.feeds else [])
    beside = [row for row in beside + (rows(options.quiet) if options.quiet else []) if row[0]]
    print(f"rows beside the documents: {len(beside)}")
    print(f"documents {len(data)}; no measure word at all in {sum(not row[0] for row in data)}")
    print(f"F1 by the hand-set weights     {_summed([f1(data, prior)]):.3f}")
    for strength in (1.0, 3.0):
        print(f"F1 learned, held out, {strength:4}:    {crossed(data, beside, prior, strength):.3f}")
    learned = fit([row for row in data if row[0]] + beside, prior, options.strength)
    print(f"F1 learned, on its own data    {_summed([f1(data, learned)]):.3f}")
    if options.write:
        store("relevance", learned)
    return 0


if __name__ == "__main__":
    sys.exit(main())
