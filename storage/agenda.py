"""What a meeting's agenda draws on: insights that a channel may see, and action items."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, select, true

from storage.insights import LIVE, Insight
from storage.rows import columns_for, fetch_all
from storage.tables import channels, insights

OPEN_STATUSES: Final = ("new", "acknowledged", "in_progress")


def may_be_shown(team_id: str, channel_id: str, *, is_marketing: bool) -> ColumnElement[bool]:
    """In the marketing channel all; in a sales channel what was said there, or in a public channel."""
    if is_marketing:
        return true()
    public = select(channels.c.channel_id).where(
        channels.c.team_id == team_id, ~channels.c.is_private, ~channels.c.is_direct
    )
    return (insights.c.channel_id == channel_id) | insights.c.channel_id.in_(public)


def top_since(
    connection: Connection, bridge_id: int, since: datetime, shown: ColumnElement[bool], limit: int
) -> list[int]:
    """Ids of the insights that came in since then: urgent ones first, then those with most support."""
    return list(
        connection.scalars(
            select(insights.c.id)
            .where(
                insights.c.bridge_id == bridge_id,
                insights.c.created_at > since,
                insights.c.text_removed_at.is_(None),
                LIVE,
                shown,
            )
            .order_by(
                insights.c.is_urgent.desc(),
                insights.c.supporter_count.desc(),
                insights.c.created_at.desc(),
                insights.c.id.desc(),
            )
            .limit(limit)
        )
    )


def waiting_requests(
    connection: Connection, bridge_id: int, category: str, shown: ColumnElement[bool], limit: int
) -> list[int]:
    """Ids of what sales asked for and nobody has done or declined, the oldest first."""
    return list(
        connection.scalars(
            select(insights.c.id)
            .where(
                insights.c.bridge_id == bridge_id,
                insights.c.category == category,
                insights.c.status.in_(OPEN_STATUSES),
                shown,
            )
            .order_by(insights.c.created_at, insights.c.id)
            .limit(limit)
        )
    )


def held(
    connection: Connection, insight_ids: Collection[int], shown: ColumnElement[bool]
) -> dict[int, Insight]:
    """Those of the insights that may be shown, by id, with their words, if they still have them.

    They are held until the transaction ends, so that a deletion either comes before and is seen here, or
    comes after and finds the post that quotes them.
    """
    if not insight_ids:
        return {}
    found = (
        columns_for(insights, Insight)
        .where(insights.c.id.in_(sorted(insight_ids)), shown)
        .order_by(insights.c.id)
        .with_for_update(read=True, of=insights)
    )
    return {one.id: one for one in fetch_all(connection, found, Insight)}


def public_channels(connection: Connection, team_id: str, channel_ids: Collection[str]) -> set[str]:
    """Those of the channels that everyone in the workspace may read."""
    return set(
        connection.scalars(
            select(channels.c.channel_id).where(
                channels.c.team_id == team_id,
                channels.c.channel_id.in_(sorted(channel_ids)),
                ~channels.c.is_private,
                ~channels.c.is_direct,
            )
        )
    )
