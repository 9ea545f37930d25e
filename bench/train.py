"""Fit the recogniser's weights: ``python -m bench.train [FILE...] [--write]``.

FILE is JSON lines as for bench.evaluate; without one, the corpus beside the checkout. Beside them it
always learns from the documents in own words under tests/unit/recognise/written. Three linear scores are
fitted in turn: which drafts are measures of their text (:mod:`alerts.recognise.keep`), how far a measure
has come (:mod:`alerts.recognise.status`), whether the text reports a measure at all
(:mod:`alerts.recognise.relevance`). Printed: how each does on what it was fitted to; the figures that hold
for unseen text are those of ``python -m bench.evaluate --crossed``. Nothing but numbers per feature
leaves the documents.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from alerts.core.taxonomy import Status
from alerts.recognise import keep, relevance, status
from alerts.recognise.compose import composed
from alerts.recognise.reading import read_sentences
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table
from bench.documents import DEFAULT, WRITTEN, documents
from bench.fitting import Choice, Choices, Row, Weights, fit, fit_choice, in_use, probability, store
from tests.unit.recognise.more_stories import MORE, QUIET
from tests.unit.recognise.stories import MEASURES, SILENT

Doc = dict[str, Any]
DRAFTS_PRIOR: Weights = {"other_act": 1.5, "new_act": 1.5}
"""By hand: a plain statement in a sentence of its own is a measure of its own."""
STATUS_PRIOR: Choices = {f"points_{each}": {each.value: 2.5} for each in Status} | {
    "bias": {Status.ANNOUNCED.value: 1.0}
}
"""By hand: the status with most points, announced where nothing speaks."""
STRENGTHS = {"drafts": 0.5, "statuses": 0.4, "relevance": 0.7}


def _sentences(doc: Doc) -> list[Sentence]:
    return read_sentences(doc["title"] or "", doc["text"] or "", doc.get("lang"))


def _wanted(doc: Doc) -> dict[tuple[str, str], str | None]:
    return {(each["issuer"], each["measure"]): each["status"] for each in doc["events"]}


def draft_rows(docs: Iterable[Doc]) -> list[Row]:
    """Describe the drafts of every relevant document, true where the document is labelled with them."""
    found: list[Row] = []
    for doc in docs:
        if doc["relevant"]:
            drafts, wanted = composed(_sentences(doc))[: keep.MOST_DRAFTS], _wanted(doc)
            found += [
                (keep.features(draft, drafts[:place]), int((draft.issuer, str(draft.kind)) in wanted))
                for place, draft in enumerate(drafts)
            ]
    return found


def status_rows(docs: Iterable[Doc]) -> list[Choice]:
    """Describe the drafts that are labelled, each with the status that its label has."""
    found: list[Choice] = []
    for doc in docs:
        wanted, read = _wanted(doc), _sentences(doc)
        for draft in composed(read)[: keep.MOST_DRAFTS] if doc["relevant"] else ():
            told = wanted.get((str(draft.issuer), str(draft.kind)))
            if told:
                found.append((status.features(draft.found, draft.kind, read), told))
    return found


def relevance_rows(docs: Iterable[Doc]) -> list[Row]:
    """Describe every document in which a draft was found."""
    found: list[Row] = []
    for doc in docs:
        read = _sentences(doc)
        drafts = keep.ranked(composed(read))
        if drafts:
            found.append((relevance.features(drafts, read), int(doc["relevant"])))
    return found


def fitted(docs: list[Doc]) -> dict[str, Weights | Choices]:
    """Fit the three scores to documents."""
    prior: Weights = {name: float(value) for name, value in table("weights")["prior"].items()}
    drafts = fit(draft_rows(docs), DRAFTS_PRIOR, STRENGTHS["drafts"])
    statuses = fit_choice(status_rows(docs), STATUS_PRIOR, STRENGTHS["statuses"])
    with in_use(drafts=drafts):
        relevant = fit(relevance_rows(docs), prior, STRENGTHS["relevance"])
    return {"drafts": drafts, "statuses": statuses, "relevance": relevant}


def written() -> list[Doc]:
    """Read the documents in own words."""
    found = [doc for path in sorted(WRITTEN.glob("*.jsonl")) for doc in documents(path)]
    return found + list(_stories())


def _stories() -> Iterator[Doc]:
    told = [(story.title, story.text, story.issuer, story.kind, story.status) for story in MEASURES]
    for title, text, issuer, kind, status_told in told + [(*each, None) for each in MORE]:
        event = {"issuer": issuer, "measure": kind, "status": status_told}
        yield {"title": title, "text": text, "relevant": True, "events": [event]}
    for title, text in (*SILENT, *QUIET):
        yield {"title": title, "text": text, "relevant": False, "events": []}


def _right(rows: list[Row], weights: Weights) -> str:
    right = sum((probability(weights, described) >= 0.5) == bool(truth) for described, truth in rows)
    return f"{right} of {len(rows)} right"


def main(arguments: list[str] | None = None) -> int:
    """Print how the weights do on their own data; write them if asked."""
    parser = argparse.ArgumentParser(prog="bench.train")
    parser.add_argument("files", nargs="*", type=Path, default=[DEFAULT])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    docs = [doc for path in options.files for doc in documents(path)] + written()
    print(f"{len(docs)} documents, {len(written())} of them in own words")
    learned = fitted(docs)
    drafts: Any = learned["drafts"]
    relevant: Any = learned["relevance"]
    print(f"drafts:    {_right(draft_rows(docs), drafts)}")
    with in_use(**learned):
        print(f"relevance: {_right(relevance_rows(docs), relevant)}")
        told = status_rows(docs)
        right = sum(status.likeliest(described) == truth for described, truth in told)
        print(f"statuses:  {right} of {len(told)} right")
    if options.write:
        store(**learned)
    return 0


if __name__ == "__main__":
    sys.exit(main())
