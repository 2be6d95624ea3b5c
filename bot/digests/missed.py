"""How many digests or reports nobody came to see: the next one that is written says so."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from storage import outbox, schedules
from storage.outbox import OutboxRow
from storage.schedules import Schedule

MOST_MISSED: Final = 60  # runs that are looked back on
IN_VAIN: Final = 4  # tries, each of which looks the post up first: Slack has not been reached since the first


def missed_before(
    connection: Connection, schedule: Schedule, due_at: datetime, key: Callable[[datetime], str]
) -> int:
    """How many runs right before the one of `due_at` were not made, or wrote what never came to be seen.

    `key` tells by its due instant under which key a run wrote its post.
    """
    count = 0
    for run in schedules.runs_before(connection, schedule.id, due_at, MOST_MISSED):
        if run.outcome != "missed":
            post = outbox.by_key(connection, key(run.due_at))
            # Without a row it was erased since, or there was nowhere to post it.
            if post is None or _is_seen(post, due_at):
                break
        count += 1
    return count


def _is_seen(post: OutboxRow, now: datetime) -> bool:
    """Whether it stands in Slack, may well stand there, or will: what waits in time goes out first."""
    if post.state in ("sent", "dropped"):
        return post.state == "sent"
    if post.in_doubt_at is not None and post.attempts < IN_VAIN:
        return True
    return post.state == "pending" and (post.expires_at is None or post.expires_at > now)
