"""Insights with their flags, supporters and history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from storage.rows import columns_for, fetch_all, fetch_one, upsert
from storage.tables import flags, history, insights, supporters, told


@dataclass(frozen=True)
class Insight:
    """One thing learned from the market."""

    id: int
    number: int
    bridge_id: int
    source: str
    channel_id: str | None
    message_ts: str | None
    thread_ts: str | None
    permalink: str | None
    thread_permalink: str | None
    author_id: str | None
    author_name: str | None
    reporter_id: str
    text: str
    first_text: str | None
    has_files: bool
    category: str
    category_by: str
    customer: str | None
    competitors: list[str]
    product: str | None
    note: str | None
    deal_amount: int | None
    deal_currency: str | None
    is_urgent: bool
    status: str
    outcome: str | None
    supporter_count: int
    said_at: datetime
    created_at: datetime
    changed_at: datetime
    edited_at: datetime | None
    text_removed_at: datetime | None
    status_by: str | None = field(default=None, kw_only=True)
    status_at: datetime | None = field(default=None, kw_only=True)
    taken_by: str | None = field(default=None, kw_only=True)
    first_response_at: datetime | None = field(default=None, kw_only=True)
    outcome_at: datetime | None = field(default=None, kw_only=True)
    merged_into_id: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Flag:
    """Whether one person's emoji stands at a message."""

    user_id: str
    emoji: str
    is_on: bool
    changed_ts: str
    is_undone: bool


@dataclass(frozen=True)
class Change:
    """An entry of an insight's history."""

    at: datetime
    by_user_id: str | None
    change: str
    detail: dict[str, Any]


_SELECT = columns_for(insights, Insight)
# What counts: one that was merged into another counts there.
LIVE: ColumnElement[bool] = insights.c.status.not_in(("withdrawn", "merged"))


def add(connection: Connection, team_id: str, values: Mapping[str, Any]) -> int:
    """Store a new insight, its reporter being its first supporter; gives its id."""
    insight_id: int = connection.execute(
        insert(insights).values(team_id=team_id, **values).returning(insights.c.id)
    ).scalar_one()
    add_supporter(connection, insight_id, values["reporter_id"], values["created_at"])
    return insight_id


def change(connection: Connection, insight_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(update(insights).where(insights.c.id == insight_id).values(**values))


def by_id(connection: Connection, insight_id: int) -> Insight | None:
    return fetch_one(connection, _SELECT.where(insights.c.id == insight_id), Insight)


def by_number(connection: Connection, team_id: str, number: int) -> Insight | None:
    return fetch_one(
        connection, _SELECT.where(insights.c.team_id == team_id, insights.c.number == number), Insight
    )


def by_message(connection: Connection, team_id: str, channel_id: str, message_ts: str) -> Insight | None:
    return fetch_one(
        connection,
        _SELECT.where(
            insights.c.team_id == team_id,
            insights.c.channel_id == channel_id,
            insights.c.message_ts == message_ts,
        ),
        Insight,
    )


def is_source(connection: Connection, team_id: str, channel_id: str, message_ts: str) -> bool:
    """Whether an insight was made of that message."""
    return (
        connection.scalar(
            select(insights.c.id).where(
                insights.c.team_id == team_id,
                insights.c.channel_id == channel_id,
                insights.c.message_ts == message_ts,
            )
        )
        is not None
    )


def import_keys(connection: Connection, team_id: str) -> set[str]:
    """The rows of files that were brought in."""
    return set(
        connection.scalars(
            select(insights.c.import_key).where(
                insights.c.team_id == team_id, insights.c.import_key.is_not(None)
            )
        )
    )


def permalinks(connection: Connection, team_id: str) -> set[str]:
    """The addresses of all messages that insights were made of."""
    return set(
        connection.scalars(
            select(insights.c.permalink).where(
                insights.c.team_id == team_id, insights.c.permalink.is_not(None)
            )
        )
    )


def next_with_source(connection: Connection, team_id: str, after_id: int) -> Insight | None:
    """The next insight, by id, whose source message still stands as far as is known.

    Withdrawn and merged ones too: their text must follow an edit and go with a deletion as well.
    """
    return fetch_one(
        connection,
        _SELECT.where(
            insights.c.team_id == team_id,
            insights.c.id > after_id,
            insights.c.message_ts.is_not(None),
            insights.c.text_removed_at.is_(None),
        )
        .order_by(insights.c.id)
        .limit(1),
        Insight,
    )


def text_was_removed_since(connection: Connection, since: datetime) -> bool:
    """Whether the text of any insight was taken out since then."""
    found = select(insights.c.id).where(insights.c.text_removed_at >= since).limit(1)
    return connection.scalar(found) is not None


# --- flags and supporters ----------------------------------------------------------------------------------


def flags_of(
    connection: Connection, team_id: str, channel_id: str, message_ts: str, user_id: str | None = None
) -> list[Flag]:
    """The flags known at a message, or one person's, oldest change first."""
    statement = columns_for(flags, Flag).where(
        flags.c.team_id == team_id, flags.c.channel_id == channel_id, flags.c.message_ts == message_ts
    )
    if user_id is not None:
        statement = statement.where(flags.c.user_id == user_id)
    return fetch_all(connection, statement.order_by(flags.c.changed_ts, flags.c.emoji), Flag)


def save_flag(connection: Connection, team_id: str, channel_id: str, message_ts: str, flag: Flag) -> None:
    values = {
        "team_id": team_id,
        "channel_id": channel_id,
        "message_ts": message_ts,
        "user_id": flag.user_id,
        "emoji": flag.emoji,
        "is_on": flag.is_on,
        "changed_ts": flag.changed_ts,
        "is_undone": flag.is_undone,
    }
    upsert(connection, flags, values, ["team_id", "channel_id", "message_ts", "user_id", "emoji"])


def undo_flags(connection: Connection, team_id: str, channel_id: str, message_ts: str, user_id: str) -> None:
    """Let a person's standing flags no longer count, until one is set anew."""
    connection.execute(
        update(flags)
        .where(
            flags.c.team_id == team_id,
            flags.c.channel_id == channel_id,
            flags.c.message_ts == message_ts,
            flags.c.user_id == user_id,
        )
        .values(is_undone=True)
    )


def add_supporter(
    connection: Connection, insight_id: int, user_id: str, at: datetime, came_with_id: int | None = None
) -> None:
    """`came_with_id`: she supports that insight, which is part of this one."""
    connection.execute(
        insert(supporters).values(
            insight_id=insight_id, user_id=user_id, since_at=at, came_with_id=came_with_id
        )
    )


def support_is_own(connection: Connection, insight_id: int, user_id: str) -> None:
    """She supports this insight itself, not only a part of it."""
    connection.execute(
        update(supporters)
        .where(supporters.c.insight_id == insight_id, supporters.c.user_id == user_id)
        .values(came_with_id=None)
    )


def own_supporters_of(connection: Connection, insight_id: int) -> list[str]:
    """Those who support the insight itself, the longest-standing first."""
    return list(
        connection.scalars(
            select(supporters.c.user_id)
            .where(supporters.c.insight_id == insight_id, supporters.c.came_with_id.is_(None))
            .order_by(supporters.c.since_at, supporters.c.user_id)
        )
    )


def remove_supporter(connection: Connection, insight_id: int, user_id: str) -> None:
    connection.execute(
        delete(supporters).where(supporters.c.insight_id == insight_id, supporters.c.user_id == user_id)
    )


def supporters_of(connection: Connection, insight_id: int) -> list[str]:
    """User ids, the longest-standing first."""
    return list(
        connection.scalars(
            select(supporters.c.user_id)
            .where(supporters.c.insight_id == insight_id)
            .order_by(supporters.c.since_at, supporters.c.user_id)
        )
    )


def supported_by(connection: Connection, user_id: str, insight_ids: Collection[int]) -> frozenset[int]:
    """Those of the insights that the person supports."""
    rows = connection.scalars(
        select(supporters.c.insight_id).where(
            supporters.c.user_id == user_id,
            supporters.c.insight_id.in_(insight_ids),
            supporters.c.came_with_id.is_(None),
        )
    )
    return frozenset(rows)


def move_merged(connection: Connection, from_id: int, to_id: int) -> None:
    """What was merged into the one is part of the other from now on."""
    connection.execute(
        update(insights).where(insights.c.merged_into_id == from_id).values(merged_into_id=to_id)
    )


def merged_into(connection: Connection, insight_id: int) -> list[Insight]:
    """The insights that are part of this one, oldest first."""
    return fetch_all(
        connection, _SELECT.where(insights.c.merged_into_id == insight_id).order_by(insights.c.id), Insight
    )


# --- what people were told ---------------------------------------------------------------------------------


def told_of(connection: Connection, insight_id: int) -> dict[str, str]:
    """What each person was told last of what became of the insight."""
    rows = connection.execute(select(told.c.user_id, told.c.news).where(told.c.insight_id == insight_id))
    return {row.user_id: row.news for row in rows}


def was_told(connection: Connection, insight_id: int, user_id: str, news: str, at: datetime) -> None:
    values = {"insight_id": insight_id, "user_id": user_id, "news": news, "told_at": at}
    upsert(connection, told, values, ["insight_id", "user_id"])


# --- history -----------------------------------------------------------------------------------------------


def record(
    connection: Connection,
    insight_id: int,
    at: datetime,
    by_user_id: str | None,
    change: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down who changed what when. `detail` holds keys and codes, never message text."""
    connection.execute(
        insert(history).values(
            insight_id=insight_id, at=at, by_user_id=by_user_id, change=change, detail=dict(detail or {})
        )
    )


def history_of(connection: Connection, insight_id: int) -> list[Change]:
    """The insight's history, oldest first."""
    return fetch_all(
        connection,
        columns_for(history, Change).where(history.c.insight_id == insight_id).order_by(history.c.id),
        Change,
    )


# --- what nobody has looked at yet -------------------------------------------------------------------------


@dataclass(frozen=True)
class Untriaged:
    """New insights of these bridges that still have their text; of one category, or of all."""

    bridge_ids: tuple[int, ...]
    category: str | None = None
    also: tuple[ColumnElement[bool], ...] = ()  # of a query

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [
            of_bridges(self.bridge_ids),
            insights.c.status == "new",
            insights.c.text_removed_at.is_(None),
            *self.also,
        ]
        return found if self.category is None else [*found, insights.c.category == self.category]


def next_untriaged(connection: Connection, wanted: Untriaged, after_id: int) -> Insight | None:
    """The oldest one that came after that one."""
    return fetch_one(
        connection,
        _SELECT.where(*wanted.conditions, insights.c.id > after_id).order_by(insights.c.id).limit(1),
        Insight,
    )


def untriaged_page(connection: Connection, wanted: Untriaged, *, limit: int, offset: int) -> list[Insight]:
    """Urgent ones first, then those with most supporters, then the oldest."""
    return fetch_all(
        connection,
        _SELECT.where(*wanted.conditions)
        .order_by(insights.c.is_urgent.desc(), insights.c.supporter_count.desc(), insights.c.id)
        .limit(limit)
        .offset(offset),
        Insight,
    )


def count_untriaged(connection: Connection, wanted: Untriaged, *, before_id: int | None = None) -> int:
    """How many there are; `before_id`: of those that came before that one."""
    earlier = [] if before_id is None else [insights.c.id < before_id]
    return count(connection, [*wanted.conditions, *earlier])


# --- lists -------------------------------------------------------------------------------------------------


def mine(user_id: str) -> ColumnElement[bool]:
    """Insights that the person reported, supports or said."""
    supported = select(supporters.c.insight_id).where(
        supporters.c.user_id == user_id, supporters.c.came_with_id.is_(None)
    )
    return (
        (insights.c.reporter_id == user_id) | (insights.c.author_id == user_id) | insights.c.id.in_(supported)
    )


def visible(user_id: str, channel_ids: Collection[str], bridge_ids: Collection[int]) -> ColumnElement[bool]:
    """What a person may see: made by her, from a channel she is in, or of a bridge whose marketing channel
    she is in."""
    return (
        (insights.c.reporter_id == user_id)
        | (insights.c.author_id == user_id)
        | insights.c.channel_id.in_(sorted(channel_ids))
        | insights.c.bridge_id.in_(sorted(bridge_ids))
    )


def select_page(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], *, limit: int, offset: int = 0
) -> list[Insight]:
    """Insights that meet all conditions, newest first."""
    return fetch_all(
        connection,
        _SELECT.where(*conditions)
        .order_by(insights.c.created_at.desc(), insights.c.id.desc())
        .limit(limit)
        .offset(offset),
        Insight,
    )


def select_all(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> list[Insight]:
    """All insights that meet all conditions, in no order."""
    return fetch_all(connection, _SELECT.where(*conditions), Insight)


def newest(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], limit: int
) -> dict[int, datetime]:
    """Ids of the newest insights that meet all conditions, and when they were made, newest first."""
    rows = connection.execute(
        select(insights.c.id, insights.c.created_at)
        .where(*conditions)
        .order_by(insights.c.created_at.desc(), insights.c.id.desc())
        .limit(limit)
    )
    return {row.id: row.created_at for row in rows}


def with_ids(connection: Connection, ids: Sequence[int]) -> list[Insight]:
    """Insights by their ids, in that order."""
    found = {one.id: one for one in fetch_all(connection, _SELECT.where(insights.c.id.in_(ids)), Insight)}
    return [found[one] for one in ids if one in found]


def count(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> int:
    return connection.execute(select(func.count()).select_from(insights).where(*conditions)).scalar_one()


def of_team(team_id: str) -> ColumnElement[bool]:
    return insights.c.team_id == team_id


def of_bridges(bridge_ids: Collection[int]) -> ColumnElement[bool]:
    return insights.c.bridge_id.in_(sorted(bridge_ids))
