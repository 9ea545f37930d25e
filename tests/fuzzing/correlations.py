"""The shipped correlations after some mutations: counted, replayed, run over their tests."""

from __future__ import annotations

import random

from alerts.core.errors import Severity
from alerts.engine.intest import read_loaded, run_scene
from alerts.engine.loading import lint
from alerts.engine.replay import plain_stories
from tests.fuzzing.pieces import PIECES, mutated
from tests.unit.engine.building import event, measure

TIMES = [
    "correlation: {type: absence, sources: [us-bis], timespan: 1d}\n", "type: temporal_ordered\n", "timespan: 9999999d\n",
    "timespan: 0s\n", "rules: [ours-second-publisher, unconfirmed-stop-of-ours]\n", "rules: []\n", "group_by: story\n",
    "gte: 99999999999999999999", "lt: 1", "field: story", "field: []", "events: [{at: 9999-12-31T23:59:59Z}]\n",
    "at: 0001-01-01T00:00:00Z\n", "at: 2026-13-01\n", "sources: {a: b}\n", "condition: [2]\n", "3000000000d", "1m",
]  # fmt: skip


def correlation_case(rng: random.Random, files: dict[str, str]) -> None:
    """The shipped correlations, mutated; what loads is counted, replayed and run over its tests."""
    path = "watch/correlations.yaml"
    changed = files | {path: mutated(rng, files[path], [*PIECES, *TIMES], 3)}
    if any(problem.severity is Severity.ERROR for problem in lint(changed)):
        return
    loaded = read_loaded({path: changed[path], **{name: files[name] for name in files if name != path}})
    for rule in loaded.correlations.values():
        for test in rule.tests:
            run_scene(loaded, rule, test, None, plain_stories())
        for base in rule.correlation.rules:
            for found in rule.counts({}, base, event("China"), measure(), "story"):
                assert rule.count_words(found)
