"""Fit the recogniser's weights: ``python -m bench.train [FILE...] [--write]``.

FILE is JSON lines as for bench.evaluate; without one, the corpus beside the checkout. Beside them it
always learns from the documents in own words under tests/unit/recognise/written. The gist
(:mod:`alerts.recognise.gist`) and three linear scores are fitted in turn: which drafts are measures of
their text (:mod:`alerts.recognise.keep`), how far a measure has come (:mod:`alerts.recognise.verdict`), whether the text reports a measure at all
(:mod:`alerts.recognise.relevance`). Printed: how each does on what it was fitted to; the figures that hold
for unseen text are those of ``python -m bench.evaluate --crossed``. Nothing but numbers per feature
leaves the documents.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alerts.core.taxonomy import Status
from alerts.recognise import keep, relevance, status, verdict
from alerts.recognise.compose import composed, cues_in
from alerts.recognise.cues import Cue
from alerts.recognise.draft import Draft
from alerts.recognise.gist import Gist, Model, gist_of, pages_of, signs_of, stems_of
from alerts.recognise.reading import day_of_effect, read_sentences
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table
from bench.documents import DEFAULT, WRITTEN, documents, published
from bench.fitting import Choice, Choices, Row, Weights, fit, fit_choice, in_use, store
from bench.fitting_gist import Sample, fit_gist, store_gist
from tests.unit.recognise.more_stories import MORE, QUIET
from tests.unit.recognise.stories import MEASURES, SILENT

Doc = dict[str, Any]
DRAFTS_PRIOR: Weights = {"led_past": -2.0}
"""By hand: what a sentence only comes from ("After China's curbs, Japan ...") is not its news."""
DRAFTS_HELD: Weights = {"other_act": 1.3, "new_act": 1.75}
"""By hand, whatever the labels say, which mostly name one measure a text: a plain statement in a sentence of its own is
a measure of its own."""
_PLAIN = {Status.ANNOUNCED: 1.5, Status.IN_FORCE: 2.5, Status.REPORTED: 2.5, Status.PROPOSED: 4.0}
_TURNED = 5.0
STATUS_PRIOR: Choices = {f"points_{each}": {each.value: _PLAIN.get(each, _TURNED)} for each in Status} | {
    "bias": {Status.ANNOUNCED.value: 1.5},
    "now": {Status.IN_FORCE.value: 2.0},
}
"""By hand: what turns a measure around (denied, eased, extended ...) is seldom said in passing; announced
where nothing speaks."""
STRENGTHS = {"drafts": 0.5, "statuses": 0.9, "relevance": 0.7}


@dataclass(slots=True)
class Read:
    """A document as read: its sentences, their cues, the signs that its gist is weighed by, its gist."""

    doc: Doc
    sentences: list[Sentence]
    cues: list[tuple[Sentence, Cue]]
    stems: set[str]
    signs: set[str]
    gist: Gist = field(default_factory=lambda: Gist(0.0, {}))

    @property
    def sample(self) -> Sample:
        """What the gist is fitted to."""
        return self.signs, [str(each["measure"]) for each in self.doc["events"]]

    def drafts(self) -> list[Draft]:
        """Compose its drafts."""
        return composed(self.sentences, self.cues, self.gist)


_DOCUMENTS_FROM = 3
"""Documents in own words that must hold a sign for it to count."""
_TELLING_FROM = 5
"""Relevant documents in own words that must hold a stem for the status to listen to it."""
_BLOCK = 24
"""Neighbours (often on one story) that are weighed by a gist that has seen none of them."""
_PARTS = 4


def known_signs(own: list[Read]) -> list[str]:
    """List the signs that count: those of several of the documents in own words."""
    often = Counter(sign for read in own for sign in read.signs)
    return sorted(sign for sign, number in often.items() if number >= _DOCUMENTS_FROM)


def telling(own: list[Read]) -> set[str]:
    """List the stems that count for the status: those that several relevant documents in own words hold."""
    often = Counter(stem for read in own if read.doc["relevant"] for stem in read.stems)
    return {stem for stem, number in often.items() if number >= _TELLING_FROM}


def weigh(reads: list[Read], known: list[str]) -> None:
    """Give every document the gist that is fitted without it and its neighbours."""
    for part in range(_PARTS):
        judged = [read for place, read in enumerate(reads) if place // _BLOCK % _PARTS == part]
        others = [read.sample for place, read in enumerate(reads) if place // _BLOCK % _PARTS != part]
        model = fit_gist(others, known)
        for read in judged:
            read.gist = gist_of(read.signs, model)


def read_all(docs: Iterable[Doc]) -> list[Read]:
    """Scan documents."""
    found = []
    for doc in docs:
        read = _sentences(doc)
        cues, stems = cues_in(read), stems_of(pages_of(read))
        found.append(Read(doc, read, cues, stems, signs_of(stems, read, cues)))
    return found


def _sentences(doc: Doc) -> list[Sentence]:
    return read_sentences(doc["title"] or "", doc["text"] or "", doc.get("lang"))


def _wanted(doc: Doc) -> dict[tuple[str, str], str | None]:
    return {(each["issuer"], each["measure"]): each["status"] for each in doc["events"]}


def draft_rows(docs: Iterable[Read]) -> list[Row]:
    """Describe the drafts of every relevant document, true where the document is labelled with them."""
    found: list[Row] = []
    for read in docs:
        if read.doc["relevant"]:
            drafts, wanted = read.drafts()[: keep.MOST_DRAFTS], _wanted(read.doc)
            found += [
                (keep.features(draft, drafts[:place]), int((draft.issuer, str(draft.kind)) in wanted))
                for place, draft in enumerate(drafts)
            ]
    return found


def status_rows(docs: Iterable[Read], known: set[str]) -> list[Choice]:
    """Describe the drafts that are labelled, each with the status that its label has.

    A label whose issuer was not found tells of the likeliest draft of its kind.
    """
    found: list[Choice] = []
    for read in docs:
        drafts = read.drafts()[: keep.MOST_DRAFTS] if read.doc["relevant"] else []
        for (issuer, kind), told in _wanted(read.doc).items():
            alike = [draft for draft in drafts if draft.kind.value == kind]
            alike = [draft for draft in alike if draft.issuer == issuer] or alike
            if told and alike:
                described = status.features(
                    alike[0].found, alike[0].kind, read.sentences, _begins(alike[0], read)
                )
                described |= {f"{_SPOKEN}{word}": verdict.WORD_WORTH for word in sorted(read.stems & known)}
                found.append((described, told))
    return found


def _begins(draft: Draft, read: Read) -> str | None:
    at = published(read.doc)
    return status.begins(day_of_effect(draft, read.sentences, len(read.doc["events"]) == 1, at)[0], at)


_SPOKEN = "spoken "
_SPOKEN_LEAST = 0.07
"""Weight of a common word for a status below which it is forgotten."""


def apart(learned: Choices) -> tuple[Choices, Choices]:
    """Part the weights of features from those of common words, the loud ones alone."""
    features = {name: row for name, row in learned.items() if not name.startswith(_SPOKEN)}
    spoken = {
        name.removeprefix(_SPOKEN): {word: each for word, each in row.items() if abs(each) >= _SPOKEN_LEAST}
        for name, row in learned.items()
        if name.startswith(_SPOKEN)
    }
    return features, {word: row for word, row in spoken.items() if row}


def relevance_rows(docs: Iterable[Read]) -> list[Row]:
    """Describe every document in which a draft was found."""
    found: list[Row] = []
    for read in docs:
        drafts = keep.ranked(read.drafts())
        if drafts:
            described = relevance.features(drafts, read.sentences, read.gist)
            found.append((described, int(read.doc["relevant"])))
    return found


@dataclass(slots=True)
class Fitted:
    """Everything that is fitted to documents."""

    gist: Model
    sections: dict[str, Weights | Choices]


def fitted(docs: list[Doc], own: list[Doc]) -> Fitted:
    """Fit the gist and the three scores to documents (those in own words among them)."""
    reads_own = read_all(own)
    reads = read_all(docs) + reads_own
    known = known_signs(reads_own)
    weigh(reads, known)
    prior: Weights = {name: float(value) for name, value in table("weights")["prior"].items()}
    model = fit_gist([read.sample for read in reads], known)
    with in_use(model):
        drafts = fit(draft_rows(reads), DRAFTS_PRIOR | DRAFTS_HELD, STRENGTHS["drafts"], held=DRAFTS_HELD)
        chosen = fit_choice(status_rows(reads, telling(reads_own)), STATUS_PRIOR, STRENGTHS["statuses"])
    statuses, spoken = apart(chosen)
    with in_use(model, drafts=drafts):
        relevant = fit(relevance_rows(reads), prior, STRENGTHS["relevance"])
    return Fitted(model, {"drafts": drafts, "statuses": statuses, "spoken": spoken, "relevance": relevant})


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


def main(arguments: list[str] | None = None) -> int:
    """Fit; say to how much; write what was fitted if asked."""
    parser = argparse.ArgumentParser(prog="bench.train", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, default=[DEFAULT])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    docs, own = [doc for path in options.files for doc in documents(path)], written()
    learned = fitted(docs, own)
    print(f"{len(docs)} documents and {len(own)} in own words; {len(learned.gist.rows)} signs")
    if options.write:
        store(**learned.sections)
        store_gist(learned.gist)
    return 0


if __name__ == "__main__":
    sys.exit(main())
