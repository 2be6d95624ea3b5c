"""Is it ready? The database answers, Slack can be reached, the workers move."""

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
from storage.database import Database

log = structlog.get_logger()

PROBE_EVERY: Final = 60.0  # seconds


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
    """Whether the database answers a query."""
    try:
        with database.reading() as connection:
            connection.execute(select(1))
    except (DBAPIError, PoolTimeout) as problem:
        return Part("database", is_ok=False, says=type(problem).__name__)
    return Part("database", is_ok=True, says="answers")


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


def socket_part(connection: Connection, *, is_in_doubt: bool = False) -> Part:
    """Whether the socket to Slack stands. `is_in_doubt`: it carries nothing and could not be replaced."""
    if not connection.is_connected:
        return Part("socket", is_ok=False, says="not connected; trying again")
    silent = f"silent for {connection.silent_for:.0f} s"
    if is_in_doubt:
        return Part("socket", is_ok=False, says=f"connected, but {silent}; no new connection can be had")
    return Part("socket", is_ok=True, says=f"connected, {silent}")


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
