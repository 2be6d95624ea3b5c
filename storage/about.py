"""What is known of a name: counted over the insights that a reader may see and that name it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Text, case, cast, func, select

from storage.insights import LIVE, Insight
from storage.rows import columns_for, fetch_all
from storage.tables import insights, theme_members

OPEN = ("new", "acknowledged", "in_progress")
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Counts:
    """How many insights there are: in all, lately, in as long a time before, and by bridge and category."""

    total: int
    lately: int
    before: int
    open_requests: int
    by_category: tuple[tuple[int, str, int], ...]  # bridge id, category, count; the most first


@dataclass(frozen=True)
class Names:
    """Whom and what an insight names."""

    customer: str | None
    competitors: list[str]
    product: str | None


def named_lately(
    connection: Connection, bridge_id: int, seen: ColumnElement[bool], limit: int
) -> list[Names]:
    """What the bridge's newest insights name, so many of them, as far as they are seen; newest first."""
    newest = (
        select(insights.c.id)
        .where(insights.c.bridge_id == bridge_id)
        .order_by(insights.c.created_at.desc(), insights.c.id.desc())
        .limit(limit)
        .subquery()
    )
    is_named = insights.c.customer.is_not(None) | insights.c.product.is_not(None)
    return fetch_all(
        connection,
        columns_for(insights, Names)
        .join(newest, newest.c.id == insights.c.id)
        .where(seen, LIVE, is_named | (cast(insights.c.competitors, Text) != "[]"))
        .order_by(insights.c.created_at.desc(), insights.c.id.desc()),
        Names,
    )


def counts(connection: Connection, met: Conditions, since: datetime, before: datetime) -> Counts:
    """`since` begins the latest stretch, `before` the one before it."""
    created = insights.c.created_at
    row = connection.execute(
        select(
            func.count(),
            func.count(case((created >= since, 1))),
            func.count(case(((created >= before) & (created < since), 1))),
            func.count(case(((insights.c.category == "request") & insights.c.status.in_(OPEN), 1))),
        ).where(*met)
    ).one()
    by_category = connection.execute(
        select(insights.c.bridge_id, insights.c.category, func.count())
        .where(*met)
        .group_by(insights.c.bridge_id, insights.c.category)
        .order_by(func.count().desc(), insights.c.bridge_id, insights.c.category)
    )
    return Counts(*row, by_category=tuple((one[0], one[1], one[2]) for one in by_category))


def deals(connection: Connection, met: Conditions) -> dict[str, int]:
    """Minor units at stake in what is still open, by currency; a deal named several times counts once."""
    rows = connection.execute(
        select(insights.c.customer, insights.c.deal_amount, insights.c.deal_currency)
        .where(*met, insights.c.deal_amount.is_not(None), insights.c.status.in_(OPEN))
        .distinct()
    )
    found: dict[str, int] = {}
    for row in rows:
        found[row.deal_currency] = found.get(row.deal_currency, 0) + row.deal_amount
    return found


def open_requests(connection: Connection, met: Conditions, category: str, limit: int) -> list[Insight]:
    """The requests that wait longest."""
    return fetch_all(
        connection,
        columns_for(insights, Insight)
        .where(
            *met,
            insights.c.category == category,
            insights.c.status.in_(OPEN),
            insights.c.text_removed_at.is_(None),
        )
        .order_by(insights.c.created_at, insights.c.id)
        .limit(limit),
        Insight,
    )


def themes(connection: Connection, met: Conditions, limit: int) -> list[tuple[int, int]]:
    """Ids of the themes that most of them belong to, and how many do."""
    rows = connection.execute(
        select(theme_members.c.theme_id, func.count())
        .join(insights, insights.c.id == theme_members.c.insight_id)
        .where(*met)
        .group_by(theme_members.c.theme_id)
        .order_by(func.count().desc(), theme_members.c.theme_id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
