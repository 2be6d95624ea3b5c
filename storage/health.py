"""When Frontline listened, the gaps in between, and which troubles were told."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from storage.rows import columns_for, fetch_all, fetch_one, lock, upsert
from storage.tables import gaps, inbox, outbox, presence, troubles

OWN_KEYS = "health:"  # with which the posts begin that tell of troubles: they are no trouble themselves
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Presence:
    """When Frontline listened and compared last, in real time, and what Slack allows it."""

    listening_at: datetime | None = None
    asked_at: datetime | None = None
    caught_up_at: datetime | None = None
    scopes: str | None = None


@dataclass(frozen=True)
class Gap:
    """A span in which nobody listened, and what was made up for."""

    id: int
    began_at: datetime
    ended_at: datetime | None
    caught_up_at: datetime | None
    flags: int
    changes: int
    replies: int


@dataclass(frozen=True)
class Trouble:
    """Something that keeps Frontline from working."""

    subject: str
    since_at: datetime
    told_at: datetime | None


@dataclass(frozen=True)
class Parked:
    """What was given up of one bridge or channel: how many, since when, and one of the reasons."""

    place: int | str | None  # a bridge's id, or a channel's
    count: int
    since_at: datetime
    error: str


def hold(connection: Connection, team_id: str) -> None:
    """Let no other replica look at these tables until the transaction ends."""
    lock(connection, "health", team_id)


def try_writing(connection: Connection) -> None:
    """Write something and leave nothing behind: the transaction is one that the database must store."""
    subject = uuid4().hex  # no replica waits for another
    connection.execute(insert(troubles).values(team_id="", subject=subject, since_at=_LONG_AGO))
    connection.execute(delete(troubles).where(troubles.c.subject == subject))


# --- presence and gaps -------------------------------------------------------------------------------------


def presence_of(connection: Connection, team_id: str) -> Presence:
    query = columns_for(presence, Presence).where(presence.c.team_id == team_id)
    return fetch_one(connection, query, Presence) or Presence()


def save_presence(connection: Connection, team_id: str, **values: datetime | str | None) -> None:
    upsert(connection, presence, {"team_id": team_id, **values}, ["team_id"])


def gap(connection: Connection, gap_id: int) -> Gap | None:
    return fetch_one(connection, columns_for(gaps, Gap).where(gaps.c.id == gap_id), Gap)


def gaps_since(connection: Connection, team_id: str, since: datetime, limit: int) -> list[Gap]:
    """The gaps that ended since then or last still, the newest first."""
    return fetch_all(
        connection,
        columns_for(gaps, Gap)
        .where(gaps.c.team_id == team_id, or_(gaps.c.ended_at.is_(None), gaps.c.ended_at >= since))
        .order_by(gaps.c.began_at.desc(), gaps.c.id.desc())
        .limit(limit),
        Gap,
    )


def unfinished_gaps(connection: Connection, team_id: str) -> list[Gap]:
    """Those that are not caught up."""
    return fetch_all(
        connection,
        columns_for(gaps, Gap)
        .where(gaps.c.team_id == team_id, gaps.c.caught_up_at.is_(None))
        .order_by(gaps.c.id),
        Gap,
    )


def add_gap(connection: Connection, team_id: str, began_at: datetime, *, forget_before: datetime) -> None:
    """Note a gap, and forget old ones."""
    connection.execute(delete(gaps).where(gaps.c.team_id == team_id, gaps.c.ended_at < forget_before))
    connection.execute(insert(gaps).values(team_id=team_id, began_at=began_at))


def end_gaps(connection: Connection, team_id: str, at: datetime) -> bool:
    """Somebody listens again. True: nobody did before."""
    ended = connection.execute(
        update(gaps).where(gaps.c.team_id == team_id, gaps.c.ended_at.is_(None)).values(ended_at=at)
    )
    return ended.rowcount > 0


def count_found(connection: Connection, team_id: str, found: Mapping[str, int]) -> None:
    """Add what was found to the gaps that are not caught up; names of columns with numbers."""
    connection.execute(
        update(gaps)
        .where(gaps.c.team_id == team_id, gaps.c.caught_up_at.is_(None))
        .values({name: gaps.c[name] + number for name, number in found.items()})
    )


def finish_gaps(connection: Connection, gap_ids: Collection[int], at: datetime) -> None:
    connection.execute(update(gaps).where(gaps.c.id.in_(gap_ids)).values(caught_up_at=at))


# --- troubles ----------------------------------------------------------------------------------------------


def troubles_of(connection: Connection, team_id: str) -> list[Trouble]:
    """Those that stood when it was last looked."""
    query = columns_for(troubles, Trouble).where(troubles.c.team_id == team_id)
    return fetch_all(connection, query.order_by(troubles.c.subject), Trouble)


def note_trouble(connection: Connection, team_id: str, subject: str, at: datetime) -> None:
    """A trouble was seen for the first time; it is not told yet."""
    connection.execute(insert(troubles).values(team_id=team_id, subject=subject, since_at=at))


def mark_told(connection: Connection, team_id: str, subjects: Iterable[str], at: datetime) -> None:
    """Whoever can act has heard of these."""
    for subject in sorted(subjects):
        values = {"team_id": team_id, "subject": subject, "since_at": at, "told_at": at}
        upsert(connection, troubles, values, ["team_id", "subject"])


def forget_troubles(connection: Connection, team_id: str, subjects: Collection[str]) -> None:
    """They are mended."""
    connection.execute(
        delete(troubles).where(troubles.c.team_id == team_id, troubles.c.subject.in_(sorted(subjects)))
    )


# --- what was given up -------------------------------------------------------------------------------------


def parked_posts(connection: Connection, team_id: str) -> list[Parked]:
    """Posts that were given up, by bridge; but for those that tell of troubles."""
    rows = connection.execute(
        select(outbox.c.bridge_id, func.count(), func.min(outbox.c.created_at), func.max(outbox.c.error))
        .where(
            outbox.c.team_id == team_id,
            outbox.c.state == "parked",
            ~outbox.c.dedupe_key.startswith(OWN_KEYS, autoescape=True),
        )
        .group_by(outbox.c.bridge_id)
    )
    return [Parked(row[0], row[1], row[2], row[3] or "") for row in rows]


def parked_events(connection: Connection, team_id: str) -> list[Parked]:
    """Events that were given up, by channel."""
    rows = connection.execute(
        select(inbox.c.channel_id, func.count(), func.min(inbox.c.received_at), func.max(inbox.c.error))
        .where(inbox.c.team_id == team_id, inbox.c.state == "parked")
        .group_by(inbox.c.channel_id)
    )
    return [Parked(row[0], row[1], row[2], row[3] or "") for row in rows]
