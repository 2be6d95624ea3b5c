"""Reads all insights in pages, whatever their number, for an export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection

from storage.insights import LIVE, Insight
from storage.rows import columns_for, fetch_all
from storage.tables import insights

PAGE: Final = 1_000


@dataclass(frozen=True)
class Wanted:
    """Which insights: of a bridge (None: of all), made from an instant on and before another, withdrawn ones
    or not."""

    bridge_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_withdrawn: bool = False


@dataclass(frozen=True)
class Exported(Insight):
    """An insight with the workspace that it belongs to."""

    team_id: str


def pages(
    connection: Connection, conditions: Sequence[ColumnElement[bool]], size: int = PAGE
) -> Iterator[list[Exported]]:
    """Insights that meet all conditions in the order they were made, one page of `size` in memory."""
    last_id = 0
    while True:
        page = fetch_all(
            connection,
            columns_for(insights, Exported)
            .where(insights.c.id > last_id, *conditions)
            .order_by(insights.c.id)
            .limit(size),
            Exported,
        )
        if page:
            yield page
            last_id = page[-1].id
        if len(page) < size:
            return


def conditions_of(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The wish as conditions."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.bridge_id is not None:
        conditions.append(insights.c.bridge_id == wanted.bridge_id)
    if wanted.since is not None:
        conditions.append(insights.c.created_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(insights.c.created_at < wanted.until)
    if not wanted.with_withdrawn:
        conditions.append(LIVE)
    return conditions
