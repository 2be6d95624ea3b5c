"""What was found, the best first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection

from bot.search.ranking import score
from bot.stems import Query
from storage import insights, search
from storage.insights import Insight

RANKED: Final = 2_000  # of the newest that were found; older ones follow by date


def best_first(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    asked: Query,
    now: datetime,
    *,
    limit: int,
    offset: int = 0,
) -> list[Insight]:
    """A page of the insights that meet all conditions, in the order in which they answer `asked`."""
    if offset >= RANKED:
        return insights.select_page(connection, conditions, limit=limit, offset=offset)
    made_at = insights.newest(connection, conditions, RANKED)
    counts = search.counts_of(connection, list(made_at))
    by_score = sorted(made_at, key=lambda one: (-score(counts.get(one, {}), asked, made_at[one], now), -one))
    return insights.with_ids(connection, by_score[offset : offset + limit])
