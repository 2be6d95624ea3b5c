"""Requests that Slack waits for go first: work in the background lets them pass."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bot import metrics

GIVES_WAY: Final = 0.05  # seconds that a unit of work waits for requests


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
    def answering(self, transport: str) -> Iterator[None]:
        """For as long as a request that came over `http` or `socket` is in hand; measures how long."""
        started = time.perf_counter()
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
        metrics.acknowledged(transport, time.perf_counter() - started)

    def let_pass(self, longest: float = GIVES_WAY) -> None:
        """Wait until no request is in hand, `longest` seconds at most: under load both go on, in turns."""
        self._calm.wait(longest)
