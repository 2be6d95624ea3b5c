"""Meeting series, their occurrences, and the posts, topics, answers and minutes of these."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from storage.rows import columns_for, fetch_all, fetch_one, insert_once, upsert
from storage.tables import (
    bridges,
    meeting_answers,
    meeting_minutes,
    meeting_occurrences,
    meeting_posts,
    meeting_series,
    meeting_topics,
    people,
    user_groups,
)
from storage.workspace import Person

PLANNED: Final = "planned"
HELD: Final = "held"
SKIPPED: Final = "skipped"
CANCELLED: Final = "cancelled"


@dataclass(frozen=True)
class Series:
    """A recurring meeting of a bridge."""

    id: int
    bridge_id: int
    title: str
    rule: str
    local_time: str
    starts_on: date
    minutes: int
    channels: str  # marketing · sales · both
    participants: list[str]
    groups: list[str]
    facilitators: list[str]
    place: str | None
    prompts: list[str]
    prompt_ahead: int  # minutes
    reminder_ahead: int  # minutes
    off_days: list[str]  # ISO dates
    holidays: str | None
    moves_over: bool
    is_active: bool
    revision: int


@dataclass(frozen=True)
class Occurrence:
    """One meeting of a series."""

    id: int
    series_id: int
    planned_on: date
    starts_at: datetime
    status: str
    is_moved: bool
    reason: str | None
    facilitator_id: str | None
    prompted_at: datetime | None
    reminded_for: datetime | None
    prompt_missed: bool
    reminder_missed: bool


@dataclass(frozen=True)
class Post:
    """A post about an occurrence."""

    outbox_id: int
    occurrence_id: int
    kind: str
    channel_id: str


@dataclass(frozen=True)
class Topic:
    """What someone wants to speak about: words, or an insight."""

    id: int
    occurrence_id: int
    user_id: str
    text: str
    insight_id: int | None
    channel_id: str | None
    message_ts: str | None
    added_at: datetime


@dataclass(frozen=True)
class Minutes:
    """What was recorded of a meeting that was held."""

    occurrence_id: int
    present: list[str]
    decisions: str
    notes: str
    recorded_by: str
    recorded_at: datetime
    revision: int


@dataclass(frozen=True)
class Group:
    """A user group of the workspace."""

    group_id: str
    handle: str
    members: list[str]


# --- series ------------------------------------------------------------------------------------------------

_SERIES: Final = columns_for(meeting_series, Series)


def add_series(connection: Connection, values: Mapping[str, Any]) -> int:
    made: int = connection.execute(
        insert(meeting_series).values(**values).returning(meeting_series.c.id)
    ).scalar_one()
    return made


def change_series(connection: Connection, series_id: int, values: Mapping[str, Any]) -> None:
    """Change it; its revision rises."""
    connection.execute(
        update(meeting_series)
        .where(meeting_series.c.id == series_id)
        .values(revision=meeting_series.c.revision + 1, **values)
    )


def series(connection: Connection, series_id: int) -> Series | None:
    return fetch_one(connection, _SERIES.where(meeting_series.c.id == series_id), Series)


def series_of_bridges(connection: Connection, bridge_ids: Collection[int]) -> list[Series]:
    """The series that go on, of these bridges, the oldest first."""
    return fetch_all(
        connection,
        _SERIES.where(
            meeting_series.c.bridge_id.in_(sorted(bridge_ids)), meeting_series.c.is_active
        ).order_by(meeting_series.c.id),
        Series,
    )


# --- occurrences -------------------------------------------------------------------------------------------

_OCCURRENCE: Final = columns_for(meeting_occurrences, Occurrence)


def add_occurrence(connection: Connection, values: Mapping[str, Any]) -> int:
    made: int = connection.execute(
        insert(meeting_occurrences).values(**values).returning(meeting_occurrences.c.id)
    ).scalar_one()
    return made


def change_occurrence(connection: Connection, occurrence_id: int, **values: Any) -> None:
    connection.execute(
        update(meeting_occurrences).where(meeting_occurrences.c.id == occurrence_id).values(**values)
    )


def remove_occurrence(connection: Connection, occurrence_id: int) -> None:
    connection.execute(delete(meeting_occurrences).where(meeting_occurrences.c.id == occurrence_id))


def occurrence(connection: Connection, occurrence_id: int) -> Occurrence | None:
    return fetch_one(connection, _OCCURRENCE.where(meeting_occurrences.c.id == occurrence_id), Occurrence)


def occurrences(connection: Connection, series_id: int) -> list[Occurrence]:
    """All of the series, in the order in which they begin."""
    return fetch_all(
        connection,
        _OCCURRENCE.where(meeting_occurrences.c.series_id == series_id).order_by(
            meeting_occurrences.c.starts_at, meeting_occurrences.c.id
        ),
        Occurrence,
    )


def next_of_bridges(connection: Connection, bridge_ids: Collection[int], now: datetime) -> list[Occurrence]:
    """The planned ones of these bridges that have not begun, the next first."""
    return fetch_all(
        connection,
        _OCCURRENCE.join(meeting_series, meeting_series.c.id == meeting_occurrences.c.series_id)
        .where(
            meeting_series.c.bridge_id.in_(sorted(bridge_ids)),
            meeting_occurrences.c.status == PLANNED,
            meeting_occurrences.c.starts_at > now,
        )
        .order_by(meeting_occurrences.c.starts_at, meeting_occurrences.c.id),
        Occurrence,
    )


def next_starts(connection: Connection, bridge_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """By bridge: when its next meeting begins, where one is planned."""
    rows = connection.execute(
        select(meeting_series.c.bridge_id, func.min(meeting_occurrences.c.starts_at))
        .join(meeting_series, meeting_series.c.id == meeting_occurrences.c.series_id)
        .where(
            meeting_series.c.bridge_id.in_(sorted(bridge_ids)),
            meeting_occurrences.c.status == PLANNED,
            meeting_occurrences.c.starts_at > now,
        )
        .group_by(meeting_series.c.bridge_id)
    )
    return {row[0]: row[1] for row in rows}


# --- posts -------------------------------------------------------------------------------------------------


def add_post(connection: Connection, post: Post) -> None:
    values = {name: getattr(post, name) for name in Post.__dataclass_fields__}
    insert_once(connection, meeting_posts, values)


def posts(connection: Connection, occurrence_id: int, kind: str | None = None) -> list[Post]:
    """The posts about an occurrence, oldest first."""
    found = columns_for(meeting_posts, Post).where(meeting_posts.c.occurrence_id == occurrence_id)
    if kind is not None:
        found = found.where(meeting_posts.c.kind == kind)
    return fetch_all(connection, found.order_by(meeting_posts.c.outbox_id), Post)


# --- topics ------------------------------------------------------------------------------------------------

_TOPIC: Final = columns_for(meeting_topics, Topic)


def add_topic(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(insert(meeting_topics).values(**values))


def topics(connection: Connection, occurrence_id: int) -> list[Topic]:
    """The topics of an occurrence, oldest first."""
    return fetch_all(
        connection,
        _TOPIC.where(meeting_topics.c.occurrence_id == occurrence_id).order_by(meeting_topics.c.id),
        Topic,
    )


def topic_counts(connection: Connection, occurrence_ids: Collection[int]) -> dict[int, int]:
    """How many topics each of the occurrences has; those without any are left out."""
    rows = connection.execute(
        select(meeting_topics.c.occurrence_id, func.count())
        .where(meeting_topics.c.occurrence_id.in_(sorted(occurrence_ids)))
        .group_by(meeting_topics.c.occurrence_id)
    )
    return {row[0]: row[1] for row in rows}


def topic_of_reply(connection: Connection, channel_id: str, message_ts: str) -> Topic | None:
    return fetch_one(
        connection,
        _TOPIC.where(meeting_topics.c.channel_id == channel_id, meeting_topics.c.message_ts == message_ts),
        Topic,
    )


def change_topic(connection: Connection, topic_id: int, text: str) -> None:
    connection.execute(update(meeting_topics).where(meeting_topics.c.id == topic_id).values(text=text))


def remove_topic(connection: Connection, topic_id: int) -> None:
    connection.execute(delete(meeting_topics).where(meeting_topics.c.id == topic_id))


def carry_topics(connection: Connection, from_id: int, to_id: int) -> None:
    """Let one occurrence's topics be another's."""
    connection.execute(
        update(meeting_topics).where(meeting_topics.c.occurrence_id == from_id).values(occurrence_id=to_id)
    )


# --- answers and minutes -----------------------------------------------------------------------------------


def save_answer(connection: Connection, occurrence_id: int, user_id: str, answer: str, at: datetime) -> None:
    values = {"occurrence_id": occurrence_id, "user_id": user_id, "answer": answer, "answered_at": at}
    upsert(connection, meeting_answers, values, ["occurrence_id", "user_id"])


def answers(connection: Connection, occurrence_id: int) -> dict[str, str]:
    """Who answered what, in the order of the answers."""
    rows = connection.execute(
        select(meeting_answers.c.user_id, meeting_answers.c.answer)
        .where(meeting_answers.c.occurrence_id == occurrence_id)
        .order_by(meeting_answers.c.answered_at, meeting_answers.c.user_id)
    )
    return {row.user_id: row.answer for row in rows}


def forget_answers(connection: Connection, occurrence_id: int) -> None:
    """The time has changed: what people answered was said of another."""
    connection.execute(delete(meeting_answers).where(meeting_answers.c.occurrence_id == occurrence_id))


def minutes(connection: Connection, occurrence_id: int) -> Minutes | None:
    return fetch_one(
        connection,
        columns_for(meeting_minutes, Minutes).where(meeting_minutes.c.occurrence_id == occurrence_id),
        Minutes,
    )


def save_minutes(connection: Connection, minutes: Minutes) -> None:
    values = {name: getattr(minutes, name) for name in Minutes.__dataclass_fields__}
    upsert(connection, meeting_minutes, values, ["occurrence_id"])


# --- people ------------------------------------------------------------------------------------------------


def colleagues(connection: Connection, team_id: str) -> list[Person]:
    """All full members of the workspace, by name."""
    return fetch_all(
        connection,
        columns_for(people, Person)
        .where(
            people.c.team_id == team_id,
            ~people.c.is_guest,
            ~people.c.is_external,
            ~people.c.is_bot,
            ~people.c.is_deleted,
        )
        .order_by(people.c.name, people.c.user_id),
        Person,
    )


def groups(connection: Connection, team_id: str) -> list[Group]:
    """The workspace's user groups, by handle."""
    return fetch_all(
        connection,
        columns_for(user_groups, Group)
        .where(user_groups.c.team_id == team_id)
        .order_by(user_groups.c.handle, user_groups.c.group_id),
        Group,
    )


def replace_groups(connection: Connection, team_id: str, found: Sequence[Group]) -> None:
    """Keep these user groups and no others."""
    connection.execute(delete(user_groups).where(user_groups.c.team_id == team_id))
    rows = [
        {"team_id": team_id, "group_id": one.group_id, "handle": one.handle, "members": one.members}
        for one in found
    ]
    if rows:
        connection.execute(insert(user_groups), rows)


def team_of_series(connection: Connection, series_id: int) -> str:
    """The workspace that a series belongs to. Raises NoResultFound for an unknown one."""
    team: str = connection.execute(
        select(bridges.c.team_id)
        .join(meeting_series, and_(meeting_series.c.bridge_id == bridges.c.id))
        .where(meeting_series.c.id == series_id)
    ).scalar_one()
    return team
