"""What a running house counts, as Prometheus reads it: outcomes, durations by route, queues; nothing of anybody."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0, generate_latest

from janji import __version__
from janji.workflows.door import Door
from janji.workflows.health import look

CONTENT_TYPE = CONTENT_TYPE_PLAIN_1_0_0
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""The upper ends of the classes of durations."""


class Metrics:
    """The counters of one process. Words in labels come from the code and the policy, never from a request."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.registry = CollectorRegistry(auto_describe=False)
        self._requests = Histogram(
            "janji_request_seconds", "Seconds that requests took.", ("method", "route", "status"), buckets=SECONDS, registry=self.registry
        )
        self._decisions = Counter("janji_decisions", "Decisions by outcome.", ("outcome", "mode"), registry=self.registry)
        self._choices = Counter("janji_choices", "Choices of people, by what became of them.", ("outcome",), registry=self.registry)
        ProcessCollector(registry=self.registry)
        self.registry.register(self)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, status).observe(seconds)

    def decided(self, mode: str, count: int = 1, *, permit: bool) -> None:
        """Questions were decided, in the mode that the answer is enforced in."""
        self._decisions.labels("permit" if permit else "deny", mode).inc(count)

    def chosen(self, outcome: str, count: int = 1) -> None:
        """People chose: `recorded` or `rejected`."""
        self._choices.labels(outcome).inc(count)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)

    def collect(self) -> Iterable[Metric]:
        """What is asked for when it is read, and not counted."""
        found = look(self._door)
        for name, help, value in (
            ("janji_database_up", "Whether the database answers.", float(found.database)),
            ("janji_policy_version", "The number of the policy in force; 0 when there is none.", float(found.policy or 0)),
            ("janji_ledger_waiting", "Events that wait for their number.", float(found.waiting)),
            ("janji_ledger_lag_seconds", "Seconds that the oldest of them waits.", found.lag),
            ("janji_workers", "Workers that live.", float(found.workers)),
            ("janji_jobs", "Jobs handed to the workers and not done.", float(found.jobs)),
        ):
            yield GaugeMetricFamily(name, help, value)
        version = GaugeMetricFamily("janji_info", "The version of the program.", labels=("version",))
        version.add_metric((__version__,), 1)
        yield version
