"""Evaluate the recogniser on labelled documents: ``python -m bench.evaluate [FILE] [--crossed] [--errors]``.

FILE is JSON lines (id, lang, title, text, date, relevant, events); without one the corpus beside
the checkout is taken. Printed: precision, recall and F1 of relevance, beside two plain-query
baselines; of events by issuer and kind, and further by commodity, target and status (each a
tuple that must be right as a whole); by language and by kind; the confusions. ``--crossed`` adds
the same figures by weights that were fitted without the fifth of the documents that they are judged
on: those shipped have seen the corpus, so their own figures flatter. With ``--errors`` every miss and
false hit follows, one a block.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alerts.core.measure import Recognition
from alerts.core.text import fold
from alerts.recognise import recognise
from bench.documents import DEFAULT, documents, published
from bench.fitting import in_use
from bench.train import fitted, written

MINERAL = (
    r"rare[ -]earth|lithium|cobalt|nickel|copper|gallium|germanium|graphite|antimony|tungsten|bauxite|"
    r"manganese|critical mineral|magnet|uranium|titanium|aluminium|aluminum"
)
MEASURE = (
    r"ban\w*|quota\w*|licen[cs]\w*|control\w*|restrict\w*|curb\w*|tariff\w*|dut(?:y|ies)|halt\w*|suspen\w*"
)
_NEAR = re.compile(
    rf"\bexport\w*\W+(?:\w+\W+){{0,6}}?(?:{MEASURE})\b|\b(?:{MEASURE})\W+(?:\w+\W+){{0,6}}?export"
)
_MINERAL = re.compile(MINERAL)
_ANY = re.compile(rf"\b(?:{MEASURE})\b")


@dataclass
class Tally:
    """True positives, false positives, misses."""

    hit: int = 0
    false: int = 0
    missed: int = 0

    def add(self, found: set[Any], wanted: set[Any]) -> None:
        """Count one document's sets."""
        self.hit += len(found & wanted)
        self.false += len(found - wanted)
        self.missed += len(wanted - found)

    @property
    def precision(self) -> float:
        """Share of what was said that is right."""
        return self.hit / max(1, self.hit + self.false)

    @property
    def recall(self) -> float:
        """Share of what is there that was said."""
        return self.hit / max(1, self.hit + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.hit / max(1, 2 * self.hit + self.false + self.missed)

    def row(self, name: str) -> str:
        """One line of the table."""
        wanted = self.hit + self.missed
        return f"{name:34} {self.precision:6.3f} {self.recall:6.3f} {self.f1:6.3f} {wanted:6d}"


@dataclass
class Report:
    """All tallies of one run, and the errors in words."""

    relevance: Tally = field(default_factory=Tally)
    near: Tally = field(default_factory=Tally)
    words: Tally = field(default_factory=Tally)
    pairs: Tally = field(default_factory=Tally)
    parts: dict[str, Tally] = field(default_factory=dict)
    by_lang: dict[str, Tally] = field(default_factory=dict)
    events_by_lang: dict[str, Tally] = field(default_factory=dict)
    by_kind: dict[str, Tally] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    confusions: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


def _said(recognition: Recognition) -> list[dict[str, Any]]:
    return [
        {
            "issuer": each.issuer,
            "measure": str(each.kind),
            "target": list(each.targets),
            "commodities": list(each.commodities),
            "status": str(each.status),
        }
        for each in recognition.measures
    ]


def _pairs(events: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(each["issuer"], each["measure"]) for each in events}


_PARTS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "commodity": lambda event: event["commodities"],
    "target": lambda event: event["target"],
    "status": lambda event: [event["status"]],
}


def _tuples(events: Iterable[dict[str, Any]], part: str) -> set[tuple[str, str, str]]:
    return {(each["issuer"], each["measure"], value) for each in events for value in _PARTS[part](each)}


def _short(events: Iterable[dict[str, Any]]) -> str:
    return (
        "; ".join(
            f"{e['issuer']}->{','.join(e['target'])} {e['measure']} "
            f"[{','.join(e['commodities'])}] {e['status']}"
            for e in events
        )
        or "nothing"
    )


def _note_errors(
    report: Report, doc: dict[str, Any], said: list[dict[str, Any]], recognition: Recognition
) -> None:
    wanted = doc["events"]
    what = []
    if doc["relevant"] != recognition.relevant:
        what.append("MISSED" if doc["relevant"] else "FALSE HIT")
    elif _pairs(said) != _pairs(wanted):
        what.append("EVENT")
        for issuer, kind in _pairs(wanted) - _pairs(said):
            for other, instead in _pairs(said) - _pairs(wanted):
                report.confusions[f"{issuer} {kind} read as {other} {instead}"] += 1
    else:
        what += [part.upper() for part in _PARTS if _tuples(said, part) != _tuples(wanted, part)]
    if what:
        doubt = " (label doubtful)" if doc.get("doubtful") else ""
        report.errors.append(
            f"{'+'.join(what)}{doubt} {doc['id']} {doc['lang']} score {recognition.score:.2f}\n"
            f"  {doc['title'][:150]}\n  labelled: {_short(wanted)}\n  said:     {_short(said)}"
        )


def _note_statuses(report: Report, said: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> None:
    told = {(each["issuer"], each["measure"]): each["status"] for each in said}
    for event in wanted:
        status = told.get((event["issuer"], event["measure"]))
        if status and status != event["status"]:
            report.statuses[f"{event['status']} read as {status}"] += 1


def judge(report: Report, doc: dict[str, Any]) -> None:
    """Recognise one document and count."""
    title, text = doc["title"] or "", doc["text"] or ""
    recognition = recognise(title, text, lang=doc.get("lang"), published=published(doc))
    said, wanted = _said(recognition), doc["events"]
    truth = {doc["id"]} if doc["relevant"] else set()
    found = {doc["id"]} if recognition.relevant else set()
    folded = fold(f"{title} {text}").text
    mineral = bool(_MINERAL.search(folded))
    report.relevance.add(found, truth)
    report.near.add({doc["id"]} if mineral and _NEAR.search(folded) else set(), truth)
    report.words.add({doc["id"]} if mineral and _ANY.search(folded) else set(), truth)
    report.by_lang.setdefault(doc["lang"], Tally()).add(found, truth)
    report.events_by_lang.setdefault(doc["lang"], Tally()).add(_pairs(said), _pairs(wanted))
    _note_statuses(report, said, wanted)
    report.pairs.add(_pairs(said), _pairs(wanted))
    for part in _PARTS:
        report.parts.setdefault(part, Tally()).add(_tuples(said, part), _tuples(wanted, part))
    for kind in {each["measure"] for each in said + wanted}:
        report.by_kind.setdefault(kind, Tally()).add(
            {pair for pair in _pairs(said) if pair[1] == kind},
            {pair for pair in _pairs(wanted) if pair[1] == kind},
        )
    _note_errors(report, doc, said, recognition)


def figures(report: Report) -> str:
    """Write the figures over all documents, the plain queries beside them."""
    lines = [f"{'':34} {'prec':>6} {'recall':>6} {'F1':>6} {'n':>6}"]
    lines.append(report.relevance.row("relevance"))
    lines.append(report.near.row("  query: mineral AND export NEAR/6"))
    lines.append(report.words.row("  query: mineral AND measure word"))
    lines.append(report.pairs.row("event: issuer+measure"))
    lines += [tally.row(f"event: issuer+measure+{part}") for part, tally in report.parts.items()]
    return "\n".join(lines)


def table(report: Report) -> str:
    """Write the table."""
    lines = [figures(report), "relevance by language"]
    lines += [tally.row(f"  {lang}") for lang, tally in sorted(report.by_lang.items())]
    lines.append("issuer+measure by language")
    lines += [tally.row(f"  {lang}") for lang, tally in sorted(report.events_by_lang.items())]
    lines.append("issuer+measure by kind")
    lines += [tally.row(f"  {kind}") for kind, tally in sorted(report.by_kind.items())]
    lines.append("statuses confused")
    lines += [f"  {count} x {what}" for what, count in report.statuses.most_common(20)] or ["  none"]
    lines.append("confusions")
    lines += [f"  {count} x {what}" for what, count in report.confusions.most_common(20)] or ["  none"]
    return "\n".join(lines)


def evaluate(path: Path) -> Report:
    """Judge every document of a file by the weights as shipped."""
    report = Report()
    for doc in documents(path):
        judge(report, doc)
    return report


def crossed(path: Path, beside: list[dict[str, Any]], folds: int = 5) -> Report:
    """Judge each fifth of a file by weights fitted to the other four and the documents beside it.

    The folds are runs of neighbours, so that papers on one announcement stay together.
    """
    report, docs = Report(), list(documents(path))
    for part in range(folds):
        first, last = (len(docs) * each // folds for each in (part, part + 1))
        learned = fitted(docs[:first] + docs[last:], beside)
        with in_use(learned.gist, **learned.sections):
            for doc in docs[first:last]:
                judge(report, doc)
    return report


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 2 where the file is not there."""
    parser = argparse.ArgumentParser(
        prog="bench.evaluate", description=__doc__.split("\n")[0] if __doc__ else ""
    )
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--errors", action="store_true", help="list every miss and false hit")
    parser.add_argument(
        "--crossed", action="store_true", help="weights fitted in five folds, beside those shipped"
    )
    options = parser.parse_args(arguments)
    if not options.file.is_file():
        print(f"{options.file}: no such file; name a labelled corpus (JSON lines)", file=sys.stderr)
        return 2
    report = evaluate(options.file)
    print(table(report))
    if options.crossed:
        print("\nweights fitted without the fifth that they are judged on")
        print(figures(crossed(options.file, written())))
    if options.errors:
        print("\nerrors\n" + "\n".join(report.errors))
    return 0


if __name__ == "__main__":
    sys.exit(main())
