"""Logistic and softmax regression in plain Python, and the file that their weights are stored in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alerts.recognise import gist
from alerts.recognise.gist import Model
from alerts.recognise.tables import table

Row = tuple[dict[str, float], int]
"""A description in numbers, and whether it is true of it (1) or not (0)."""
Choice = tuple[dict[str, float], str]
"""A description in numbers, and the one of several words that is true of it."""
Weights = dict[str, float]
Choices = dict[str, Weights]
"""Feature -> word -> weight."""
WEIGHTS = Path(__file__).resolve().parents[1] / "alerts" / "recognise" / "data" / "weights.yaml"
HEADER = """# Weights of three linear scores. 'prior' (hand-set) and 'relevance': see alerts/recognise/relevance.py;
# 'drafts': see alerts/recognise/keep.py; 'statuses', a feature a line: see alerts/recognise/status.py.
# Fitted by bench/train.py. Numbers only: no words of any document are in here.
"""
_LEAST = 0.03
"""Weights nearer to nothing are left out of the file."""


def probability(weights: Weights, described: dict[str, float]) -> float:
    """Probability of a description under weights."""
    total = sum(weights.get(name, 0.0) * value for name, value in described.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def fit(data: list[Row], prior: Weights, strength: float, rounds: int = 150) -> Weights:
    """Minimise log loss plus ``strength`` times the squared distance from the prior (Adagrad)."""
    names = sorted({name for described, _ in data for name in described})
    at = {name: place for place, name in enumerate(names)}
    rows = [([(at[name], value) for name, value in row.items() if value], truth) for row, truth in data]
    start = [prior.get(name, 0.0) for name in names]
    weights, seen = list(start), [1e-6] * len(names)
    for _ in range(rounds):
        slope = [2 * strength * (each - origin) for each, origin in zip(weights, start, strict=True)]
        for row, truth in rows:
            total = max(-30.0, min(30.0, sum([weights[place] * value for place, value in row])))
            error = 1.0 / (1.0 + math.exp(-total)) - truth
            for place, value in row:
                slope[place] += error * value
        _step(weights, slope, seen)
    return dict(zip(names, weights, strict=True))


def _step(weights: list[float], slope: list[float], seen: list[float]) -> None:
    for place, each in enumerate(slope):
        seen[place] += each * each
        weights[place] -= 0.25 * each / math.sqrt(seen[place])


def chances(weights: Choices, described: dict[str, float], words: list[str]) -> list[float]:
    """Probability of each word under weights."""
    totals = dict.fromkeys(words, 0.0)
    for name, value in described.items():
        for word, weight in weights.get(name, {}).items():
            totals[word] += weight * value
    top = max(totals.values())
    powers = [math.exp(total - top) for total in totals.values()]
    return [power / sum(powers) for power in powers]


def fit_choice(data: list[Choice], prior: Choices, strength: float, rounds: int = 120) -> Choices:
    """Fit one weight a feature and word: softmax regression drawn towards the prior (Adagrad)."""
    words = sorted({word for _, word in data} | {word for row in prior.values() for word in row})
    names = sorted({name for described, _ in data for name in described})
    start = {name: {word: prior.get(name, {}).get(word, 0.0) for word in words} for name in names}
    weights = {name: dict(row) for name, row in start.items()}
    seen = {name: dict.fromkeys(words, 1e-6) for name in names}
    for _ in range(rounds):
        slope = {
            name: {word: 2 * strength * (row[word] - start[name][word]) for word in words}
            for name, row in weights.items()
        }
        for described, truth in data:
            for word, chance in zip(words, chances(weights, described, words), strict=True):
                error = chance - (word == truth)
                for name, value in described.items():
                    slope[name][word] += error * value
        for name in names:
            for word in words:
                seen[name][word] += slope[name][word] ** 2
                weights[name][word] -= 0.25 * slope[name][word] / math.sqrt(seen[name][word])
    return weights


@contextmanager
def in_use(model: Model | None = None, **sections: Weights | Choices) -> Iterator[None]:
    """Let the recogniser use these weights (and this gist) for a while."""
    known = table("weights")
    before = {name: known.get(name, {}) for name in sections}
    known.update(sections)
    try:
        with gist.weighing(model):
            yield
    finally:
        known.update(before)


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
        parts += [_line(name, value) for name, value in sorted(weights.items())]
    WEIGHTS.write_text("".join(parts), encoding="utf-8")
