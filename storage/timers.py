"""What happens once at an instant: set, moved and cancelled with the change that wants it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select, true, update

from storage.rows import columns_for, fetch_all, fetch_one, upsert
from storage.tables import timers


@dataclass(frozen=True)
class Timer:
    """Something due: what kind of thing, and what it is about."""

    id: int
    bridge_id: int | None
    kind: str
    subject: str
    due_at: datetime
    attempts: int


def set_timer(
    connection: Connection,
    team_id: str,
    kind: str,
    subject: str,
    due_at: datetime,
    *,
    bridge_id: int | None = None,
) -> None:
    """Let it ring at `due_at`; one of that kind and subject that is set already is moved there."""
    values = {
        "team_id": team_id,
        "kind": kind,
        "subject": subject,
        "bridge_id": bridge_id,
        "due_at": due_at,
        "attempts": 0,
        "retry_at": None,
    }
    upsert(connection, timers, values, ["team_id", "kind", "subject"])


def cancel(connection: Connection, team_id: str, kind: str, subject: str) -> bool:
    """Let it never ring. False: none was set."""
    gone = connection.execute(
        delete(timers).where(timers.c.team_id == team_id, timers.c.kind == kind, timers.c.subject == subject)
    )
    return gone.rowcount == 1


def due_at(connection: Connection, team_id: str, kind: str, subject: str) -> datetime | None:
    """When it rings; None: it is not set."""
    at: datetime | None = connection.scalar(
        select(timers.c.due_at).where(
            timers.c.team_id == team_id, timers.c.kind == kind, timers.c.subject == subject
        )
    )
    return at


def ahead(connection: Connection, bridge_id: int, kinds: Collection[str], now: datetime) -> Sequence[Timer]:
    """Those of a bridge that are still to come."""
    query = columns_for(timers, Timer).where(
        timers.c.bridge_id == bridge_id, timers.c.kind.in_(kinds), timers.c.due_at > now
    )
    return fetch_all(connection, query.order_by(timers.c.id), Timer)


def no_later_than(connection: Connection, team_id: str, kind: str, at: datetime) -> None:
    """Let those of a kind that are set for a later time ring then."""
    connection.execute(
        update(timers)
        .where(timers.c.team_id == team_id, timers.c.kind == kind, timers.c.due_at > at)
        .values(due_at=at)
    )


def take(connection: Connection, now: datetime, real: datetime, but: Collection[int] = ()) -> Timer | None:
    """The timer due longest, `but` for some: it is gone with this transaction, for this one caller."""
    timer = fetch_one(
        connection,
        columns_for(timers, Timer)
        .where(
            timers.c.due_at <= now,
            or_(timers.c.retry_at.is_(None), timers.c.retry_at <= real),
            timers.c.id.not_in(but),
        )
        .order_by(timers.c.due_at, timers.c.id)
        .limit(1)
        .with_for_update(skip_locked=True),
        Timer,
    )
    if timer is not None:
        connection.execute(delete(timers).where(timers.c.id == timer.id))
    return timer


def put_off(connection: Connection, timer_id: int, retry_at: datetime) -> None:
    """What it rang for failed: not again before `retry_at` (real time)."""
    connection.execute(
        update(timers)
        .where(timers.c.id == timer_id)
        .values(retry_at=retry_at, attempts=timers.c.attempts + 1)
    )


def next_due(connection: Connection) -> datetime | None:
    """The earliest instant at which one rings."""
    at: datetime | None = connection.scalar(select(timers.c.due_at).order_by(timers.c.due_at).limit(1))
    return at


def newest(connection: Connection) -> int:
    """The id of the timer that was set last; 0 before the first."""
    return connection.scalar(select(func.max(timers.c.id))) or 0


def is_any_due(connection: Connection, now: datetime, real: datetime, up_to: int | None = None) -> bool:
    """Whether one could ring now, those put off after a failure left aside; `up_to`: of these ids alone."""
    found = connection.scalar(
        select(timers.c.id)
        .where(
            timers.c.due_at <= now,
            or_(timers.c.retry_at.is_(None), timers.c.retry_at <= real),
            true() if up_to is None else timers.c.id <= up_to,
        )
        .limit(1)
    )
    return found is not None
