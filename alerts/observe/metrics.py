"""Prometheus metrics, all of them, made from the ledger at each scrape.

The ledger counts, not the processes: the figures are right with any number of workers and
survive their deaths. Labels come from closed lists and from names that ops gave.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from alerts.core.status import LedgerStatus


def render_metrics(status: LedgerStatus) -> bytes:
    """Return the exposition text of a status."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(status))
    return generate_latest(registry)


class _Collector(Collector):
    def __init__(self, status: LedgerStatus) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("exportwatch_ledger_up", "Whether the ledger answers.", value=1)
        yield from self._lanes()
        yield from self._totals()
        yield self._counted(
            "attempts",
            CounterMetricFamily(
                "exportwatch_attempts", "Delivery attempts by outcome.", labels=["target", "reason"]
            ),
        )
        yield self._counted(
            "decided",
            CounterMetricFamily(
                "exportwatch_decisions", "Decisions by rule and reason.", labels=["rule", "reason"]
            ),
        )
        yield self._rules()

    def _lanes(self) -> Iterator[Metric]:
        oldest = GaugeMetricFamily(
            "exportwatch_oldest_due_seconds", "Age of a lane's oldest due item.", labels=["lane"]
        )
        due = GaugeMetricFamily("exportwatch_due", "Items of a lane that are due.", labels=["lane"])
        progress = GaugeMetricFamily(
            "exportwatch_progress_age_seconds", "Seconds since a run of a lane ended.", labels=["lane"]
        )
        for name, lane in self._status.lanes.items():
            oldest.add_metric([name], lane.oldest_due_seconds)
            due.add_metric([name], lane.due)
            if lane.progress_seconds is not None:
                progress.add_metric([name], lane.progress_seconds)
        yield from (oldest, due, progress)

    def _totals(self) -> Iterator[Metric]:
        status = self._status
        yield GaugeMetricFamily("exportwatch_events", "Events kept.", value=status.events)
        yield GaugeMetricFamily("exportwatch_alerts", "Alerts kept.", value=status.alerts)
        yield GaugeMetricFamily("exportwatch_dead_letters", "Deliveries given up.", value=status.dead)
        polls = status.counts.get("polls", 0)
        yield CounterMetricFamily("exportwatch_polls", "Polls committed.", value=polls)

    def _counted(self, prefix: str, family: CounterMetricFamily) -> Metric:
        """Fill a family from the ledger's counts named ``prefix:first label:second label``."""
        for name, value in self._status.counts.items():
            if name.startswith(f"{prefix}:"):
                family.add_metric(name.removeprefix(f"{prefix}:").rsplit(":", 1), value)
        return family

    def _rules(self) -> Metric:
        family = GaugeMetricFamily(
            "exportwatch_rules_in_force", "1 for the version in force.", labels=["version", "rejected"]
        )
        rejected = "yes" if self._status.rules_problem else "no"
        family.add_metric([self._status.rules_version, rejected], 1)
        return family
