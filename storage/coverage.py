"""Who takes part, by sales channel: counts only, so that nobody is named."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from storage.digests import Span
from storage.rows import fetch_all
from storage.tables import bridge_channels, channel_members, channels, insights, people, supporters

# A merged insight was passed on in its channel all the same; what came from a file was not.
_PASSED_ON = and_(insights.c.status != "withdrawn", insights.c.source != "import")
_COLLEAGUES = and_(~people.c.is_guest, ~people.c.is_external, ~people.c.is_bot, ~people.c.is_deleted)


@dataclass(frozen=True)
class ChannelRow:
    """A sales channel of a bridge."""

    bridge_id: int
    channel_id: str
    bridged_at: datetime
    is_member: bool | None  # whether Frontline is in it; None: not known
    is_archived: bool | None
    insights: int  # passed on within the span
    last_at: datetime | None  # the last one before the span's end


def channel_rows(connection: Connection, bridge_ids: Collection[int], span: Span) -> list[ChannelRow]:
    """The sales channels of the bridges, in the order in which they joined; each costs two index ranges."""
    here = (
        insights.c.bridge_id == bridge_channels.c.bridge_id,
        insights.c.channel_id == bridge_channels.c.channel_id,
        insights.c.created_at < span.end,
        _PASSED_ON,
    )
    count = (
        select(func.count())
        .select_from(insights)
        .where(*here, insights.c.created_at >= span.start)
        .correlate(bridge_channels)
        .scalar_subquery()
    )
    last = (
        select(insights.c.created_at)
        .where(*here)
        .order_by(insights.c.created_at.desc())
        .limit(1)
        .correlate(bridge_channels)
        .scalar_subquery()
    )
    statement = (
        select(
            bridge_channels.c.bridge_id,
            bridge_channels.c.channel_id,
            bridge_channels.c.bridged_at,
            channels.c.is_member,
            channels.c.is_archived,
            count.label("insights"),
            last.label("last_at"),
        )
        .outerjoin(
            channels,
            and_(
                channels.c.team_id == bridge_channels.c.team_id,
                channels.c.channel_id == bridge_channels.c.channel_id,
            ),
        )
        .where(bridge_channels.c.bridge_id.in_(bridge_ids))
        .order_by(bridge_channels.c.bridged_at, bridge_channels.c.channel_id)
    )
    return fetch_all(connection, statement, ChannelRow)


def colleague_counts(connection: Connection, bridge_ids: Collection[int]) -> dict[str, int]:
    """How many full members of this workspace are in each sales channel of the bridges."""
    rows = connection.execute(
        select(bridge_channels.c.channel_id, func.count())
        .join(channel_members, _of_channel(bridge_channels.c.channel_id, bridge_channels.c.team_id))
        .join(people, _of_member())
        .where(bridge_channels.c.bridge_id.in_(bridge_ids), _COLLEAGUES)
        .group_by(bridge_channels.c.channel_id)
    )
    return {row[0]: row[1] for row in rows}


def active_counts(connection: Connection, bridge_ids: Collection[int], span: Span) -> dict[str, int]:
    """How many of them passed something on there within the span: flagged, typed, or answered a question."""
    # By the bare column, SQLite walks all of the bridge's insights instead of what was passed on lately.
    is_sqlite = connection.dialect.name == "sqlite"
    bridge_id = insights.c.bridge_id + 0 if is_sqlite else insights.c.bridge_id
    rows = connection.execute(
        select(insights.c.channel_id, func.count(supporters.c.user_id.distinct()))
        .select_from(supporters)
        .join(insights, insights.c.id == supporters.c.insight_id)
        .join(channel_members, _of_channel(insights.c.channel_id, insights.c.team_id))
        .join(people, _of_member())
        .where(
            supporters.c.since_at >= span.start,
            supporters.c.since_at < span.end,
            supporters.c.came_with_id.is_(None),
            supporters.c.user_id == channel_members.c.user_id,
            bridge_id.in_(bridge_ids),
            _PASSED_ON,
            _COLLEAGUES,
        )
        .group_by(insights.c.channel_id)
    )
    return {row[0]: row[1] for row in rows}


def _of_channel(channel_id: ColumnElement[Any], team_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(channel_members.c.team_id == team_id, channel_members.c.channel_id == channel_id)


def _of_member() -> ColumnElement[bool]:
    return and_(people.c.team_id == channel_members.c.team_id, people.c.user_id == channel_members.c.user_id)
