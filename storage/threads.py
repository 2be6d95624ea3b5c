"""Threads that Frontline opened, and the replies in them that it took."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, exists, or_, select, update

from storage.rows import columns_for, fetch_one, insert_once
from storage.tables import meeting_occurrences, meeting_posts, outbox, thread_replies, threads


@dataclass(frozen=True)
class Thread:
    """A thread whose replies are taken, and what it is about."""

    id: int
    bridge_id: int
    kind: str
    subject: str
    outbox_id: int
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """Where a thread stands in Slack."""

    channel_id: str
    thread_ts: str


def open_thread(
    connection: Connection,
    team_id: str,
    bridge_id: int,
    kind: str,
    subject: str,
    outbox_id: int,
    at: datetime,
) -> None:
    """Take the replies below that post from now on."""
    values = {
        "team_id": team_id,
        "bridge_id": bridge_id,
        "kind": kind,
        "subject": subject,
        "outbox_id": outbox_id,
        "opened_at": at,
    }
    insert_once(connection, threads, values)


def close_thread(connection: Connection, thread_id: int, at: datetime) -> None:
    """Take no reply that is written after `at`."""
    connection.execute(update(threads).where(threads.c.id == thread_id).values(closed_at=at))


def about(connection: Connection, team_id: str, kind: str, subject: str) -> Thread | None:
    """The thread about that."""
    return fetch_one(
        connection,
        columns_for(threads, Thread).where(
            threads.c.team_id == team_id, threads.c.kind == kind, threads.c.subject == subject
        ),
        Thread,
    )


def by_root(connection: Connection, team_id: str, channel_id: str, thread_ts: str) -> Thread | None:
    """The thread below that message."""
    return fetch_one(
        connection,
        _with_root(columns_for(threads, Thread)).where(
            threads.c.team_id == team_id,
            outbox.c.channel_id == channel_id,
            outbox.c.message_ts == thread_ts,
        ),
        Thread,
    )


def may_come_to_stand(connection: Connection, team_id: str, channel_id: str) -> bool:
    """Whether the first message of a thread in that channel is under way: its `ts` is not known yet."""
    return bool(
        connection.scalar(
            select(
                exists(
                    _with_root(select(threads.c.id)).where(
                        threads.c.team_id == team_id,
                        outbox.c.channel_id == channel_id,
                        outbox.c.message_ts.is_(None),
                        outbox.c.in_doubt_at.is_not(None),
                        outbox.c.state != "dropped",
                    )
                )
            )
        )
    )


def standing_since(
    connection: Connection, team_id: str, since: datetime, lasting: Collection[str]
) -> list[Standing]:
    """The threads that stand in Slack and may have been answered since then, oldest first: opened since, of
    a kind that is `lasting` and not closed before, or about a meeting that is not over since.
    """
    ahead = (
        select(meeting_posts.c.outbox_id)
        .join(meeting_occurrences, meeting_occurrences.c.id == meeting_posts.c.occurrence_id)
        .where(meeting_occurrences.c.starts_at >= since)
    )
    found = connection.execute(
        _with_root(select(outbox.c.channel_id, outbox.c.message_ts))
        .where(
            threads.c.team_id == team_id,
            outbox.c.message_ts.is_not(None),
            or_(
                threads.c.opened_at >= since,
                threads.c.closed_at >= since,
                and_(threads.c.kind.in_(lasting), threads.c.closed_at.is_(None)),
                threads.c.outbox_id.in_(ahead),
            ),
        )
        .order_by(threads.c.id)
    )
    return [Standing(row.channel_id, row.message_ts) for row in found]


def _with_root(query: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
    return query.join(outbox, outbox.c.id == threads.c.outbox_id)


def take_reply(
    connection: Connection, team_id: str, thread: Thread, channel_id: str, ts: str, user_id: str, at: datetime
) -> bool:
    """Take a reply, once. False: it was taken before."""
    values = {
        "team_id": team_id,
        "channel_id": channel_id,
        "message_ts": ts,
        "thread_id": thread.id,
        "user_id": user_id,
        "taken_at": at,
    }
    return insert_once(connection, thread_replies, values)


def thread_of_reply(connection: Connection, team_id: str, channel_id: str, ts: str) -> Thread | None:
    """The thread that a reply was taken in; None: it is none, or was removed."""
    return fetch_one(
        connection,
        columns_for(threads, Thread)
        .join(thread_replies, thread_replies.c.thread_id == threads.c.id)
        .where(
            thread_replies.c.team_id == team_id,
            thread_replies.c.channel_id == channel_id,
            thread_replies.c.message_ts == ts,
            ~thread_replies.c.is_removed,
        ),
        Thread,
    )


def remove_reply(connection: Connection, team_id: str, channel_id: str, ts: str) -> bool:
    """A reply was deleted. False: it is none, or was removed before."""
    gone = connection.execute(
        update(thread_replies)
        .where(
            thread_replies.c.team_id == team_id,
            thread_replies.c.channel_id == channel_id,
            thread_replies.c.message_ts == ts,
            ~thread_replies.c.is_removed,
        )
        .values(is_removed=True)
    )
    return gone.rowcount == 1


def replies_between(
    connection: Connection, team_id: str, where: Standing, after_ts: str, last_ts: str
) -> set[str]:
    """The `ts` of replies taken in that thread behind the one and up to the other, without removed ones."""
    thread = by_root(connection, team_id, where.channel_id, where.thread_ts)
    if thread is None:
        return set()
    found: Iterable[str] = connection.scalars(
        select(thread_replies.c.message_ts).where(
            and_(
                thread_replies.c.thread_id == thread.id,
                ~thread_replies.c.is_removed,
                thread_replies.c.message_ts > after_ts,
                thread_replies.c.message_ts <= last_ts,
            )
        )
    )
    return set(found)
