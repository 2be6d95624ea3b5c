"""What Prometheus may ask of Frontline: counted where it happens, depths read when asked.

The core calls one small function for each thing worth counting. The registry is our own, so that nothing
else in the process shows up. Labels hold kinds and results only, never people, channels or texts.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.clock import Clock
from storage import inbox, outbox, schedules, theme_queue
from storage.database import Database

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
REGISTRY: Final = CollectorRegistry()
_CODE: Final = re.compile(r"\w{1,60}")

_events = Counter(
    "frontline_events",
    "Events from Slack, by kind and what became of them.",
    ["kind", "result"],
    registry=REGISTRY,
)
_acks = Histogram(
    "frontline_ack_seconds",
    "Seconds from the arrival of a request of Slack's to its acknowledgement; Slack waits 3.",
    ["transport"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10),
    registry=REGISTRY,
)
_posts = Counter(
    "frontline_posts",
    "Posts to Slack, by kind and what became of them.",
    ["kind", "result"],
    registry=REGISTRY,
)
_retries = Counter(
    "frontline_retries", "Events and posts put back for a later try.", ["queue", "reason"], registry=REGISTRY
)
_missed = Counter(
    "frontline_missed_runs",
    "Due runs that were missed.",
    ["kind"],
    registry=REGISTRY,
)
_insights = Counter("frontline_insights", "Insights stored, by how they came.", ["source"], registry=REGISTRY)
_failures = Counter(
    "frontline_worker_failures", "Steps of workers that raised, by worker.", ["worker"], registry=REGISTRY
)
_caught_up = Counter(
    "frontline_caught_up", "What catching up found to have been missed, by kind.", ["kind"], registry=REGISTRY
)
_connected = Gauge("frontline_slack_connected", "1 while Slack can be reached, else 0.", registry=REGISTRY)


def event(kind: str, result: str) -> None:
    """An event was `accepted`, `repeated` or `ignored` at the edge, or `done` or `parked` by the worker.

    A `request` of whatever kind was `late`: it had waited for so long that it was not begun.
    """
    _events.labels(kind, result).inc()


def acknowledged(transport: str, seconds: float) -> None:
    """A request of Slack's over `http` or `socket` was answered after `seconds`."""
    _acks.labels(transport).observe(seconds)


def post(kind: str, result: str) -> None:
    """A post was `sent`, `dropped` or `parked`."""
    _posts.labels(kind, result).inc()


def retry(queue: str, reason: str) -> None:
    """A row of `inbox`, `outbox`, `timers` or `themes` was put back; `reason` is an error code."""
    # What is no code (a proxy's page, say) would make a label of its own each time.
    _retries.labels(queue, reason if _CODE.fullmatch(reason) else "other").inc()


def missed_runs(kind: str, count: int) -> None:
    """So many due instants of a schedule were recorded as missed."""
    _missed.labels(kind).inc(count)


def insight(source: str) -> None:
    """An insight was stored."""
    _insights.labels(source).inc()


def worker_failed(worker: str) -> None:
    """A worker's step raised and was backed off."""
    _failures.labels(worker).inc()


def caught_up(kind: str) -> None:
    """Catching up found an event that had been missed."""
    _caught_up.labels(kind).inc()


def slack_connected(is_connected: bool) -> None:
    """Whether Slack can be reached at the moment."""
    _connected.set(int(is_connected))


class Depths:
    """Reads queue depths and delays from the database at the moment that they are asked for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """All gauges; only `frontline_database_up` 0 where the database does not answer."""
        up = GaugeMetricFamily("frontline_database_up", "1 while the database answers, else 0.")
        try:
            found = list(self._read())
        except (DBAPIError, PoolTimeout):
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from found

    def _read(self) -> Iterator[Metric]:
        rows = GaugeMetricFamily(
            "frontline_queue_rows",
            "Rows that are to be done, wait for a person, or are parked.",
            labels=["queue", "state"],
        )
        ages = GaugeMetricFamily(
            "frontline_queue_oldest_seconds",
            "Age of the oldest waiting row; 0 without one.",
            labels=["queue"],
        )
        overdue = GaugeMetricFamily(
            "frontline_schedule_overdue_seconds", "How late the most overdue run is; 0 where none is late."
        )
        real, now = self._clock.real(), self._clock.now()
        with self._database.reading() as connection:
            rows.add_metric(["inbox", "pending"], inbox.waiting_count(connection))
            rows.add_metric(["inbox", "parked"], inbox.parked_count(connection))
            rows.add_metric(["themes", "pending"], theme_queue.count(connection))
            rows.add_metric(["themes", "parked"], theme_queue.set_aside_count(connection))
            rows.add_metric(["outbox", "pending"], outbox.due_count(connection, now))
            rows.add_metric(["outbox", "waiting"], outbox.waiting_count(connection, now))
            rows.add_metric(["outbox", "parked"], outbox.parked_count(connection))
            # Events are stamped in real time, posts in the clock's.
            ages.add_metric(["inbox"], _seconds_between(inbox.oldest_pending(connection), real))
            ages.add_metric(["outbox"], _seconds_between(outbox.oldest_pending(connection, now), now))
            overdue.add_metric([], _seconds_between(schedules.next_due(connection), now))
        yield from (rows, ages, overdue)


def _seconds_between(earlier: datetime | None, later: datetime) -> float:
    return 0.0 if earlier is None else max(0.0, (later - earlier).total_seconds())


class _Both(CollectorRegistry):
    """The counters of this process and the database's depths, as one answer."""

    def __init__(self, depths: Depths) -> None:
        super().__init__()
        self._depths = depths

    def collect(self) -> Iterable[Metric]:
        yield from REGISTRY.collect()
        yield from self._depths.collect()


def exposition(database: Database, clock: Clock) -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(_Both(Depths(database, clock)))
