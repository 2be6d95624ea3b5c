"""What must be done from time to time: forget what is no longer needed, read people and channels anew."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.clock import Clock
from bot.services import Services
from bot.slack import SlackProblem
from bot.workspace.directory import read_directory
from storage import erasure, inbox, insights, outbox, search, workspace
from storage.database import Database

log = structlog.get_logger()

TIDY_EVERY: Final = timedelta(hours=1)
KEEP: Final = timedelta(days=7)
DIRECTORY_EVERY: Final = timedelta(hours=12)
DIRECTORY_FRESH: Final = timedelta(minutes=10)  # as old as it may be at a start
DIRECTORY_RETRY: Final = timedelta(minutes=5)


def tidy_up(services: Services) -> None:
    """Forget what posts said and which events and gestures were done, a week after.

    Keys stay with the posts, so nothing is ever said twice.
    """
    before = services.clock.now() - KEEP
    with services.db.writing() as connection:
        cleared = outbox.clear_payloads(connection, before)
        forgotten = inbox.forget_done(connection, before)
    with services.db.reading() as connection:
        lately = services.clock.now() - 2 * TIDY_EVERY
        has_removed = insights.text_was_removed_since(connection, lately)
        has_removed = has_removed or erasure.happened_since(connection, lately)
    if has_removed:
        _forget_words(services)
    log.info("tidied_up", posts=cleared, events=forgotten)


def _forget_words(services: Services) -> None:
    """Let removed words leave the search index's file too, in parts, so that nobody waits for long."""
    begin, is_left = True, True
    while is_left:
        with services.db.writing() as connection:
            is_left = search.compact(connection, begin=begin)
        begin = False


class Housekeeping:
    """The step that tidies up, hourly in real time and once at start."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._next_at: datetime | None = None

    def step(self) -> bool:
        """Tidy up if it is time. False: it is not."""
        real = self._services.clock.real()
        if self._next_at is not None and real < self._next_at:
            return False
        tidy_up(self._services)
        self._next_at = real + TIDY_EVERY
        return True


class DirectoryKeeper:
    """The step that reads people, channels and memberships anew, every 12 hours over all replicas.

    Events keep them up to date; this mends what events have missed.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._has_read = False
        self._not_before: datetime | None = None  # real time, after Slack refused

    def step(self) -> bool:
        """Read the directory if it is old. False: it is not, or Slack did not answer just now."""
        services, real = self._services, self._services.clock.real()
        if self._not_before is not None and real < self._not_before:
            return False
        with services.db.reading() as connection:
            read_at = workspace.directory_read_at(connection, services.team_id)
        # At a start the events of the time before it may have been missed.
        age = DIRECTORY_EVERY if self._has_read else DIRECTORY_FRESH
        if read_at is not None and services.clock.now() - read_at < age:
            self._has_read = True
            return False
        try:
            read_directory(services)
        except SlackProblem as problem:
            self._not_before = real + DIRECTORY_RETRY
            log.warning("directory_not_read", code=problem.code)
            return False
        self._not_before = None
        self._has_read = True
        return True


def retry_parked(database: Database, clock: Clock) -> tuple[int, int]:
    """Try anew every event and post that was given up, after its cause was mended; gives how many of each."""
    with database.writing() as connection:
        return inbox.unpark(connection, clock.real()), outbox.unpark(connection, clock.real())
