"""Takes an insight out of all tables. What a person left is taken out in `storage.erasing_people`."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, or_, select, update

from storage import search
from storage.insights import Insight
from storage.rows import columns_for, fetch_all
from storage.tables import (
    activity_insights,
    flags,
    history,
    inbox,
    insights,
    meeting_topics,
    supporters,
    theme_members,
    thread_replies,
)


def older_than(connection: Connection, bridge_id: int, before: object, limit: int) -> list[Insight]:
    """The bridge's oldest insights that came in before that instant."""
    return fetch_all(
        connection,
        columns_for(insights, Insight)
        .where(insights.c.bridge_id == bridge_id, insights.c.created_at < before)
        .order_by(insights.c.created_at, insights.c.id)
        .limit(limit),
        Insight,
    )


def count_older_than(connection: Connection, bridge_id: int, before: object) -> int:
    return connection.execute(
        select(func.count())
        .select_from(insights)
        .where(insights.c.bridge_id == bridge_id, insights.c.created_at < before)
    ).scalar_one()


def written_by(user_id: str) -> object:
    """Insights in the person's own words: her messages, and what she typed."""
    return or_(
        insights.c.author_id == user_id,
        insights.c.author_id.is_(None)
        & insights.c.author_name.is_(None)
        & (insights.c.reporter_id == user_id)
        & insights.c.message_ts.is_(None),
    )


def written(connection: Connection, team_id: str, user_id: str, limit: int) -> list[Insight]:
    """Insights in the person's own words, the oldest first."""
    return fetch_all(
        connection,
        columns_for(insights, Insight)
        .where(insights.c.team_id == team_id, written_by(user_id))  # type: ignore[arg-type]
        .order_by(insights.c.id)
        .limit(limit),
        Insight,
    )


def counts_of(connection: Connection, insight_ids: Sequence[int]) -> dict[str, int]:
    """What hangs on these insights, by kind."""
    ids = sorted(insight_ids)
    tables = {
        "supports": supporters,
        "history": history,
        "themes": theme_members,
        "activities": activity_insights,
        "topics": meeting_topics,
    }
    return {
        kind: connection.execute(
            select(func.count()).select_from(table).where(table.c.insight_id.in_(ids))
        ).scalar_one()
        for kind, table in tables.items()
    }


def remove_insight(connection: Connection, team_id: str, insight: Insight, nobody: str) -> None:
    """Delete it and all that hangs on it. `nobody`: who takes the place of people in what must stay."""
    search.forget(connection, insight.id)
    connection.execute(delete(supporters).where(supporters.c.came_with_id == insight.id))
    connection.execute(delete(insights).where(insights.c.id == insight.id))
    if insight.channel_id is None or insight.message_ts is None:
        return
    for table in (flags, inbox, thread_replies):
        here = (
            table.c.team_id == team_id,
            table.c.channel_id == insight.channel_id,
            table.c.message_ts == insight.message_ts,
        )
        if table is thread_replies:
            connection.execute(update(table).where(*here).values(user_id=nobody, is_removed=True))
        elif table is inbox:
            connection.execute(delete(table).where(*here, table.c.state != "pending"))
        else:
            connection.execute(delete(table).where(*here))
