"""Events in: identifiers only, each gesture once, claimed by lease."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update

from storage.rows import columns_for, fetch_one, insert_once
from storage.tables import gestures, inbox


@dataclass(frozen=True)
class InboxRow:
    """An event to be worked on. Holds no message text."""

    id: int
    kind: str
    correlation_id: str
    channel_id: str | None
    message_ts: str | None
    user_id: str | None
    item: str | None
    event_ts: str | None
    attempts: int  # before this one
    received_at: datetime


def add(connection: Connection, values: dict[str, Any]) -> bool:
    """Store an event. False: the same event, or the same gesture, is known."""
    return insert_once(connection, inbox, values)


def claim(connection: Connection, now: datetime, lease_until: datetime, token: str) -> InboxRow | None:
    """Take the oldest due event for the length of a lease; None if nothing is due."""
    row = fetch_one(
        connection,
        columns_for(inbox, InboxRow)
        .where(inbox.c.state == "pending", inbox.c.due_at <= now)
        .order_by(inbox.c.due_at, inbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True),
        InboxRow,
    )
    if row is None:
        return None
    connection.execute(
        update(inbox)
        .where(inbox.c.id == row.id)
        .values(claim=token, due_at=lease_until, attempts=inbox.c.attempts + 1)
    )
    return row


def finish(connection: Connection, row_id: int, token: str, at: datetime) -> bool:
    """Mark as done. False: the claim no longer stands, and nothing of it may be committed."""
    result = connection.execute(
        update(inbox)
        .where(inbox.c.id == row_id, inbox.c.claim == token, inbox.c.state == "pending")
        .values(state="done", done_at=at, claim=None, error=None)
    )
    return result.rowcount == 1


def put_back(
    connection: Connection, row_id: int, token: str, *, due_at: datetime, error: str, park: bool
) -> None:
    """Give the event back for a later try, or park it where an operator sees it."""
    connection.execute(
        update(inbox)
        .where(inbox.c.id == row_id, inbox.c.claim == token)
        .values(state="parked" if park else "pending", due_at=due_at, claim=None, error=error)
    )


def release(connection: Connection, token: str, now: datetime) -> None:
    """Give back at once what `token` holds: at a graceful stop."""
    connection.execute(
        update(inbox)
        .where(inbox.c.claim == token, inbox.c.state == "pending")
        .values(claim=None, due_at=now, attempts=inbox.c.attempts - 1)
    )


def counts(connection: Connection) -> dict[str, int]:
    """Rows by state."""
    rows = connection.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))
    return {row[0]: row[1] for row in rows}


def oldest_pending(connection: Connection) -> datetime | None:
    at: datetime | None = connection.scalar(
        select(func.min(inbox.c.received_at)).where(inbox.c.state == "pending")
    )
    return at


def forget_done(connection: Connection, before: datetime) -> int:
    """Delete what was done before that instant: Slack redelivers within minutes, not weeks."""
    gone = connection.execute(delete(inbox).where(and_(inbox.c.state == "done", inbox.c.done_at < before)))
    connection.execute(delete(gestures).where(gestures.c.at < before))
    return gone.rowcount


def first_time(connection: Connection, key: str, at: datetime) -> bool:
    """Record a command's, button's or form's gesture. False: it was recorded before."""
    return insert_once(connection, gestures, {"key": key, "at": at})


def tie_gesture(connection: Connection, key: str, insight_id: int) -> None:
    """Remember which insight a gesture made, so that its repetition gets the same answer."""
    connection.execute(update(gestures).where(gestures.c.key == key).values(insight_id=insight_id))


def insight_of_gesture(connection: Connection, key: str) -> int | None:
    found: int | None = connection.scalar(select(gestures.c.insight_id).where(gestures.c.key == key))
    return found
