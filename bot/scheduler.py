"""The loops around the steps: they hold nothing else, and no error ends them.

Each step does one unit of work and says whether there was one. `Workers` runs every step in threads of its
own; APScheduler, in memory, only wakes those that depend on the hour. `settle` runs the same steps in the
caller's thread until nothing is due (for `tick`, and for a demo's clock); there a step that raises is left
aside, and the others go on.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot import metrics
from bot.live import Live
from bot.services import Services
from storage import inbox, outbox, schedules, timers

log = structlog.get_logger()

LONGEST_BACKOFF: Final = 30.0  # seconds
MISFIRE_GRACE: Final = 60  # seconds a wake-up may be late; the library's default of 1 would skip it
SETTLE_LOOK: Final = 0.05  # seconds between looks at what other threads have in hand


@dataclass(frozen=True)
class Step:
    """Work in units: `do` does one and gives False where there was none. Times are real seconds."""

    name: str
    do: Callable[[], bool]
    wake: threading.Event = field(default_factory=threading.Event)
    poll: float = 5.0  # looks by itself this often
    every: float | None = None  # the clockwork wakes it this often, beside its bell
    threads: int = 1
    patience: float = 60.0  # a loop that has not shown itself for so long counts as stuck

    def __post_init__(self) -> None:
        if self.poll >= self.patience:
            raise ValueError(f"step {self.name} would seem stuck while it waits")


class Workers:
    """Threads that run steps until they are stopped. Each unit of work lets requests in hand pass first."""

    def __init__(self, steps: Iterable[Step], live: Live | None = None) -> None:
        self._steps = tuple(steps)
        self._live = live or Live()
        self._stopping = threading.Event()
        self._beats: dict[str, float] = {}  # by loop: when it last showed itself, monotonic seconds
        self._patience: dict[str, float] = {}
        self._threads: list[threading.Thread] = []
        self._clockwork = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_GRACE},
        )

    def start(self) -> None:
        """Start all loops. Once only."""
        for step in self._steps:
            for number in range(1, step.threads + 1):
                name = step.name if step.threads == 1 else f"{step.name}-{number}"
                self._beats[name], self._patience[name] = time.monotonic(), step.patience
                # A daemon: what hangs in a call to Slack must not keep the process alive.
                thread = threading.Thread(target=self._loop, args=(step, name), name=name, daemon=True)
                self._threads.append(thread)
            if step.every is not None:
                self._clockwork.add_job(step.wake.set, IntervalTrigger(seconds=step.every), id=step.name)
        for thread in self._threads:
            thread.start()
        self._clockwork.start()

    def stop(self, timeout: float = 10.0) -> bool:
        """Let every loop finish the unit in hand. False: one did not within `timeout` seconds.

        What that one holds comes back when its lease ends, here or in another replica.
        """
        deadline = time.monotonic() + timeout
        self._stopping.set()
        if self._clockwork.running:
            self._clockwork.shutdown(wait=False)
        for step in self._steps:
            step.wake.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        left = [thread.name for thread in self._threads if thread.is_alive()]
        if left:
            log.warning("workers_still_busy", workers=left)
        return not left

    def stuck(self) -> dict[str, float]:
        """Loops that ended, or have not shown themselves within their patience: seconds since they did."""
        now = time.monotonic()
        alive = {thread.name for thread in self._threads if thread.is_alive()}
        return {
            name: now - beat
            for name, beat in self._beats.items()
            if name not in alive or now - beat > self._patience[name]
        }

    @property
    def running(self) -> bool:
        """Whether the loops were started and not stopped."""
        return bool(self._threads) and not self._stopping.is_set()

    def _loop(self, step: Step, name: str) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._beats[name] = time.monotonic()
            self._live.let_pass()
            try:
                found = step.do()
                failures = 0
            except Exception as problem:  # a process boundary: the loop must go on
                failures += 1
                wait = min(LONGEST_BACKOFF, 2.0 ** min(failures, 8) / 2)
                log.exception("worker_failed", worker=name, error=type(problem).__name__, retry_in=wait)
                metrics.worker_failed(step.name)
                self._stopping.wait(wait)
                continue
            if not found:
                step.wake.wait(step.poll)
                # Cleared before the next look, so that a bell rung during that look is not lost.
                step.wake.clear()


def is_idle(
    services: Services,
    but: Collection[str] = (),
    *,
    last_timer: int | None = None,
    last_event: int | None = None,
    held_until: datetime | None = None,
) -> bool:
    """Whether nothing is due or in hand: no event, no post that may be sent, no schedule, no timer.

    What waits for a later try, for a post that waits for one, or for its theme does not count, nor what is
    due to the steps named in `but`, what came after `last_timer` and `last_event`, and posts other than those
    held until after `held_until`.
    """
    real, now = services.clock.real(), services.clock.now()
    with services.db.reading() as connection:
        due: dict[str, Callable[[], bool]] = {
            "schedules": lambda: schedules.is_any_due(connection, now),
            "timers": lambda: timers.is_any_due(connection, now, real, last_timer),
            "inbox": lambda: inbox.has_work(connection, real, last_event),
            "outbox": lambda: outbox.has_work(connection, real, now, held_until=held_until),
        }
        return not any(is_due() for name, is_due in due.items() if name not in but)


def settle(
    services: Services, steps: Sequence[Step], timeout: float = 60.0, failed: set[str] | None = None
) -> bool:
    """Run `steps` here until none finds work and nothing is in hand elsewhere; False after `timeout` seconds.

    Beside running workers it does its share. A step that raises is left aside and named in `failed`, which
    may name some before; False then too.
    """
    aside = set() if failed is None else failed
    return _repeat(steps, lambda has_worked: not has_worked and is_idle(services, aside), timeout, aside)


def settle_beside(
    services: Services, steps: Sequence[Step], timeout: float = 60.0, failed: set[str] | None = None
) -> bool:
    """As `settle`, where other processes run: what comes in from now on is theirs, and so is what is to be
    said, but for what waits for an instant that only this one's clock has reached.

    Ends when all that was due at first is done, however much else is going on. False after `timeout` seconds.
    """
    aside = set() if failed is None else failed
    with services.db.reading() as connection:
        last_timer, last_event = timers.newest(connection), inbox.newest(connection)

    def is_done(_: bool) -> bool:
        held_until = services.clock.real()
        return is_idle(services, aside, last_timer=last_timer, last_event=last_event, held_until=held_until)

    return _repeat(steps, is_done, timeout, aside)


def _repeat(steps: Sequence[Step], is_done: Callable[[bool], bool], timeout: float, failed: set[str]) -> bool:
    """Run the steps in turn until it is done; `is_done` is told whether the last turn found work."""
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while True:
        has_worked = False
        for step in steps:
            if step.name not in failed:
                with left_aside(step.name, failed):
                    has_worked |= step.do()
        if is_done(has_worked):
            return not failed
        if not has_worked:
            pause.wait(SETTLE_LOOK)
        if time.monotonic() >= deadline:
            return False


@contextmanager
def left_aside(name: str, failed: set[str]) -> Iterator[None]:
    """What is raised within is logged, and noted in `failed` under that name; what comes after goes on."""
    try:
        yield
    except Exception as problem:  # a process boundary: the others must go on
        failed.add(name)
        log.exception("step_failed", step=name, error=type(problem).__name__)
