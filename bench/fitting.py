"""Logistic and softmax regression in plain Python, and the file that their weights are stored in."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from alerts.recognise import gist, verdict
from alerts.recognise.gist import Model
from alerts.recognise.tables import table

Row = tuple[dict[str, float], int]
"""A description in numbers, and whether it is true of it (1) or not (0)."""
Choice = tuple[dict[str, float], str]
"""A description in numbers, and the one of several words that is true of it."""
Weights = dict[str, float]
Choices = dict[str, Weights]
"""Feature -> word -> weight."""
Lists = dict[str, list[float]]
"""Word -> one number a feature, by the feature's place."""
WEIGHTS = Path(__file__).resolve().parents[1] / "alerts" / "recognise" / "data" / "weights.yaml"
HEADER = """# Weights of three linear scores. 'prior' (hand-set) and 'relevance': see alerts/recognise/relevance.py;
# 'drafts': see alerts/recognise/keep.py; 'statuses', a feature a line, and 'spoken', a common word a line ('^': in the
# title): see alerts/recognise/status.py. Fitted by bench/train.py. The words are those that several of the documents in
# own words hold (tests/unit/recognise/written), cut to seven letters.
"""
_LEAST = 0.03
"""Weights nearer to nothing are left out of the file."""


def probability(weights: Weights, described: dict[str, float]) -> float:
    """Probability of a description under weights."""
    total = sum(weights.get(name, 0.0) * value for name, value in described.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def fit(
    data: list[Row], prior: Weights, strength: float, rounds: int = 150, held: Collection[str] = ()
) -> Weights:
    """Minimise log loss plus ``strength`` times the squared distance from the prior (Adagrad).

    Features that are ``held`` keep the weight that the prior gives them; the others are fitted around it.
    """
    names = sorted({name for described, _ in data for name in described})
    at = {name: place for place, name in enumerate(names)}
    rows = [([(at[name], value) for name, value in row.items() if value], truth) for row, truth in data]
    start = [prior.get(name, 0.0) for name in names]
    weights, seen = list(start), [1e-6] * len(names)
    fixed = [at[name] for name in held if name in at]
    for _ in range(rounds):
        slope = [2 * strength * (each - origin) for each, origin in zip(weights, start, strict=True)]
        for row, truth in rows:
            total = max(-30.0, min(30.0, sum([weights[place] * value for place, value in row])))
            error = 1.0 / (1.0 + math.exp(-total)) - truth
            for place, value in row:
                slope[place] += error * value
        for place in fixed:
            slope[place] = 0.0
        _step(weights, slope, seen)
    return dict(zip(names, weights, strict=True))


def _step(weights: list[float], slope: list[float], seen: list[float]) -> None:
    for place, each in enumerate(slope):
        seen[place] += each * each
        weights[place] -= 0.25 * each / math.sqrt(seen[place])


def fit_choice(data: list[Choice], prior: Choices, strength: float, rounds: int = 80) -> Choices:
    """Fit one weight a feature and word: softmax regression drawn towards the prior (Adagrad)."""
    words = sorted({word for _, word in data} | {word for row in prior.values() for word in row})
    names = sorted({name for described, _ in data for name in described})
    at = {name: place for place, name in enumerate(names)}
    rows = [([(at[name], value) for name, value in row.items() if value], truth) for row, truth in data]
    start = {word: [prior.get(name, {}).get(word, 0.0) for name in names] for word in words}
    weights = {word: list(each) for word, each in start.items()}
    seen = {word: [1e-6] * len(names) for word in words}
    for _ in range(rounds):
        slopes = {
            word: [2 * strength * (each - origin) for each, origin in zip(row, start[word], strict=True)]
            for word, row in weights.items()
        }
        for row, truth in rows:
            _blame(row, truth, weights, slopes)
        for word in words:
            _step(weights[word], slopes[word], seen[word])
    return {name: {word: weights[word][place] for word in words} for name, place in at.items()}


_FAULT = 0.005
"""Error of a probability below which a row teaches a word nothing worth the time."""


def _blame(row: list[tuple[int, float]], truth: str, weights: Lists, slopes: Lists) -> None:
    """Add to every word's slope what one row says against its weights."""
    totals = {word: sum([each[place] * value for place, value in row]) for word, each in weights.items()}
    top = max(totals.values())
    powers = {word: math.exp(total - top) for word, total in totals.items()}
    whole = sum(powers.values())
    for word, power in powers.items():
        error = power / whole - (word == truth)
        if abs(error) > _FAULT:
            slope = slopes[word]
            for place, value in row:
                slope[place] += error * value


@contextmanager
def in_use(model: Model | None = None, **sections: Weights | Choices) -> Iterator[None]:
    """Let the recogniser use these weights (and this gist) for a while."""
    known = table("weights")
    before = {name: known.get(name, {}) for name in sections}
    known.update(sections)
    verdict.reread()
    try:
        with gist.weighing(model):
            yield
    finally:
        known.update(before)
        verdict.reread()


def _line(name: str, weight: float | Weights) -> str:
    if isinstance(weight, float):
        return f"  {name}: {weight:.3f}\n"
    row = ", ".join(f"{word}: {each:.3f}" for word, each in sorted(weight.items()) if abs(each) >= _LEAST)
    return f"  {name}: {{{row}}}\n" if row else ""


def store(**sections: Weights | Choices) -> None:
    """Write sections of the weights' file anew, the others as they are."""
    known = {**table("weights"), **sections}
    parts = [HEADER]
    for title, weights in known.items():
        parts.append(f"{title}:\n")
        as_text = '"{}"' if title == "spoken" else "{}"
        parts += [_line(as_text.format(name), value) for name, value in sorted(weights.items())]
    WEIGHTS.write_text("".join(parts), encoding="utf-8")
