"""Insights that wait for the theme they belong to: those of a bridge one after the other, as they came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, update

from storage.rows import columns_for, fetch_all, insert_once, lock
from storage.tables import theme_queue

PATIENCE: Final = 6  # failures after which those behind it in the bridge wait for it no longer


@dataclass(frozen=True)
class Waiting:
    """An insight that waits, and whether its reporter is told what it looks like."""

    insight_id: int
    bridge_id: int
    tells: bool
    attempts: int


def add(connection: Connection, insight_id: int, bridge_id: int, real: datetime, *, tells: bool) -> None:
    """Let the insight wait for its theme; one that waits already is looked at as it is from now on."""
    values = {"insight_id": insight_id, "bridge_id": bridge_id, "tells": tells, "due_at": real, "attempts": 0}
    if not insert_once(connection, theme_queue, {**values, "claim": None}):
        connection.execute(
            update(theme_queue)
            .where(theme_queue.c.insight_id == insight_id)
            .values(claim=None, due_at=real, attempts=0)
        )


def claim(
    connection: Connection, real: datetime, lease_until: datetime, token: str, limit: int
) -> Sequence[Waiting]:
    """Take the first that wait in a bridge for the length of a lease; empty where there are none.

    While some of a bridge are taken or put off, its others wait behind them, but not behind one that has
    failed too often.
    """
    lock(connection, "theme_queue")
    held = theme_queue.alias("held")
    holds_up = (held.c.due_at > real) & (held.c.claim.is_not(None) | (held.c.attempts < PATIENCE))
    bridge_id = connection.scalar(
        select(theme_queue.c.bridge_id)
        .where(
            theme_queue.c.due_at <= real,
            ~exists().where(held.c.bridge_id == theme_queue.c.bridge_id, holds_up),
        )
        .order_by(theme_queue.c.insight_id)
        .limit(1)
    )
    if bridge_id is None:
        return []
    found = fetch_all(
        connection,
        columns_for(theme_queue, Waiting)
        .where(theme_queue.c.bridge_id == bridge_id, theme_queue.c.due_at <= real)
        .order_by(theme_queue.c.insight_id)
        .limit(limit)
        .with_for_update(),  # in the order in which edits of many take them
        Waiting,
    )
    connection.execute(
        update(theme_queue)
        .where(theme_queue.c.insight_id.in_([one.insight_id for one in found]))
        .values(claim=token, due_at=lease_until)
    )
    return found


def count(connection: Connection) -> int:
    """How many wait, those that are taken too."""
    return _count(connection, theme_queue.c.attempts < PATIENCE)


def set_aside_count(connection: Connection) -> int:
    """How many have failed so often that nobody waits for them."""
    return _count(connection, theme_queue.c.attempts >= PATIENCE)


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(theme_queue).where(which)).scalar_one()


def finish(connection: Connection, insight_id: int, token: str) -> bool:
    """It waits no more. False: the claim no longer stands."""
    gone = connection.execute(
        delete(theme_queue).where(theme_queue.c.insight_id == insight_id, theme_queue.c.claim == token)
    )
    return gone.rowcount == 1


def put_off(connection: Connection, insight_id: int, token: str, due_at: datetime) -> None:
    """Finding its theme failed: not again before `due_at`, nor those behind it."""
    connection.execute(
        update(theme_queue)
        .where(theme_queue.c.insight_id == insight_id, theme_queue.c.claim == token)
        .values(claim=None, due_at=due_at, attempts=theme_queue.c.attempts + 1)
    )


def release(connection: Connection, token: str, real: datetime) -> None:
    """Give back at once what `token` still holds."""
    connection.execute(
        update(theme_queue).where(theme_queue.c.claim == token).values(claim=None, due_at=real)
    )
