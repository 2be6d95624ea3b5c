"""What a report to a sales channel is compiled of, within what that channel may show.

A sales channel shows what came from a public channel or from that very channel. Withdrawn insights, and those
that are part of another, count nowhere.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, or_, select

from storage.digests import Span
from storage.insights import LIVE
from storage.tables import channels, insights

MOST_TIMES: Final = 5_000  # of which the median is taken, the latest first


def shown_in(team_id: str, channel_id: str) -> ColumnElement[bool]:
    """What that sales channel may show."""
    public = select(channels.c.channel_id).where(
        channels.c.team_id == team_id, ~channels.c.is_private, ~channels.c.is_direct
    )
    return or_(insights.c.channel_id == channel_id, insights.c.channel_id.in_(public))


def came_in(connection: Connection, bridge_id: int, span: Span, shown: ColumnElement[bool]) -> dict[str, int]:
    """How many insights came in, by the key of their category."""
    rows = connection.execute(
        select(insights.c.category, func.count())
        .where(
            insights.c.bridge_id == bridge_id,
            insights.c.created_at >= span.start,
            insights.c.created_at < span.end,
            LIVE,
            shown,
        )
        .group_by(insights.c.category)
    )
    return {row[0]: row[1] for row in rows}


def ended(
    connection: Connection, bridge_id: int, span: Span, shown: ColumnElement[bool]
) -> list[tuple[int, str]]:
    """Ids and statuses of the insights that came to an outcome in that time, the latest first."""
    rows = connection.execute(
        select(insights.c.id, insights.c.status)
        .where(
            insights.c.bridge_id == bridge_id,
            insights.c.outcome_at >= span.start,
            insights.c.outcome_at < span.end,
            insights.c.status.in_(("done", "declined")),
            shown,
        )
        .order_by(insights.c.outcome_at.desc(), insights.c.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def still_open(connection: Connection, bridge_id: int, shown: ColumnElement[bool]) -> dict[str, int]:
    """How many insights have not come to an outcome, by status."""
    rows = connection.execute(
        select(insights.c.status, func.count())
        .where(
            insights.c.bridge_id == bridge_id,
            insights.c.status.in_(("new", "acknowledged", "in_progress")),
            shown,
        )
        .group_by(insights.c.status)
    )
    return {row[0]: row[1] for row in rows}


def times_to(
    connection: Connection, bridge_id: int, column: str, span: Span, shown: ColumnElement[bool]
) -> list[tuple[datetime, datetime]]:
    """When insights came in and when that came (`first_response_at`, `outcome_at`) which came in the span."""
    until = insights.c[column]
    rows = connection.execute(
        select(insights.c.created_at, until)
        .where(insights.c.bridge_id == bridge_id, until >= span.start, until < span.end, LIVE, shown)
        .order_by(until.desc())
        .limit(MOST_TIMES)
    )
    return [(row[0], row[1]) for row in rows]
