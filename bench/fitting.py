"""Logistic regression in plain Python, and the file that its weights are stored in."""

from __future__ import annotations

import math
from pathlib import Path

from alerts.recognise.tables import table

Row = tuple[dict[str, float], int]
"""A description in numbers, and whether it is true of it (1) or not (0)."""
Weights = dict[str, float]
WEIGHTS = Path(__file__).resolve().parents[1] / "alerts" / "recognise" / "data" / "weights.yaml"
HEADER = """# Weights of two logistic scores, a feature a line. 'prior' and 'relevance': see alerts/recognise/relevance.py,
# hand-set at first, then fitted by bench/train_relevance.py, drawn towards the hand-set ones; 'drafts': see
# alerts/recognise/keep.py, fitted by bench/train_drafts.py. Numbers only: no words of any document are in here.
"""


def probability(weights: Weights, described: dict[str, float]) -> float:
    """Probability of a description under weights."""
    total = sum(weights.get(name, 0.0) * value for name, value in described.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def fit(data: list[Row], prior: Weights, strength: float, rounds: int = 250) -> Weights:
    """Minimise log loss plus ``strength`` times the squared distance from the prior (Adagrad)."""
    names = sorted({name for described, _ in data for name in described})
    weights = {name: prior.get(name, 0.0) for name in names}
    seen = dict.fromkeys(names, 1e-6)
    for _ in range(rounds):
        slope = {name: 2 * strength * (weights[name] - prior.get(name, 0.0)) for name in names}
        for described, truth in data:
            error = probability(weights, described) - truth
            for name, value in described.items():
                slope[name] += error * value
        for name in names:
            seen[name] += slope[name] ** 2
            weights[name] -= 0.25 * slope[name] / math.sqrt(seen[name])
    return weights


def store(section: str, learned: Weights) -> None:
    """Write one section of the weights' file anew, the others as they are."""
    known: dict[str, Weights] = {name: dict(weights) for name, weights in table("weights").items()}
    known[section] = learned
    parts = [HEADER]
    for title, weights in known.items():
        parts.append(f"{title}:\n")
        parts += [f"  {name}: {value:.3f}\n" for name, value in sorted(weights.items())]
    WEIGHTS.write_text("".join(parts), encoding="utf-8")
