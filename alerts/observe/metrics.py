"""Prometheus metrics, all of them, made from the ledger at each scrape.

The ledger counts, not the processes: the figures are right with any number of workers and
survive their deaths. So every web process answers the same; whoever scrapes several takes the
``max``, not the ``sum``, over them. Ages come before counts. Labels come from closed lists and
from names that ops gave; nothing that an item says is ever one.
"""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from alerts import __version__
from alerts.core.survey import DELAY_BOUNDS, DELAYS, DelayCounts, ServerSurvey, Survey


def render_metrics(survey: Survey | None, accept: str = "") -> tuple[bytes, str]:
    """Return the exposition and its content type, as the ``Accept`` header wishes.

    ``None`` is a ledger that is away: the scrape tells that much, and of which build.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(survey))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class _Collector(Collector):
    def __init__(self, survey: Survey | None) -> None:
        self._survey = survey

    def collect(self) -> Iterator[Metric]:
        yield _gauge("ledger_up", "1 if the ledger answers, else 0.", self._survey is not None)
        build = {"version": __version__, "python": platform.python_version()}
        yield InfoMetricFamily("exportwatch_build", "Version of the service and of its Python.", value=build)
        if self._survey is not None:
            yield from _lanes(self._survey)
            yield from _sources(self._survey)
            yield from _items(self._survey)
            yield from _targets(self._survey)
            yield _delays(self._survey)
            yield from _rules(self._survey)
            if self._survey.server is not None:
                yield from _server(self._survey.server)


def _unit(name: str) -> str:
    """The unit that a name ends in, as OpenMetrics tells it; empty for a mere count."""
    return next((unit for unit in ("seconds", "bytes") if name.endswith(f"_{unit}")), "")


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"exportwatch_{name}", text, value=value, unit=_unit(name))


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(f"exportwatch_{name}", text, value=value)


def _by(label: str, name: str, text: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"exportwatch_{name}", text, labels=[label], unit=_unit(name))
    for each, value in values.items():
        family.add_metric([each], value)
    return family


def _lanes(survey: Survey) -> Iterator[Metric]:
    lanes = survey.status.lanes
    yield _by(
        "lane",
        "oldest_due_seconds",
        "Seconds that a lane's oldest due item waits.",
        {name: lane.oldest_due_seconds for name, lane in lanes.items()},
    )
    yield _by(
        "lane",
        "progress_age_seconds",
        "Seconds since a run of a lane came to its end; missing before the first.",
        {name: lane.progress_seconds for name, lane in lanes.items() if lane.progress_seconds is not None},
    )
    yield _by(
        "lane",
        "due",
        "Items of a lane that are due (deliver: targets with something due).",
        {name: lane.due for name, lane in lanes.items()},
    )
    yield _by(
        "lane",
        "waiting",
        "Items of a lane, due now or later.",
        {name: lane.waiting for name, lane in lanes.items()},
    )


def _sources(survey: Survey) -> Iterator[Metric]:
    sources = survey.sources
    yield _by(
        "source",
        "source_success_age_seconds",
        "Seconds since a poll of the source succeeded; since its first poll if none has.",
        {name: source.success_age for name, source in sources.items()},
    )
    yield _by(
        "source",
        "source_new_age_seconds",
        "Seconds since the source brought something new; since its first poll if it never has.",
        {name: source.new_age for name, source in sources.items()},
    )
    yield _by(
        "source",
        "source_failures",
        "Polls of the source that failed in a row.",
        {name: source.failures for name, source in sources.items()},
    )
    yield _by(
        "source",
        "source_silent",
        "1 if the source is silent beyond its max_staleness, else 0.",
        {name: source.silent for name, source in sources.items()},
    )
    yield _gauge("sources", "Sources that are polled.", survey.status.lanes["poll"].waiting)


def _items(survey: Survey) -> Iterator[Metric]:
    status, counts = survey.status, survey.status.counts
    if survey.newest_event_age is not None:
        text = "Seconds since the newest event was admitted; missing before the first."
        yield _gauge("newest_event_age_seconds", text, survey.newest_event_age)
    yield _gauge("silences", "Silences that hold now.", survey.silences)
    yield _gauge("events", "Events kept.", status.events)
    yield _gauge("alerts", "Alerts kept.", status.alerts)
    yield _counter("polls", "Polls committed.", counts.get("polls", 0))
    yield _counter("events_admitted", "Events admitted.", counts.get("events_admitted", 0))
    yield _counter("alerts_raised", "Alerts raised, updates among them.", counts.get("alerts", 0))
    yield _counter("alerts_acked", "Alerts acknowledged.", counts.get("acked", 0))
    text = "Decisions on events by rule (-: no rule) and reason."
    yield _labelled(survey, "decided", "decisions", text, "rule")


def _targets(survey: Survey) -> Iterator[Metric]:
    targets = survey.targets
    yield _by(
        "target",
        "oldest_undelivered_seconds",
        "Seconds since the oldest notice to the target that is not delivered yet might have gone.",
        {name: target.oldest_undelivered for name, target in targets.items()},
    )
    yield _by(
        "target",
        "undelivered",
        "Notices to the target not delivered yet.",
        {name: target.undelivered for name, target in targets.items()},
    )
    yield _by(
        "target",
        "dead_letters",
        "Notices to the target given up, to be redriven.",
        {name: target.dead for name, target in targets.items()},
    )
    yield _by(
        "target",
        "held",
        "Notices to the target that wait in a digest, by quiet hours or a digest's times.",
        {name: target.held for name, target in targets.items()},
    )
    text = "Attempts to deliver by target and how they ended."
    yield _labelled(survey, "attempts", "attempts", text, "target")


def _labelled(survey: Survey, prefix: str, name: str, text: str, label: str) -> Metric:
    """Make a family of the ledger's counts named ``prefix:label:reason``."""
    family = CounterMetricFamily(f"exportwatch_{name}", text, labels=[label, "reason"])
    for key, value in survey.status.counts.items():
        if key.startswith(f"{prefix}:"):
            family.add_metric(key.removeprefix(f"{prefix}:").rsplit(":", 1), value)
    return family


def _delays(survey: Survey) -> Metric:
    told = "; ".join(f"{kind}: {text}" for kind, text in DELAYS.items())
    family = HistogramMetricFamily(
        "exportwatch_delivery_delay_seconds",
        f"Seconds until a story's first notice was delivered, since... {told}.",
        labels=["since"],
        unit="seconds",
    )
    for kind in DELAYS:
        counts = survey.delays.get(kind, DelayCounts({}, 0.0))
        family.add_metric([kind], _buckets(counts), counts.total_seconds)
    return family


def _buckets(counts: DelayCounts) -> list[tuple[str, float]]:
    """Add classes up to buckets; a class that an older version counted goes into the next bound's."""
    bounds = [*map(float, DELAY_BOUNDS), math.inf]
    inside = [0] * len(bounds)
    for bound, count in counts.classes.items():
        inside[next(i for i, each in enumerate(bounds) if bound <= each)] += count
    return [
        ("+Inf" if math.isinf(bound) else f"{bound:.1f}", total)
        for bound, total in zip(bounds, accumulate(inside), strict=True)
    ]


def _rules(survey: Survey) -> Iterator[Metric]:
    version = {"version": survey.status.rules_version}
    yield InfoMetricFamily("exportwatch_rules", "The version of the rules in force.", value=version)
    if survey.rules.age is not None:
        yield _gauge("rules_age_seconds", "Seconds since the rules came into force.", survey.rules.age)
    if survey.rules.rules is not None:
        yield _gauge("rules_evaluated", "Rules evaluated, live and shadow.", survey.rules.rules)
    rejected = bool(survey.status.rules_problem)
    yield _gauge("rules_rejected", "1 if the newest rules were rejected, else 0.", rejected)


def _server(server: ServerSurvey) -> Iterator[Metric]:
    limit = "Bytes that it may use: its maxmemory, or the machine's memory where there is none."
    yield _gauge("ledger_memory_bytes", "Bytes that the ledger's server uses.", server.memory)
    yield _gauge("ledger_memory_limit_bytes", limit, server.memory_limit)
    yield _gauge(
        "ledger_append_only", "1 if the server keeps an append-only file, else 0.", server.append_only
    )
    yield _gauge("ledger_writes_ok", "1 if its last writes to disk succeeded, else 0.", server.writes_ok)
