"""Themes and their members; what people took apart stays apart."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from storage.insights import LIVE, Insight
from storage.rows import columns_for, fetch_all, fetch_one, insert_once, upsert
from storage.tables import embeddings, insights, likenesses, theme_members, theme_partings, themes

EVERYTHING: Final[ColumnElement[bool]] = true()


@dataclass(frozen=True)
class Theme:
    """Insights about the same thing."""

    id: int
    bridge_id: int
    title: str  # empty: none of its members has words
    title_from_id: int | None
    is_named: bool
    created_at: datetime
    is_decided: bool = False  # people merged or split it, or took something out

    @property
    def is_kept(self) -> bool:
        """It stays as people left it."""
        return self.is_named or self.is_decided


@dataclass(frozen=True)
class Worded:
    """Of an insight what it is compared by: three hundred are read for each new one."""

    id: int
    text: str
    vector: bytes | None  # the embedding of its text, where it has one


class Member(NamedTuple):
    """Of a theme's member what is told of the theme, without its words: of a large one thousands are read."""

    theme_id: int
    id: int
    number: int
    created_at: datetime
    has_words: bool
    customer: str | None
    deal_amount: int | None  # minor units
    deal_currency: str | None


@dataclass(frozen=True)
class Counted:
    """A theme and how many of its insights came in within a span and in the one before."""

    theme_id: int
    count: int
    before: int
    ever: int  # up to the end of that span


def start(connection: Connection, bridge_id: int, at: datetime) -> int:
    """A theme without members yet; gives its id."""
    theme_id: int = connection.execute(
        insert(themes)
        .values(bridge_id=bridge_id, title="", is_named=False, created_at=at)
        .returning(themes.c.id)
    ).scalar_one()
    return theme_id


def decide(connection: Connection, ids: Collection[int]) -> None:
    """People have said what belongs there: Frontline takes nothing out by itself."""
    connection.execute(update(themes).where(themes.c.id.in_(sorted(ids))).values(is_decided=True))


def by_id(connection: Connection, theme_id: int) -> Theme | None:
    return fetch_one(connection, columns_for(themes, Theme).where(themes.c.id == theme_id), Theme)


def of_insight(connection: Connection, insight_id: int) -> Theme | None:
    """The theme that the insight belongs to."""
    return fetch_one(
        connection,
        columns_for(themes, Theme)
        .join(theme_members, theme_members.c.theme_id == themes.c.id)
        .where(theme_members.c.insight_id == insight_id),
        Theme,
    )


def themes_of(connection: Connection, insight_ids: Collection[int]) -> dict[int, int]:
    """Theme ids by insight id."""
    rows = connection.execute(
        select(theme_members.c.insight_id, theme_members.c.theme_id).where(
            theme_members.c.insight_id.in_(sorted(insight_ids))
        )
    )
    return {row.insight_id: row.theme_id for row in rows}


def join(connection: Connection, theme_id: int, insight_id: int, at: datetime) -> None:
    """Let the insight belong to that theme, and no other."""
    values = {"insight_id": insight_id, "theme_id": theme_id, "joined_at": at}
    upsert(connection, theme_members, values, ["insight_id"])


def absorb(connection: Connection, theme_id: int, other_id: int, at: datetime) -> None:
    """Let all members of the other theme belong to that one; the other is gone."""
    connection.execute(
        update(theme_members)
        .where(theme_members.c.theme_id == other_id)
        .values(theme_id=theme_id, joined_at=at)
    )
    remove(connection, other_id)


def leave(connection: Connection, insight_id: int) -> None:
    connection.execute(delete(theme_members).where(theme_members.c.insight_id == insight_id))


def members(connection: Connection, theme_id: int) -> list[Insight]:
    """The members that count, newest first."""
    return fetch_all(
        connection,
        columns_for(insights, Insight)
        .join(theme_members, theme_members.c.insight_id == insights.c.id)
        .where(theme_members.c.theme_id == theme_id, LIVE)
        .order_by(insights.c.created_at.desc(), insights.c.id.desc()),
        Insight,
    )


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Theme]:
    """These themes, by id."""
    found = fetch_all(connection, columns_for(themes, Theme).where(themes.c.id.in_(sorted(ids))), Theme)
    return {one.id: one for one in found}


def members_of(
    connection: Connection,
    ids: Collection[int],
    shown: ColumnElement[bool],
    *,
    end_at: datetime | None = None,
) -> dict[int, list[Member]]:
    """The members of several themes that count, newest first, by the theme; `shown` may leave some out.

    `end_at`: only what came in before it.
    """
    rows = connection.execute(
        select(
            theme_members.c.theme_id,
            insights.c.id,
            insights.c.number,
            insights.c.created_at,
            insights.c.text_removed_at.is_(None),
            insights.c.customer,
            insights.c.deal_amount,
            insights.c.deal_currency,
        )
        .join(theme_members, theme_members.c.insight_id == insights.c.id)
        .where(
            theme_members.c.theme_id.in_(sorted(ids)),
            LIVE,
            shown,
            EVERYTHING if end_at is None else insights.c.created_at < end_at,
        )
        .order_by(insights.c.created_at.desc(), insights.c.id.desc())
    )
    members: dict[int, list[Member]] = {one: [] for one in ids}
    for one in map(Member._make, rows):
        members[one.theme_id].append(one)
    return members


def newest_members(connection: Connection, theme_id: int, limit: int) -> list[Worded]:
    """The newest members that count and still have their words."""
    return fetch_all(
        connection,
        _worded()
        .join(theme_members, theme_members.c.insight_id == insights.c.id)
        .where(theme_members.c.theme_id == theme_id, LIVE, insights.c.text_removed_at.is_(None))
        .order_by(theme_members.c.insight_id.desc())  # as the index has them: no large theme is sorted
        .limit(limit),
        Worded,
    )


def name(connection: Connection, theme_id: int, title: str) -> None:
    """Call the theme as a person says; empty: nobody names it any more."""
    connection.execute(
        update(themes)
        .where(themes.c.id == theme_id)
        .values(title=title, title_from_id=None, is_named=bool(title))
    )


def call(connection: Connection, theme_id: int, title: str, from_id: int | None) -> None:
    """Call the theme by words of that insight, unless a person has named it."""
    connection.execute(
        update(themes)
        .where(themes.c.id == theme_id, ~themes.c.is_named)
        .values(title=title, title_from_id=from_id)
    )


def forget_words(connection: Connection, insight_id: int) -> None:
    """Let no theme be called by the insight's words; one that another is just about to name is left to it."""
    found = (
        select(themes.c.id)
        .join(theme_members, theme_members.c.theme_id == themes.c.id)
        .where(theme_members.c.insight_id == insight_id, themes.c.title_from_id == insight_id)
        .with_for_update(key_share=True, skip_locked=True, of=themes)
    )
    connection.execute(update(themes).where(themes.c.id.in_(found)).values(title="", title_from_id=None))


def remove(connection: Connection, theme_id: int) -> None:
    """Forget a theme; its members belong to none."""
    connection.execute(delete(themes).where(themes.c.id == theme_id))


def is_empty(connection: Connection, theme_id: int) -> bool:
    """Whether no insight belongs to it."""
    found = select(theme_members.c.insight_id).where(theme_members.c.theme_id == theme_id).limit(1)
    return connection.scalar(found) is None


def part(connection: Connection, insight_id: int, others: Collection[int]) -> None:
    """Frontline never joins these to that one again by itself."""
    for other in sorted(set(others) - {insight_id}):
        one, two = sorted((insight_id, other))
        insert_once(connection, theme_partings, {"insight_id": one, "other_id": two})


def forget_partings(connection: Connection, ones: Collection[int], others: Collection[int]) -> None:
    """People put together what had been taken apart."""
    for first, second in ((ones, others), (others, ones)):
        connection.execute(
            delete(theme_partings).where(
                theme_partings.c.insight_id.in_(sorted(first)), theme_partings.c.other_id.in_(sorted(second))
            )
        )


def are_parted(connection: Connection, ones: Collection[int], others: Collection[int]) -> bool:
    """Whether people took any of these apart from any of those."""
    one, other = theme_partings.c.insight_id, theme_partings.c.other_id
    return bool(
        connection.scalar(
            select(
                exists().where(
                    or_(
                        one.in_(sorted(ones)) & other.in_(sorted(others)),
                        one.in_(sorted(others)) & other.in_(sorted(ones)),
                    )
                )
            )
        )
    )


def parted_from(connection: Connection, insight_id: int) -> set[int]:
    """Those that people took apart from this one."""
    rows = connection.execute(
        select(theme_partings.c.insight_id, theme_partings.c.other_id).where(
            or_(theme_partings.c.insight_id == insight_id, theme_partings.c.other_id == insight_id)
        )
    )
    return {other for row in rows for other in row if other != insight_id}


def note_likeness(connection: Connection, insight_id: int, like_id: int) -> None:
    """Remember that the insight says nearly what an earlier one says."""
    upsert(connection, likenesses, {"insight_id": insight_id, "like_id": like_id}, ["insight_id"])


def forget_likeness(connection: Connection, insight_id: int) -> None:
    connection.execute(delete(likenesses).where(likenesses.c.insight_id == insight_id))


def like_of(connection: Connection, insight_id: int) -> Insight | None:
    """The earlier insight that says nearly the same, if it still counts and has its words."""
    return fetch_one(
        connection,
        columns_for(insights, Insight)
        .join(likenesses, likenesses.c.like_id == insights.c.id)
        .where(likenesses.c.insight_id == insight_id, LIVE, insights.c.text_removed_at.is_(None)),
        Insight,
    )


# --- candidates --------------------------------------------------------------------------------------------


def candidates(connection: Connection, bridge_id: int, ids: Collection[int]) -> list[Worded]:
    """Those of the insights that belong to the bridge, count, and have their words."""
    return fetch_all(
        connection,
        _worded().where(
            insights.c.id.in_(sorted(ids)),
            # Not as a column of an index: SQLite would walk all of the bridge's insights for these few.
            insights.c.bridge_id + 0 == bridge_id,
            insights.c.text_removed_at.is_(None),
            LIVE,
        ),
        Worded,
    )


def _worded() -> Select[Any]:
    return select(insights.c.id, insights.c.text, embeddings.c.vector).join(
        embeddings, embeddings.c.insight_id == insights.c.id, isouter=True
    )


def recent(connection: Connection, bridge_id: int, before_id: int, limit: int) -> list[int]:
    """Ids of the bridge's insights before that one, the newest first."""
    return list(
        connection.scalars(
            select(insights.c.id)
            .where(insights.c.bridge_id == bridge_id, insights.c.id < before_id)
            .order_by(insights.c.created_at.desc(), insights.c.id.desc())
            .limit(limit)
        )
    )


# --- what a period brought ---------------------------------------------------------------------------------


def counted(
    connection: Connection,
    bridge_id: int,
    start_at: datetime,
    end_at: datetime,
    before_at: datetime,
    shown: ColumnElement[bool],
    most: int,
) -> list[Counted]:
    """Themes of two insights and more that something came in for within the span, those with most first.

    `before_at` begins the span before it. What came in after the span counts nowhere.
    """
    inside = func.count().filter(insights.c.created_at >= start_at)
    moved = _came_in(bridge_id, before_at, end_at, shown, inside).having(inside > 0).subquery()
    picked = (
        select(moved)
        .where((moved.c.both > 1) | _earlier(moved, before_at, shown).exists())
        .order_by(moved.c.inside.desc(), moved.c.theme_id)
        .limit(most)
    )
    found = _with_ever(connection, picked, before_at, shown)
    return sorted(found, key=lambda one: (-one.count, one.theme_id))


def fallen_silent(
    connection: Connection,
    bridge_id: int,
    start_at: datetime,
    end_at: datetime,
    before_at: datetime,
    shown: ColumnElement[bool],
    *,
    least: int,
    most: int,
) -> list[Counted]:
    """Themes that nothing came in for within the span, and `least` or more within the one before it, which
    `before_at` begins; those with most first.
    """
    picked = (
        _came_in(bridge_id, before_at, end_at, shown, literal(0))
        .having(func.max(insights.c.created_at) < start_at, func.count() >= least)
        .order_by(func.count().desc(), theme_members.c.theme_id)
        .limit(most)
    )
    found = _with_ever(connection, picked, before_at, shown)
    return sorted(found, key=lambda one: (-one.before, one.theme_id))


def _came_in(
    bridge_id: int,
    before_at: datetime,
    end_at: datetime,
    shown: ColumnElement[bool],
    inside: ColumnElement[int],
) -> Select[Any]:
    """For each theme how many came in within the span, and within both."""
    return (
        select(theme_members.c.theme_id, inside.label("inside"), func.count().label("both"))
        .join(insights, insights.c.id == theme_members.c.insight_id)
        .where(
            insights.c.bridge_id == bridge_id,
            insights.c.created_at >= before_at,
            insights.c.created_at < end_at,
            LIVE,
            shown,
        )
        .group_by(theme_members.c.theme_id)
    )


def _earlier(found: Subquery, before_at: datetime, shown: ColumnElement[bool]) -> Select[Any]:
    """What came in before both spans, for each theme of these."""
    return (
        select(insights.c.id)
        .select_from(insights)
        .join(theme_members, theme_members.c.insight_id == insights.c.id)
        .where(theme_members.c.theme_id == found.c.theme_id, insights.c.created_at < before_at, LIVE, shown)
        .correlate(found)
    )


def _with_ever(
    connection: Connection, picked: Select[Any], before_at: datetime, shown: ColumnElement[bool]
) -> list[Counted]:
    """Counted up to the end of the span, for these few alone: that reads all that ever came in."""
    found = picked.subquery()
    earlier = _earlier(found, before_at, shown).with_only_columns(func.count()).scalar_subquery()
    rows = connection.execute(select(found, earlier.label("earlier")))
    return [Counted(row.theme_id, row.inside, row.both - row.inside, row.both + row.earlier) for row in rows]
