"""Is it ready? The database answers and can be written, Slack can be reached, the workers move."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot import metrics
from bot.scheduler import Workers
from bot.slack import SlackBusy, SlackProblem
from storage import health
from storage.database import Database, Failure

log = structlog.get_logger()

PROBE_EVERY: Final = 60.0  # seconds
FAILURE_STANDS: Final = 10.0  # seconds; on a disk that is nearly full small writes pass where others don't


@dataclass(frozen=True)
class Part:
    """One part's state, in a few words."""

    name: str
    is_ok: bool
    says: str


Check = Callable[[], Part]


def readiness(checks: Sequence[Check]) -> tuple[Part, ...]:
    """The state of every part. Frontline is ready when all are well."""
    return tuple(check() for check in checks)


def database_part(database: Database) -> Part:
    """Whether the database answers a query, and has got over its last failure."""
    try:
        with database.reading() as connection:
            connection.execute(select(1))
    except (DBAPIError, PoolTimeout) as problem:
        return Part("database", is_ok=False, says=type(problem).__name__)
    if (failure := database.failure) is not None:
        return Part("database", is_ok=False, says=f"answers, but failed with {failure.name}")
    return Part("database", is_ok=True, says="answers")


class DatabaseProbe:
    """Finds out whether a database that failed can be written again, though nobody has anything to write.

    Transactions that succeed don't tell: most find nothing to do, and an empty one can also be committed to a
    full disk. That it fails, all that is written tells, presence (`bot/upkeep`) each half minute.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: Failure | None = None

    def step(self) -> bool:
        """Write, where the database has failed. False: it has not, or fails still."""
        failure = self._database.failure
        if failure is None:
            return False
        if self._seen is None:
            log.warning("database_lost", error=failure.name)
        self._seen = failure
        if time.monotonic() - failure.at < FAILURE_STANDS:
            return False
        try:
            with self._database.writing() as connection:
                health.try_writing(connection)
        except (DBAPIError, PoolTimeout):
            return False
        self._database.get_over(failure)
        self._seen = None
        log.info("database_found")
        return True


def workers_part(workers: Workers) -> Part:
    """Whether every loop has shown itself lately."""
    if not workers.running:
        return Part("workers", is_ok=False, says="not running")
    stuck = workers.stuck()
    if stuck:
        names = ", ".join(f"{name} for {seconds:.0f} s" for name, seconds in sorted(stuck.items()))
        return Part("workers", is_ok=False, says=f"stuck: {names}")
    return Part("workers", is_ok=True, says="running")


class Connection(Protocol):
    """A Socket Mode connection, as far as health cares."""

    @property
    def is_connected(self) -> bool: ...

    @property
    def silent_for(self) -> float: ...


def socket_part(connection: Connection, doubt: str | None = None) -> Part:
    """Whether the socket to Slack stands. `doubt`: why nothing may come over it, though it does."""
    if not connection.is_connected:
        return Part("socket", is_ok=False, says="not connected; trying again")
    if doubt is not None:
        return Part("socket", is_ok=False, says=f"connected, but {doubt}")
    return Part("socket", is_ok=True, says=f"connected, silent for {connection.silent_for:.0f} s")


class SlackProbe:
    """Asks Slack for our own identity once a minute, so that a revoked token or a lost network shows.

    `ask` is any call to Slack that changes nothing and raises SlackProblem, such as `auth.test`.
    """

    def __init__(self, ask: Callable[[], object], every: float = PROBE_EVERY) -> None:
        self._ask = ask
        self._every = every
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._problem: str | None = None

    def step(self) -> bool:
        """Ask if it is time. False: it is not."""
        with self._lock:
            if time.monotonic() - self._asked_at < self._every:
                return False
            self._asked_at = time.monotonic()
        try:
            self._ask()
        except SlackBusy:
            problem = None  # it answers, if in a hurry
        except SlackProblem as refused:
            problem = refused.code
        else:
            problem = None
        if problem != self._problem:
            log.warning("slack_lost", code=problem) if problem else log.info("slack_found")
        self._problem = problem
        metrics.slack_connected(problem is None)
        return True

    def part(self) -> Part:
        """What the last asking gave."""
        if self._asked_at == float("-inf"):
            return Part("slack", is_ok=False, says="not asked yet")
        if self._problem is not None:
            return Part("slack", is_ok=False, says=self._problem)
        return Part("slack", is_ok=True, says="answers")
