"""What a digest is compiled of: counts, and the ids of what it shows.

Every query stays within an index range of the period, or stops after `MOST_COUNTED` rows, so that a digest
costs the same however much is stored. Withdrawn insights count nowhere.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    case,
    func,
    literal_column,
    select,
    true,
    union_all,
)

from storage.insights import LIVE, Insight
from storage.rows import columns_for, fetch_all
from storage.tables import bridges, insights

OPEN: Final = ("new", "acknowledged", "in_progress")
UNTOUCHED: Final = ("new",)
MOST_COUNTED: Final = 500  # of what waits; beyond that the exact number tells nobody more


@dataclass(frozen=True)
class Span:
    """From `start` up to, and without, `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Totals:
    """What came in within a span."""

    insights: int
    people: int  # who said it
    channels: int
    supporters: int  # supports, so that a person counts once for each insight


@dataclass(frozen=True)
class Touched:
    """A customer or competitor, and how many insights name it."""

    name: str
    count: int


@dataclass(frozen=True)
class Waiting:
    """Ids of what waits, oldest first; at most `MOST_COUNTED` of them."""

    ids: tuple[int, ...]
    is_more: bool


def team_of(connection: Connection, bridge_id: int) -> str:
    """The workspace of the bridge."""
    team_id: str = connection.execute(select(bridges.c.team_id).where(bridges.c.id == bridge_id)).scalar_one()
    return team_id


def _within(bridge_id: int, span: Span) -> tuple[ColumnElement[bool], ...]:
    return (
        insights.c.bridge_id == bridge_id,
        insights.c.created_at >= span.start,
        insights.c.created_at < span.end,
        LIVE,
    )


def counts_by_category(connection: Connection, bridge_id: int, span: Span) -> dict[str, int]:
    """How many insights came in, by the key of their category."""
    # Grouped by the bare column, SQLite walks all of the bridge's insights along the index of categories.
    category = insights.c.category.concat(literal_column("''"))
    rows = connection.execute(
        select(category, func.count()).where(*_within(bridge_id, span)).group_by(category)
    )
    return {row[0]: row[1] for row in rows}


def totals(connection: Connection, bridge_id: int, span: Span) -> Totals:
    said_by = func.coalesce(insights.c.author_id, insights.c.author_name, insights.c.reporter_id)
    row = connection.execute(
        select(
            func.count(),
            func.count(said_by.distinct()),
            func.count(case((insights.c.channel_id.not_like("D%"), insights.c.channel_id)).distinct()),
            func.coalesce(func.sum(insights.c.supporter_count), 0),
        ).where(*_within(bridge_id, span))
    ).one()
    return Totals(insights=row[0], people=row[1], channels=row[2], supporters=int(row[3]))


def best_of_categories(
    connection: Connection, bridge_id: int, span: Span, most: int
) -> dict[str, tuple[int, ...]]:
    """By category, the ids of its best insights that still have their text.

    Best are those with most supporters, among these the urgent ones, among these the newest.
    """
    place = func.row_number().over(
        partition_by=insights.c.category,
        order_by=(
            insights.c.supporter_count.desc(),
            insights.c.is_urgent.desc(),
            insights.c.created_at.desc(),
            insights.c.id.desc(),
        ),
    )
    ranked = (
        select(insights.c.id, insights.c.category, place.label("place"))
        .where(*_within(bridge_id, span), insights.c.text_removed_at.is_(None))
        .subquery()
    )
    rows = connection.execute(
        select(ranked.c.category, ranked.c.id)
        .where(ranked.c.place <= most)
        .order_by(ranked.c.category, ranked.c.place)
    )
    best: dict[str, tuple[int, ...]] = {}
    for category, insight_id in rows:
        best[category] = (*best.get(category, ()), insight_id)
    return best


def customers(connection: Connection, bridge_id: int, span: Span, most: int) -> list[Touched]:
    """The customers that insights name, most often named first."""
    statement = (
        select(insights.c.customer, func.count())
        .where(*_within(bridge_id, span), insights.c.customer.is_not(None))
        .group_by(insights.c.customer)
    )
    return _most_touched(connection, statement, insights.c.customer, most)


def competitors(connection: Connection, bridge_id: int, span: Span, most: int) -> list[Touched]:
    """The competitors that insights name, most often named first."""
    is_postgres = connection.dialect.name == "postgresql"
    unfold = func.jsonb_array_elements_text if is_postgres else func.json_each
    each = unfold(insights.c.competitors).table_valued("value")
    statement = (
        select(each.c.value, func.count(insights.c.id.distinct()))
        .select_from(insights.join(each, true()))
        .where(*_within(bridge_id, span))
        .group_by(each.c.value)
    )
    return _most_touched(connection, statement, each.c.value, most)


def _most_touched(
    connection: Connection, statement: Select[Any], name: ColumnElement[Any], most: int
) -> list[Touched]:
    ordered = statement.order_by(func.count(insights.c.id.distinct()).desc(), _bytewise(connection, name))
    return [Touched(row[0], row[1]) for row in connection.execute(ordered.limit(most))]


def _bytewise(connection: Connection, name: ColumnElement[Any]) -> ColumnElement[Any]:
    """Both databases give names of one count in one order, whatever the server's locale."""
    return name.collate("C") if connection.dialect.name == "postgresql" else name


def waiting(
    connection: Connection, bridge_id: int, statuses: Sequence[str], category: str | None = None
) -> Waiting:
    """What still has one of these statuses (and that category), oldest first."""
    # One walk along the index for each status: `IN` over several would read and sort all of them.
    # SQLite merges the walks and ends when there are enough; PostgreSQL would not, so each ends by itself.
    walks = [_with(bridge_id, status, category) for status in statuses]
    if connection.dialect.name == "postgresql":
        walks = [select(*_oldest(walk).subquery().c) for walk in walks]
    ids = list(connection.scalars(_oldest(union_all(*walks))))
    return Waiting(ids=tuple(ids[:MOST_COUNTED]), is_more=len(ids) > MOST_COUNTED)


def _oldest(found: Select[Any] | CompoundSelect[Any]) -> Any:
    columns = found.selected_columns
    return found.order_by(columns.created_at, columns.id).limit(MOST_COUNTED + 1)


def _with(bridge_id: int, status: str, category: str | None) -> Select[Any]:
    statement = select(insights.c.id, insights.c.created_at).where(
        insights.c.bridge_id == bridge_id,
        insights.c.status == status,
        insights.c.text_removed_at.is_(None),
    )
    return statement if category is None else statement.where(insights.c.category == category)


def with_text(connection: Connection, ids: Collection[int], *, to_be_posted: bool) -> dict[int, Insight]:
    """These insights, by id, without those whose text is removed.

    `to_be_posted`: they are held until the transaction ends, so that a deletion either comes before and
    is seen here, or comes after and finds the post that quotes them.
    """
    if not ids:
        return {}
    statement = (
        columns_for(insights, Insight)
        .where(insights.c.id.in_(sorted(ids)), insights.c.text_removed_at.is_(None))
        .order_by(insights.c.id)
    )
    if to_be_posted:
        statement = statement.with_for_update(read=True)
    return {insight.id: insight for insight in fetch_all(connection, statement, Insight)}
