"""Fit the gist: a softmax over the signs of a text, and the file that it is stored in.

One dense matrix, a row a document: how much each of its signs tells (log of how few documents have it), scaled to
one length, so that a long text does not shout. Log loss plus :data:`STRENGTH` times half the squared weights,
by Adam over all documents at once, with a step that shrinks to nothing. A document of several kinds counts in parts for each.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.gist import NONE, Model
from alerts.recognise.rows import Rows
from bench.fitting import WEIGHTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

GIST = WEIGHTS.with_name("gist.json")
CLASSES = (NONE, *sorted(kind.value for kind in MeasureKind))
STRENGTH = 1.5
_LENGTH = 4.0
"""Of each document's row: about the scale of the bias beside it."""
_ROUNDS = 80
_STEP = 0.3
_KEEPS, _KEEPS_SQUARE = 0.9, 0.99

Sample = tuple[set[str], Sequence[str]]
"""The signs of a document, and the kinds that it reports (none: no measure)."""


def fit_gist(samples: list[Sample], known: list[str]) -> Model:
    """Fit a model over known signs."""
    often = Counter(sign for signs, _ in samples for sign in signs)
    tells = {sign: math.log(len(samples) / often[sign]) for sign in known if often[sign]}
    weights = _descend(_rows(samples, tells), _truth(samples))
    rows = {
        sign: [max(1, round(tell * tell * 10)), *(int(each) for each in np.rint(row * tell * _LENGTH * 10))]
        for (sign, tell), row in zip(tells.items(), weights[:-1], strict=True)
    }
    bias = tuple(round(float(each), 2) for each in weights[-1])
    return Model(CLASSES, bias, Rows(len(CLASSES) + 1, rows))


def _rows(samples: list[Sample], tells: dict[str, float]) -> Matrix:
    at = {sign: place for place, sign in enumerate(tells)}
    rows = np.zeros((len(samples), len(tells) + 1), np.float32)
    for row, (signs, _) in zip(rows, samples, strict=True):
        for sign in signs:
            if sign in at:
                row[at[sign]] = tells[sign]
    rows *= _LENGTH / (np.sqrt((rows * rows).sum(axis=1, keepdims=True)) + 1e-6)
    rows[:, -1] = 1.0
    return rows


def _truth(samples: list[Sample]) -> Matrix:
    truth = np.zeros((len(samples), len(CLASSES)), np.float32)
    for row, (_, kinds) in zip(truth, samples, strict=True):
        for kind in kinds or (NONE,):
            row[CLASSES.index(kind)] += 1.0 / max(1, len(kinds))
    return truth


def _descend(rows: Matrix, truth: Matrix) -> Matrix:
    weights = np.zeros((rows.shape[1], truth.shape[1]), np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for turn in range(1, _ROUNDS + 1):
        slope = rows.T @ (_chances(rows @ weights) - truth) + STRENGTH * weights
        mean += (1 - _KEEPS) * (slope - mean)
        square += (1 - _KEEPS_SQUARE) * (slope * slope - square)
        size = np.sqrt(square / (1 - _KEEPS_SQUARE**turn)) + 1e-6
        weights -= _STEP * (1 - turn / (_ROUNDS + 1)) * mean / (1 - _KEEPS**turn) / size
    return weights


def _chances(totals: Matrix) -> Matrix:
    powers: Matrix = np.exp(totals - totals.max(axis=1, keepdims=True))
    shares: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return shares


def store_gist(model: Model) -> None:
    """Write the gist's file anew, a sign a line."""
    lines = ",\n".join(
        f"{json.dumps(sign, ensure_ascii=False)}:{json.dumps(model.rows.row(sign), separators=(',', ':'))}"
        for sign in sorted(model.rows)
    )
    head = f'{{"classes":{json.dumps(model.classes)},\n"bias":{json.dumps(model.bias)},\n"rows":{{\n'
    GIST.write_text(f"{head}{lines}\n}}}}\n", encoding="utf-8")
