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
    FromClause,
    Select,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from storage.insights import LIVE, Insight
from storage.rows import columns_for, fetch_all
from storage.tables import bridges, insights

OPEN: Final = ("new", "acknowledged", "in_progress")
UNTOUCHED: Final = ("new",)
MOST_FADED: Final = 5  # names that fewer speak of than before, beside those most spoken of
LEAST_FADED: Final = 3  # insights fewer than before
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
class Compared:
    """A period, the one before it, and all the time before it that a trend looks back on."""

    span: Span
    before: Span
    history: Span


@dataclass(frozen=True)
class Deals:
    """What deals come to, in minor units of their currency."""

    amount: int
    currency: str


@dataclass(frozen=True)
class Touched:
    """A customer or competitor, and how many insights name it."""

    name: str
    count: int
    before: int = 0  # in the period before
    history: int = 0  # in all the time looked back on
    deals: tuple[Deals, ...] = ()  # of this period's insights, by currency


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


def customers(connection: Connection, bridge_id: int, compared: Compared, most: int) -> list[Touched]:
    """The customers that insights name, most often named first, and those that fell silent."""
    return _touched(connection, bridge_id, compared, most, insights, insights.c.customer)


def competitors(connection: Connection, bridge_id: int, compared: Compared, most: int) -> list[Touched]:
    """The competitors that insights name, most often named first, and those that fell silent."""
    is_postgres = connection.dialect.name == "postgresql"
    unfold = func.jsonb_array_elements_text if is_postgres else func.json_each
    each = unfold(insights.c.competitors).table_valued("value")
    return _touched(connection, bridge_id, compared, most, insights.join(each, true()), each.c.value)


def _touched(
    connection: Connection,
    bridge_id: int,
    compared: Compared,
    most: int,
    source: FromClause,
    name: ColumnElement[Any],
) -> list[Touched]:
    deals = _deals(connection, bridge_id, compared.span, source, name)
    rows = connection.execute(_moves(connection, bridge_id, compared, most, source, name))
    return [Touched(row[0], row[1], row[2], row[3], deals.get(row[0], ())) for row in rows]


def _moves(
    connection: Connection,
    bridge_id: int,
    compared: Compared,
    most: int,
    source: FromClause,
    name: ColumnElement[Any],
) -> Select[Any]:
    at = insights.c.created_at

    def count(span: Span) -> ColumnElement[int]:
        return func.count(case((and_(at >= span.start, at < span.end), insights.c.id)).distinct())

    counted = (
        select(
            name.label("name"),
            count(compared.span).label("now"),
            count(compared.before).label("before"),
            count(compared.history).label("history"),
        )
        .select_from(source)
        .where(*_within(bridge_id, Span(compared.history.start, compared.span.end)), name.is_not(None))
        .group_by(name)
        .subquery()
    )
    named, fewer = _bytewise(connection, counted.c.name), counted.c.before - counted.c.now
    ranked = select(
        counted,
        func.row_number().over(order_by=(counted.c.now.desc(), named)).label("place"),
        func.row_number().over(order_by=(fewer.desc(), named)).label("fading"),
    ).subquery()
    is_named = and_(ranked.c.place <= most, ranked.c.now > 0)
    has_faded = and_(ranked.c.fading <= MOST_FADED, ranked.c.before - ranked.c.now >= LEAST_FADED)
    return select(ranked).where(or_(is_named, has_faded)).order_by(ranked.c.place)


def _deals(
    connection: Connection, bridge_id: int, span: Span, source: FromClause, name: ColumnElement[Any]
) -> dict[str, tuple[Deals, ...]]:
    """By name: what the deals of the span's insights come to.

    The same amount for the same customer is the same deal, told twice.
    """
    customer = insights.c.customer
    deals = (
        select(
            name.label("name"),
            insights.c.deal_currency.label("currency"),
            insights.c.deal_amount.label("amount"),
            customer,
            case((customer.is_(None), insights.c.id)).label("by_itself"),
        )
        .select_from(source)
        .where(*_within(bridge_id, span), name.is_not(None), insights.c.deal_amount.is_not(None))
        .distinct()
        .subquery()
    )
    rows = connection.execute(
        select(deals.c.name, deals.c.currency, func.sum(deals.c.amount))
        .group_by(deals.c.name, deals.c.currency)
        .order_by(deals.c.name, deals.c.currency)
    )
    found: dict[str, tuple[Deals, ...]] = {}
    for named, currency, amount in rows:
        found[named] = (*found.get(named, ()), Deals(int(amount), currency))
    return found


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
