"""Clocks of the workspace: what time people and the bot believe it is.

Leases, acknowledgement limits and trigger ids always use real time; only what people would read
off a wall follows these clocks.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

# A target that was read off the clock just now is past by the time it is used, since the clock runs.
RUNNING_ON = timedelta(seconds=1)

NextDue = Callable[[datetime, datetime], datetime | None]
Settle = Callable[[], None]
Progress = Callable[[datetime, bool, datetime | None], None]


class Clock(Protocol):
    """Anything that tells the time as an aware UTC instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class MovableClock:
    """A clock that runs with real time from wherever it was last set; it never goes back."""

    def __init__(self, start: datetime | None = None) -> None:
        """Start at `start` (aware), or at the real present."""
        self._lock = threading.Lock()
        self._base = (start or datetime.now(UTC)).astimezone(UTC)
        self._since = time.monotonic()
        self._moved = start is not None

    def now(self) -> datetime:
        """The clock's present instant in UTC."""
        with self._lock:
            return self._now()

    @property
    def is_moved(self) -> bool:
        """Whether this clock was ever set to anything but real time."""
        return self._moved

    def move_to(self, instant: datetime) -> None:
        """Set the clock to `instant` (aware); an instant in its past raises ValueError."""
        if instant.tzinfo is None:
            raise ValueError("the clock needs an instant with a time zone")
        with self._lock:
            if instant < self._now():
                raise ValueError("the clock moves forward only")
            self._base = instant.astimezone(UTC)
            self._since = time.monotonic()
            self._moved = True

    def reach(self, instant: datetime) -> None:
        """Set the clock to `instant`, unless it is there or past it already."""
        with self._lock:
            if instant > self._now():
                self._base = instant.astimezone(UTC)
                self._since = time.monotonic()
                self._moved = True

    def _now(self) -> datetime:
        return self._base + timedelta(seconds=time.monotonic() - self._since)


class ClockMover:
    """Moves a clock forward and lets the bot finish what falls due on the way, instant by instant.

    `next_due(after, until)` names the earliest due instant in the half-open span (after, until];
    `settle()` blocks until the bot has nothing left to do. Both are given by whoever runs the bot;
    without them the clock simply jumps.
    """

    def __init__(
        self,
        clock: MovableClock,
        *,
        next_due: NextDue | None = None,
        settle: Settle | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.clock = clock
        self.next_due = next_due
        self.settle = settle
        self.progress = progress
        self._one_at_a_time = threading.Lock()

    def move(self, to: datetime) -> list[datetime]:
        """Go to `to`, stopping at each due instant; gives the stops. ValueError for the past."""
        if to < self.clock.now() - RUNNING_ON:
            raise ValueError("the clock moves forward only")
        return self._go(to)

    def move_to_next(self, horizon: timedelta = timedelta(days=62)) -> list[datetime]:
        """Go to the next due instant within `horizon`; where nothing is due, stay."""
        now = self.clock.now()
        due = self._due(now, now + horizon)
        return [] if due is None else self._go(due)

    def _go(self, to: datetime) -> list[datetime]:
        with self._one_at_a_time:
            stops: list[datetime] = []
            after = self.clock.now()
            while (due := self._due(after, to)) is not None:
                self._stop_at(due, stop=due)
                stops.append(due)
                after = due
            if not stops or stops[-1] < to:
                self._stop_at(to, stop=None)
            if self.progress is not None:
                self.progress(self.clock.now(), False, None)
            return stops

    def _due(self, after: datetime, until: datetime) -> datetime | None:
        if self.next_due is None:
            return None
        due = self.next_due(after, until)
        return due if due is not None and after < due <= until else None

    def _stop_at(self, instant: datetime, *, stop: datetime | None) -> None:
        self.clock.reach(instant)
        if self.progress is not None:
            self.progress(instant, True, stop)
        if self.settle is not None:
            self.settle()
