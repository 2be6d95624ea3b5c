"""Action items: what was promised in meetings, by whom, until when, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from storage.rows import columns_for, fetch_all, fetch_one
from storage.tables import action_item_history, action_items, meeting_occurrences

OPEN: Final = "open"
DONE: Final = "done"
DROPPED: Final = "dropped"


@dataclass(frozen=True)
class ActionItem:
    """Something that someone promised to do."""

    id: int
    bridge_id: int
    occurrence_id: int
    text: str
    owner_id: str
    due_on: date | None
    status: str
    reason: str | None
    created_by: str
    created_at: datetime
    closed_at: datetime | None
    reminder_missed: bool


_SELECT: Final = columns_for(action_items, ActionItem)
# The longest overdue first, those without a day last.
_ORDER: Final = (action_items.c.due_on.is_(None), action_items.c.due_on, action_items.c.id)


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    made: int = connection.execute(
        insert(action_items).values(**values).returning(action_items.c.id)
    ).scalar_one()
    return made


def change(connection: Connection, item_id: int, **values: Any) -> None:
    connection.execute(update(action_items).where(action_items.c.id == item_id).values(**values))


def by_id(connection: Connection, item_id: int) -> ActionItem | None:
    return fetch_one(connection, _SELECT.where(action_items.c.id == item_id), ActionItem)


def locked(connection: Connection, item_id: int) -> ActionItem | None:
    """The item, which nobody else changes until the transaction ends."""
    return fetch_one(connection, _SELECT.where(action_items.c.id == item_id).with_for_update(), ActionItem)


def of_occurrence(connection: Connection, occurrence_id: int) -> list[ActionItem]:
    """What was promised in that meeting, in the order in which it was recorded."""
    found = _SELECT.where(action_items.c.occurrence_id == occurrence_id).order_by(action_items.c.id)
    return fetch_all(connection, found, ActionItem)


def of_series(connection: Connection, series_id: int, *, only_open: bool = False) -> list[ActionItem]:
    """What was promised in all meetings of a series, overdue ones first."""
    of_it = select(meeting_occurrences.c.id).where(meeting_occurrences.c.series_id == series_id)
    found = _SELECT.where(action_items.c.occurrence_id.in_(of_it))
    if only_open:
        found = found.where(action_items.c.status == OPEN)
    return fetch_all(connection, found.order_by(*_ORDER), ActionItem)


def open_of_owner(connection: Connection, team_bridges: list[int], owner_id: str) -> list[ActionItem]:
    """What a person has promised and not done, overdue ones first."""
    found = _SELECT.where(
        action_items.c.bridge_id.in_(team_bridges),
        action_items.c.owner_id == owner_id,
        action_items.c.status == OPEN,
    )
    return fetch_all(connection, found.order_by(*_ORDER), ActionItem)


def record(
    connection: Connection,
    item_id: int,
    at: datetime,
    by_user_id: str,
    change: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down who changed what. `detail` holds days and ids, never text."""
    values = {"item_id": item_id, "at": at, "by_user_id": by_user_id, "change": change}
    connection.execute(insert(action_item_history).values(**values, detail=dict(detail or {})))
