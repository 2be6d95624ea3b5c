"""A bridge's lists of names, what was read out of insights, and what people decided instead."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from storage.insights import Insight
from storage.rows import columns_for, fetch_all, fetch_one, insert_once, upsert
from storage.tables import embeddings, ignored_names, insights, names, readings, reanalyses, sightings

ENDLESS: Final = 2**62
DECIDED: Final = ("person", "flag")  # `category_by` of what people have filed themselves


@dataclass(frozen=True)
class ListedName:
    """An entry of a bridge's lists."""

    id: int
    kind: str
    name: str
    aliases: list[str]


@dataclass(frozen=True)
class StoredReading:
    """What Frontline read out of an insight."""

    category: str
    confidence: int  # percent
    customer: str | None
    competitors: list[str]
    product: str | None


@dataclass(frozen=True)
class Decision:
    """An insight that a person has filed."""

    id: int
    text: str
    category: str
    vector: bytes | None  # the embedding of its text, where it has one


@dataclass(frozen=True)
class Unknown:
    """A name that no list knows, and in how many insights it stood."""

    key: str
    shown: str
    count: int


@dataclass(frozen=True)
class Progress:
    """How far a reanalysis has come."""

    after_id: int
    until_id: int


# --- lists -------------------------------------------------------------------------------------------------


def names_of(connection: Connection, bridge_id: int) -> list[ListedName]:
    """The bridge's lists, in the order in which they were written."""
    return fetch_all(
        connection,
        columns_for(names, ListedName)
        .where(names.c.bridge_id == bridge_id)
        .order_by(names.c.position, names.c.id),
        ListedName,
    )


def save_names(
    connection: Connection, bridge_id: int, entries: Sequence[tuple[str, str, Sequence[str]]]
) -> None:
    """Replace the bridge's lists: kind, name, aliases of each entry."""
    connection.execute(delete(names).where(names.c.bridge_id == bridge_id))
    rows = [
        {"bridge_id": bridge_id, "kind": kind, "name": name, "aliases": list(aliases), "position": position}
        for position, (kind, name, aliases) in enumerate(entries)
    ]
    if rows:
        connection.execute(insert(names), rows)


def add_name(connection: Connection, bridge_id: int, kind: str, name: str) -> bool:
    """Add an entry without aliases. False: it is there already."""
    position = connection.scalar(
        select(func.coalesce(func.max(names.c.position), -1) + 1).where(names.c.bridge_id == bridge_id)
    )
    values: dict[str, Any] = {"bridge_id": bridge_id, "kind": kind, "name": name, "aliases": []}
    values["position"] = position
    return insert_once(connection, names, values)


# --- readings ----------------------------------------------------------------------------------------------


def save_reading(connection: Connection, insight_id: int, reading: StoredReading) -> None:
    values = {
        "insight_id": insight_id,
        "category": reading.category,
        "confidence": reading.confidence,
        "customer": reading.customer,
        "competitors": reading.competitors,
        "product": reading.product,
    }
    upsert(connection, readings, values, ["insight_id"])


def reading_of(connection: Connection, insight_id: int) -> StoredReading | None:
    return fetch_one(
        connection,
        columns_for(readings, StoredReading).where(readings.c.insight_id == insight_id),
        StoredReading,
    )


def decisions(connection: Connection, bridge_id: int, limit: int) -> list[Decision]:
    """The latest insights that people have filed themselves, oldest first."""
    found: list[Decision] = []
    # One query for each way, so that the index gives the newest without sorting all.
    for way in DECIDED:
        found += fetch_all(
            connection,
            select(insights.c.id, insights.c.text, insights.c.category, embeddings.c.vector)
            .join(embeddings, embeddings.c.insight_id == insights.c.id, isouter=True)
            .where(
                insights.c.bridge_id == bridge_id,
                insights.c.category_by == way,
                insights.c.text_removed_at.is_(None),
            )
            .order_by(insights.c.id.desc())
            .limit(limit),
            Decision,
        )
    return sorted(found, key=lambda one: one.id)[-limit:]


# --- names that no list knows ------------------------------------------------------------------------------


def save_sightings(
    connection: Connection, bridge_id: int, insight_id: int, seen: Mapping[str, str], at: datetime
) -> None:
    """Replace what was seen in an insight: how each key was written."""
    forget_sightings(connection, insight_id)
    rows = [
        {"insight_id": insight_id, "key": key, "bridge_id": bridge_id, "shown": shown, "seen_at": at}
        for key, shown in seen.items()
    ]
    if rows:
        connection.execute(insert(sightings), rows)


def forget_sightings(connection: Connection, insight_id: int) -> None:
    connection.execute(delete(sightings).where(sightings.c.insight_id == insight_id))


def unknown_names(
    connection: Connection, bridge_id: int, since: datetime, *, least: int, limit: int
) -> list[Unknown]:
    """Names seen in at least so many insights since then and not ignored, the most frequent first."""
    ignored = select(ignored_names.c.key).where(ignored_names.c.bridge_id == bridge_id)
    count = func.count()
    rows = connection.execute(
        select(sightings.c.key, func.min(sightings.c.shown).label("shown"), count.label("count"))
        .where(
            sightings.c.bridge_id == bridge_id, sightings.c.seen_at >= since, sightings.c.key.not_in(ignored)
        )
        .group_by(sightings.c.key)
        .having(count >= least)
        .order_by(count.desc(), sightings.c.key)
        .limit(limit)
    )
    return [Unknown(row.key, row.shown, row._mapping["count"]) for row in rows]


def seen_as(connection: Connection, bridge_id: int, key: str) -> str | None:
    """How a name was written that was seen in the bridge's insights."""
    found: str | None = connection.scalar(
        select(func.min(sightings.c.shown)).where(sightings.c.bridge_id == bridge_id, sightings.c.key == key)
    )
    return found


def ignore_name(connection: Connection, bridge_id: int, key: str) -> None:
    insert_once(connection, ignored_names, {"bridge_id": bridge_id, "key": key})


def forget_names(connection: Connection, bridge_id: int, keys: Collection[str]) -> None:
    """What the lists know from now on is no news."""
    if keys:
        connection.execute(
            delete(sightings).where(sightings.c.bridge_id == bridge_id, sightings.c.key.in_(sorted(keys)))
        )


# --- reading all anew --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scope:
    """What is read anew: a workspace's insights, or those of one bridge."""

    team_id: str
    bridge_id: int | None = None
    themes: bool = False  # found anew, once all is read

    @property
    def key(self) -> str:
        whose = self.team_id if self.bridge_id is None else str(self.bridge_id)
        return f"{whose}/themes" if self.themes else whose

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        if self.bridge_id is not None:
            return [insights.c.bridge_id == self.bridge_id]
        return [insights.c.team_id == self.team_id]


def begin(connection: Connection, scope: Scope, at: datetime) -> Progress:
    """Where a reanalysis stands; one that is new ends with the insights that there are now.

    Themes have no end: what joins an old theme meanwhile goes with it.
    """
    known = progress(connection, scope)
    if known is not None:
        return known
    until = connection.scalar(select(func.max(insights.c.id)).where(*scope.conditions)) or 0
    if scope.themes:
        until = ENDLESS
    values = {"scope": scope.key, "after_id": 0, "until_id": until, "started_at": at}
    connection.execute(insert(reanalyses).values(**values))
    return Progress(0, until)


def progress(connection: Connection, scope: Scope) -> Progress | None:
    return fetch_one(
        connection, columns_for(reanalyses, Progress).where(reanalyses.c.scope == scope.key), Progress
    )


def step(connection: Connection, scope: Scope, after_id: int) -> None:
    connection.execute(update(reanalyses).where(reanalyses.c.scope == scope.key).values(after_id=after_id))


def end(connection: Connection, scope: Scope) -> None:
    connection.execute(delete(reanalyses).where(reanalyses.c.scope == scope.key))


def batch(
    connection: Connection, scope: Scope, at: Progress, limit: int, *, to_be_read: bool = False
) -> list[Insight]:
    """The next insights that still have their text.

    `to_be_read`: what is read of them is stored, so their texts must not change until the transaction ends.
    """
    found = columns_for(insights, Insight).where(*_between(scope, at)).order_by(insights.c.id).limit(limit)
    return fetch_all(connection, found.with_for_update(key_share=True) if to_be_read else found, Insight)


def left(connection: Connection, scope: Scope, at: Progress) -> int:
    """How many insights are still to be read."""
    counted = select(func.count()).select_from(insights).where(*_between(scope, at))
    return connection.scalar(counted) or 0


def _between(scope: Scope, at: Progress) -> list[ColumnElement[bool]]:
    return [
        *scope.conditions,
        insights.c.id > at.after_id,
        insights.c.id <= at.until_id,
        insights.c.text_removed_at.is_(None),
    ]
