"""The record of erasures, what must not come back, and how long bridges keep what they were told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, or_, select, update

from storage.insights import Insight
from storage.rows import columns_for, fetch_all, fetch_one, upsert
from storage.tables import erased_insights, erased_people, erasures, insights, lifetimes

INSIGHT: Final = "insight"
PERSON: Final = "person"
LIFETIME: Final = "lifetime"


@dataclass(frozen=True)
class Erasure:
    """That something was erased, or is being erased."""

    id: int
    team_id: str
    bridge_id: int | None
    kind: str
    by_user_id: str | None
    target: str | None  # a person's id, until she is erased
    counts: dict[str, int]
    begun_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class Erased:
    """An insight that is gone: by what it is known if it comes back."""

    team_id: str
    number: int
    captured_at: datetime
    erased_at: datetime


@dataclass(frozen=True)
class Lifetime:
    """How long a bridge keeps what it was told."""

    bridge_id: int
    count: int
    unit: str  # days · months


# --- the record --------------------------------------------------------------------------------------------

_SELECT: Final = columns_for(erasures, Erasure)


def begin(connection: Connection, values: Mapping[str, Any]) -> int:
    """Write down that an erasure begins; gives its id."""
    made: int = connection.execute(
        insert(erasures).values(counts={}, **values).returning(erasures.c.id)
    ).scalar_one()
    return made


def by_id(connection: Connection, erasure_id: int) -> Erasure | None:
    """The entry, which nobody else changes until the transaction ends."""
    return fetch_one(connection, _SELECT.where(erasures.c.id == erasure_id).with_for_update(), Erasure)


def under_way(connection: Connection, team_id: str, **where: Any) -> Erasure | None:
    """The erasure of that kind and target, or of that bridge, that has begun and not ended."""
    found = [erasures.c[name] == value for name, value in where.items()]
    return fetch_one(
        connection,
        _SELECT.where(erasures.c.team_id == team_id, erasures.c.finished_at.is_(None), *found).limit(1),
        Erasure,
    )


def count_more(connection: Connection, entry: Erasure, counts: Mapping[str, int]) -> dict[str, int]:
    """Add what a batch erased to the entry; gives all so far."""
    total = dict(entry.counts)
    for kind, number in counts.items():
        if number:
            total[kind] = total.get(kind, 0) + number
    connection.execute(update(erasures).where(erasures.c.id == entry.id).values(counts=total))
    return total


def finish(connection: Connection, erasure_id: int, at: datetime) -> None:
    """It has ended: whom it was about is forgotten with it."""
    connection.execute(
        update(erasures).where(erasures.c.id == erasure_id).values(finished_at=at, target=None)
    )


def newest(
    connection: Connection, team_id: str, limit: int, bridge_ids: Collection[int] | None = None
) -> list[Erasure]:
    """The last erasures; `bridge_ids`: of these alone and of the whole workspace."""
    found = _SELECT.where(erasures.c.team_id == team_id)
    if bridge_ids is not None:
        found = found.where(or_(erasures.c.bridge_id.is_(None), erasures.c.bridge_id.in_(sorted(bridge_ids))))
    return fetch_all(connection, found.order_by(erasures.c.id.desc()).limit(limit), Erasure)


def happened_since(connection: Connection, since: datetime) -> bool:
    """Whether anything was erased since then."""
    found = select(erasures.c.id).where(
        or_(erasures.c.finished_at >= since, erasures.c.finished_at.is_(None))
    )
    return connection.scalar(found.limit(1)) is not None


# --- what must not come back -------------------------------------------------------------------------------


def remember_insight(connection: Connection, team_id: str, insight: Insight, at: datetime) -> None:
    """Write down that the insight is gone, so that neither its message nor its file's row makes it anew."""
    import_key = connection.scalar(select(insights.c.import_key).where(insights.c.id == insight.id))
    values = {
        "team_id": team_id,
        "number": insight.number,
        "captured_at": insight.created_at,
        "channel_id": insight.channel_id,
        "message_ts": insight.message_ts,
        "import_key": import_key,
        "erased_at": at,
    }
    upsert(connection, erased_insights, values, ["team_id", "number"])


def was_erased(connection: Connection, team_id: str, channel_id: str, message_ts: str) -> bool:
    """Whether an insight that was made of this message has been erased."""
    found = select(erased_insights.c.number).where(
        erased_insights.c.team_id == team_id,
        erased_insights.c.channel_id == channel_id,
        erased_insights.c.message_ts == message_ts,
    )
    return connection.scalar(found.limit(1)) is not None


def number_was_erased(connection: Connection, team_id: str, number: int) -> bool:
    found = select(erased_insights.c.number).where(
        erased_insights.c.team_id == team_id, erased_insights.c.number == number
    )
    return connection.scalar(found) is not None


def erased_keys(connection: Connection, team_id: str) -> set[str]:
    """The rows of files whose insights have been erased."""
    found = select(erased_insights.c.import_key).where(
        erased_insights.c.team_id == team_id, erased_insights.c.import_key.is_not(None)
    )
    return set(connection.scalars(found))


def all_erased(connection: Connection) -> list[Erased]:
    """All insights that have been erased, the oldest erasure first."""
    return fetch_all(
        connection,
        columns_for(erased_insights, Erased).order_by(
            erased_insights.c.erased_at, erased_insights.c.team_id, erased_insights.c.number
        ),
        Erased,
    )


def fingerprint(team_id: str, user_id: str) -> str:
    """By which an erased person's id is known again where it comes up, without being kept."""
    return sha256(f"{team_id}|{user_id}".encode()).hexdigest()


def remember_person(connection: Connection, team_id: str, user_id: str, at: datetime) -> None:
    values = {"team_id": team_id, "fingerprint": fingerprint(team_id, user_id), "erased_at": at}
    upsert(connection, erased_people, values, ["team_id", "fingerprint"])


def people_erased(connection: Connection, team_id: str, user_ids: Collection[str]) -> dict[str, datetime]:
    """Those of the people who have been erased, and when."""
    known = {fingerprint(team_id, one): one for one in user_ids}
    if not known:
        return {}
    rows = connection.execute(
        select(erased_people.c.fingerprint, erased_people.c.erased_at).where(
            erased_people.c.team_id == team_id, erased_people.c.fingerprint.in_(sorted(known))
        )
    )
    return {known[row.fingerprint]: row.erased_at for row in rows}


def all_people(connection: Connection) -> list[tuple[str, str, datetime]]:
    """Workspace, fingerprint and instant of each erasure of a person."""
    rows = connection.execute(select(erased_people).order_by(erased_people.c.erased_at))
    return [(row.team_id, row.fingerprint, row.erased_at) for row in rows]


# --- lifetimes ---------------------------------------------------------------------------------------------


def lifetime_of(connection: Connection, bridge_id: int) -> Lifetime | None:
    """How long the bridge keeps what it was told; None: for ever."""
    return fetch_one(
        connection, columns_for(lifetimes, Lifetime).where(lifetimes.c.bridge_id == bridge_id), Lifetime
    )


def save_lifetime(
    connection: Connection, bridge_id: int, lifetime: Lifetime | None, by: str | None, at: datetime
) -> None:
    """`None`: the bridge keeps all for ever."""
    if lifetime is None:
        connection.execute(delete(lifetimes).where(lifetimes.c.bridge_id == bridge_id))
        return
    values = {
        "bridge_id": bridge_id,
        "count": lifetime.count,
        "unit": lifetime.unit,
        "set_by": by,
        "set_at": at,
    }
    upsert(connection, lifetimes, values, ["bridge_id"])


def lifetimes_of(connection: Connection, bridge_ids: Collection[int]) -> dict[int, Lifetime]:
    """The lifetimes of those bridges that have one."""
    found = columns_for(lifetimes, Lifetime).where(lifetimes.c.bridge_id.in_(sorted(bridge_ids)))
    return {one.bridge_id: one for one in fetch_all(connection, found, Lifetime)}
