"""Events in: identifiers only, each gesture once, claimed by lease."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, or_, select, true, update

from storage.rows import columns_for, fetch_all, fetch_one, insert_once
from storage.tables import gestures, inbox


@dataclass(frozen=True)
class InboxRow:
    """An event to be worked on. Holds no message text."""

    id: int
    kind: str
    natural_key: str
    correlation_id: str
    channel_id: str | None
    message_ts: str | None
    user_id: str | None
    item: str | None
    event_ts: str | None
    attempts: int  # that the event itself failed
    received_at: datetime


@dataclass(frozen=True)
class ParkedEvent:
    """An event that was given up, for the operator's eyes."""

    id: int
    kind: str
    channel_id: str | None
    error: str | None
    attempts: int
    received_at: datetime


def add(connection: Connection, values: dict[str, Any]) -> bool:
    """Store an event. False: the same event, or the same gesture, is known."""
    return insert_once(connection, inbox, values)


def claim(connection: Connection, now: datetime, lease_until: datetime, token: str) -> InboxRow | None:
    """Take the oldest due event for the length of a lease; None if nothing is due.

    Events of one message go one after the other: an edit waits for the flag that came before it.
    """
    earlier = inbox.alias("earlier")
    row = fetch_one(
        connection,
        columns_for(inbox, InboxRow)
        .where(
            inbox.c.state == "pending",
            inbox.c.due_at <= now,
            ~exists().where(
                earlier.c.state == "pending",
                earlier.c.channel_id == inbox.c.channel_id,
                earlier.c.message_ts == inbox.c.message_ts,
                earlier.c.id < inbox.c.id,
            ),
        )
        .order_by(inbox.c.due_at, inbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=inbox),
        InboxRow,
    )
    if row is None:
        return None
    connection.execute(update(inbox).where(inbox.c.id == row.id).values(claim=token, due_at=lease_until))
    return row


def finish(connection: Connection, row_id: int, token: str, at: datetime) -> bool:
    """Mark as done. False: the claim no longer stands, and nothing of it may be committed."""
    result = connection.execute(
        update(inbox)
        .where(inbox.c.id == row_id, inbox.c.claim == token, inbox.c.state == "pending")
        .values(state="done", done_at=at, claim=None, error=None)
    )
    return result.rowcount == 1


def put_back(connection: Connection, row_id: int, token: str, *, due_at: datetime, error: str) -> None:
    """Give the event back for a later try: what kept it from being done is not its own fault."""
    connection.execute(
        update(inbox)
        .where(inbox.c.id == row_id, inbox.c.claim == token)
        .values(due_at=due_at, claim=None, error=error)
    )


def count_failure(
    connection: Connection, row_id: int, token: str, *, due_at: datetime, error: str, park: bool
) -> None:
    """The event itself failed: give it back for a later try, or park it where an operator sees it."""
    connection.execute(
        update(inbox)
        .where(inbox.c.id == row_id, inbox.c.claim == token)
        .values(
            state="parked" if park else "pending",
            attempts=inbox.c.attempts + 1,
            due_at=due_at,
            claim=None,
            error=error,
        )
    )


def release(connection: Connection, token: str, now: datetime) -> None:
    """Give back at once what `token` holds: at a graceful stop."""
    connection.execute(
        update(inbox).where(inbox.c.claim == token, inbox.c.state == "pending").values(claim=None, due_at=now)
    )


def has_pending(connection: Connection, channel_id: str, message_ts: str) -> bool:
    """Whether an event of that message still waits or is being worked on."""
    return bool(
        connection.scalar(
            select(
                exists().where(
                    inbox.c.state == "pending",
                    inbox.c.channel_id == channel_id,
                    inbox.c.message_ts == message_ts,
                )
            )
        )
    )


def counts(connection: Connection) -> dict[str, int]:
    """Rows by state."""
    rows = connection.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))
    return {row[0]: row[1] for row in rows}


def waiting_count(connection: Connection) -> int:
    """How many events wait or are being worked on."""
    return connection.execute(
        select(func.count()).select_from(inbox).where(inbox.c.state == "pending")
    ).scalar_one()


def parked_count(connection: Connection) -> int:
    """How many events were given up."""
    return connection.execute(
        select(func.count()).select_from(inbox).where(inbox.c.state == "parked")
    ).scalar_one()


def parked(connection: Connection, limit: int = 50) -> list[ParkedEvent]:
    """The events that were given up, oldest first."""
    return fetch_all(
        connection,
        columns_for(inbox, ParkedEvent).where(inbox.c.state == "parked").order_by(inbox.c.id).limit(limit),
        ParkedEvent,
    )


def unpark(connection: Connection, real: datetime) -> int:
    """Try anew what was given up, with all attempts before it; gives the number of events."""
    result = connection.execute(
        update(inbox)
        .where(inbox.c.state == "parked")
        .values(state="pending", attempts=0, due_at=real, error=None)
    )
    return result.rowcount


def newest(connection: Connection) -> int:
    """The id of the event that came last; 0 before the first."""
    return connection.scalar(select(func.max(inbox.c.id))) or 0


def has_work(connection: Connection, real: datetime, up_to: int | None = None) -> bool:
    """Whether an event is being worked on, or could be taken at that instant; `up_to`: of these ids alone."""
    earlier = inbox.alias("earlier")
    return bool(
        connection.scalar(
            select(
                exists().where(
                    inbox.c.state == "pending",
                    or_(inbox.c.claim.is_not(None), inbox.c.due_at <= real),
                    true() if up_to is None else inbox.c.id <= up_to,
                    ~exists().where(
                        earlier.c.state == "pending",
                        earlier.c.channel_id == inbox.c.channel_id,
                        earlier.c.message_ts == inbox.c.message_ts,
                        earlier.c.id < inbox.c.id,
                    ),
                )
            )
        )
    )


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
