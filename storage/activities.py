"""Activities with their plans, entries and what gave rise to them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from storage.rows import columns_for, fetch_all, fetch_one, insert_once, upsert
from storage.tables import (
    activities,
    activity_entries,
    activity_insights,
    activity_plans,
    bridge_currencies,
    insights,
)


@dataclass(frozen=True)
class Activity:
    """Something that marketing does for sales. Dates are local days of the bridge, the last one included."""

    id: int
    team_id: str
    bridge_id: int
    title: str
    purpose: str
    owner_id: str
    starts_on: date
    ends_on: date
    currency: str
    planned_budget: int | None  # minor units
    status: str
    cancel_reason: str | None
    started_on: date | None
    ended_on: date | None
    created_by: str
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Entry:
    """Money spent or a result, as it was entered; `amount` in minor units of the activity's currency."""

    id: int
    activity_id: int
    kind: str
    on_date: date
    amount: int
    given_amount: int | None
    given_currency: str | None
    rate: str | None
    note: str | None
    corrects_id: int | None
    entered_by: str
    entered_at: datetime


_SELECT = columns_for(activities, Activity)


# --- the currency of a bridge ------------------------------------------------------------------------------


def currency_of(connection: Connection, bridge_id: int) -> str | None:
    """The bridge's currency; None where none was chosen yet."""
    currency: str | None = connection.scalar(
        select(bridge_currencies.c.currency).where(bridge_currencies.c.bridge_id == bridge_id)
    )
    return currency


def save_currency(connection: Connection, bridge_id: int, currency: str, user_id: str, at: datetime) -> None:
    """From now on the bridge plans in it; activities that exist keep theirs."""
    values = {"bridge_id": bridge_id, "currency": currency, "changed_by": user_id, "changed_at": at}
    upsert(connection, bridge_currencies, values, ["bridge_id"])


# --- activities --------------------------------------------------------------------------------------------


def add(connection: Connection, team_id: str, values: Mapping[str, Any]) -> int:
    activity_id: int = connection.execute(
        insert(activities).values(team_id=team_id, **values).returning(activities.c.id)
    ).scalar_one()
    return activity_id


def change(connection: Connection, activity_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(update(activities).where(activities.c.id == activity_id).values(**values))


def by_id(connection: Connection, activity_id: int) -> Activity | None:
    return fetch_one(connection, _SELECT.where(activities.c.id == activity_id), Activity)


def by_title(connection: Connection, bridge_id: int, title: str, starts_on: date) -> Activity | None:
    """The bridge's activity of that title and first day."""
    return fetch_one(
        connection,
        _SELECT.where(
            activities.c.bridge_id == bridge_id,
            activities.c.title == title,
            activities.c.starts_on == starts_on,
        ),
        Activity,
    )


def of_bridges(bridge_ids: Collection[int]) -> ColumnElement[bool]:
    return activities.c.bridge_id.in_(sorted(bridge_ids))


def with_status(statuses: Iterable[str]) -> ColumnElement[bool]:
    return activities.c.status.in_(sorted(statuses))


def touching(first: date, last: date) -> ColumnElement[bool]:
    """Planned for, running in, or with an entry of those days."""
    begins = func.coalesce(activities.c.started_on, activities.c.starts_on)
    ends = func.coalesce(activities.c.ended_on, activities.c.ends_on)
    entered = select(activity_entries.c.activity_id).where(activity_entries.c.on_date.between(first, last))
    still = (activities.c.status == "running") & (begins <= last)
    return ((begins <= last) & (ends >= first)) | still | activities.c.id.in_(entered)


def find(
    connection: Connection,
    *conditions: ColumnElement[bool],
    limit: int,
    offset: int = 0,
) -> list[Activity]:
    """Activities that meet all conditions: those under way first, then the planned, by first day."""
    place = func.instr if connection.dialect.name == "sqlite" else func.strpos
    rank = place("running planned finished cancelled", activities.c.status)
    return fetch_all(
        connection,
        _SELECT.where(*conditions)
        .order_by(rank, activities.c.starts_on, activities.c.id)
        .limit(limit)
        .offset(offset),
        Activity,
    )


def count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(activities).where(*conditions)).scalar_one()


# --- plans -------------------------------------------------------------------------------------------------


def save_plan(connection: Connection, activity_id: int, plan: Mapping[Any, int]) -> None:
    """Replace the planned results, by kind."""
    connection.execute(delete(activity_plans).where(activity_plans.c.activity_id == activity_id))
    rows = [{"activity_id": activity_id, "kind": kind, "amount": amount} for kind, amount in plan.items()]
    if rows:
        connection.execute(insert(activity_plans), rows)


def plans_of(connection: Connection, activity_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Planned results by activity and kind."""
    rows = connection.execute(
        select(activity_plans.c.activity_id, activity_plans.c.kind, activity_plans.c.amount).where(
            activity_plans.c.activity_id.in_(sorted(activity_ids))
        )
    )
    plans: dict[int, dict[str, int]] = {}
    for activity_id, kind, amount in rows:
        plans.setdefault(activity_id, {})[kind] = amount
    return plans


# --- entries -----------------------------------------------------------------------------------------------


def add_entry(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Write an entry. False: what it corrects has been corrected already."""
    return insert_once(connection, activity_entries, values)


def entry(connection: Connection, entry_id: int) -> Entry | None:
    return fetch_one(
        connection, columns_for(activity_entries, Entry).where(activity_entries.c.id == entry_id), Entry
    )


def entries_of(connection: Connection, activity_ids: Collection[int]) -> list[Entry]:
    """All entries, corrected ones included, in the order in which they were made."""
    return fetch_all(
        connection,
        columns_for(activity_entries, Entry)
        .where(activity_entries.c.activity_id.in_(sorted(activity_ids)))
        .order_by(activity_entries.c.id),
        Entry,
    )


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that count: those that none of the others corrects."""
    found = list(entries)
    corrected = {one.corrects_id for one in found}
    return [one for one in found if one.id not in corrected]


# --- what gave rise to them --------------------------------------------------------------------------------


def insights_of(connection: Connection, activity_ids: Collection[int]) -> dict[int, list[int]]:
    """Numbers of the insights behind each activity, lowest first; withdrawn ones are left out."""
    rows = connection.execute(
        select(activity_insights.c.activity_id, insights.c.number)
        .join(insights, insights.c.id == activity_insights.c.insight_id)
        .where(activity_insights.c.activity_id.in_(sorted(activity_ids)), insights.c.status != "withdrawn")
        .order_by(insights.c.number)
    )
    found: dict[int, list[int]] = {}
    for activity_id, number in rows:
        found.setdefault(activity_id, []).append(number)
    return found


def insight_ids_of(connection: Connection, activity_id: int) -> set[int]:
    return set(
        connection.scalars(
            select(activity_insights.c.insight_id).where(activity_insights.c.activity_id == activity_id)
        )
    )


def link_insight(
    connection: Connection, activity_id: int, insight_id: int, user_id: str, at: datetime
) -> bool:
    """Say that the insight gave rise to the activity. False: that was known."""
    values = {
        "activity_id": activity_id,
        "insight_id": insight_id,
        "linked_by": user_id,
        "linked_at": at,
    }
    return insert_once(connection, activity_insights, values)


def unlink_insight(connection: Connection, activity_id: int, insight_id: int) -> None:
    connection.execute(
        delete(activity_insights).where(
            activity_insights.c.activity_id == activity_id, activity_insights.c.insight_id == insight_id
        )
    )


def titles_of_insight(connection: Connection, insight_ids: Collection[int]) -> dict[int, list[str]]:
    """Titles of the activities that each insight led to, cancelled ones left out."""
    rows = connection.execute(
        select(activity_insights.c.insight_id, activities.c.title)
        .join(activities, activities.c.id == activity_insights.c.activity_id)
        .where(activity_insights.c.insight_id.in_(sorted(insight_ids)), activities.c.status != "cancelled")
        .order_by(activities.c.starts_on, activities.c.id)
    )
    found: dict[int, list[str]] = {}
    for insight_id, title in rows:
        found.setdefault(insight_id, []).append(title)
    return found
