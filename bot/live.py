"""Requests that Slack waits for go first: work in the background lets them pass."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from bot import metrics

log = structlog.get_logger()

GIVES_WAY: Final = 0.05  # seconds that a unit of work waits for requests
# Slack waits three seconds. What has waited two for a thread here would hardly be answered in time, and would
# keep the next from it: under a load that lasts, all would come too late.
TOO_LATE: Final = 2.0  # seconds


def is_too_late(came_at: float) -> bool:
    """Whether a request that came then (monotonic seconds) is not begun any more.

    Of an event Slack asks again; a person it tells that it did not work, and nothing has changed.
    """
    return time.monotonic() - came_at >= TOO_LATE


def too_late(transport: str, came_at: float) -> None:
    """Note that a request was not begun."""
    metrics.event("request", "late")
    log.warning("request_too_late", transport=transport, seconds=round(time.monotonic() - came_at, 1))


class Live:
    """Counts the requests of this process that are being answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._calm = threading.Event()
        self._calm.set()

    @property
    def in_hand(self) -> int:
        """How many are being answered."""
        return self._count

    @contextmanager
    def answering(self, transport: str, came_at: float | None = None) -> Iterator[None]:
        """For as long as a request that came over `http` or `socket` is in hand; measures how long.

        `came_at`: when it came, in monotonic seconds, if it has waited since.
        """
        started = time.monotonic() if came_at is None else came_at
        with self._lock:
            self._count += 1
            self._calm.clear()
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1
                if not self._count:
                    self._calm.set()
        metrics.acknowledged(transport, time.monotonic() - started)

    def let_pass(self, longest: float = GIVES_WAY) -> None:
        """Wait until no request is in hand, `longest` seconds at most: under load both go on, in turns."""
        self._calm.wait(longest)
