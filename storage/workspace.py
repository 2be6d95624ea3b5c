"""The cached directory: the workspace, its people, channels and memberships."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, select, update

from storage.rows import columns_for, fetch_all, fetch_one, upsert
from storage.tables import channel_members, channels, insight_numbers, people, person_settings, workspaces


@dataclass(frozen=True)
class Person:
    """A person (or a bot's user) of the workspace, as Slack last told."""

    user_id: str
    name: str
    locale: str | None
    time_zone: str | None
    is_admin: bool
    is_guest: bool
    is_external: bool  # belongs to another organisation (Slack Connect)
    is_bot: bool
    is_deleted: bool


@dataclass(frozen=True)
class Channel:
    """A conversation, as Slack last told."""

    channel_id: str
    name: str
    is_private: bool
    is_direct: bool
    is_member: bool  # whether Frontline is in it
    is_archived: bool
    is_shared: bool  # with another organisation (Slack Connect)


def save_workspace(connection: Connection, team_id: str, name: str, bot_user_id: str) -> None:
    values = {"team_id": team_id, "name": name, "bot_user_id": bot_user_id}
    upsert(connection, workspaces, values, ["team_id"])


def teams(connection: Connection) -> list[str]:
    """Ids of the workspaces that are known."""
    return list(connection.scalars(select(workspaces.c.team_id).order_by(workspaces.c.team_id)))


def bot_user_id(connection: Connection, team_id: str) -> str:
    """Frontline's own user in that workspace."""
    found: str = connection.execute(
        select(workspaces.c.bot_user_id).where(workspaces.c.team_id == team_id)
    ).scalar_one()
    return found


def directory_read_at(connection: Connection, team_id: str) -> datetime | None:
    """When people and channels were last read from Slack as a whole."""
    at: datetime | None = connection.scalar(
        select(workspaces.c.directory_read_at).where(workspaces.c.team_id == team_id)
    )
    return at


def directory_was_read(connection: Connection, team_id: str, at: datetime) -> None:
    connection.execute(update(workspaces).where(workspaces.c.team_id == team_id).values(directory_read_at=at))


def next_insight_number(connection: Connection, team_id: str) -> int:
    """Take the next number for an insight.

    SQLite has one writer anyway. On PostgreSQL nobody waits for a transaction that has taken a number; one
    that fails leaves it unused.
    """
    if connection.dialect.name == "postgresql":
        return connection.execute(select(insight_numbers.next_value())).scalar_one()
    number: int = connection.execute(
        update(workspaces)
        .where(workspaces.c.team_id == team_id)
        .values(next_insight_number=workspaces.c.next_insight_number + 1)
        .returning(workspaces.c.next_insight_number)
    ).scalar_one()
    return number - 1


def save_person(connection: Connection, team_id: str, person: Person, at: datetime) -> None:
    values = asdict(person) | {"team_id": team_id, "read_at": at}
    upsert(connection, people, values, ["team_id", "user_id"])


def person(connection: Connection, team_id: str, user_id: str) -> Person | None:
    return fetch_one(
        connection,
        columns_for(people, Person).where(people.c.team_id == team_id, people.c.user_id == user_id),
        Person,
    )


def names(connection: Connection, team_id: str, user_ids: Collection[str]) -> dict[str, str]:
    """Display names of those that are known."""
    if not user_ids:
        return {}
    rows = connection.execute(
        select(people.c.user_id, people.c.name).where(
            people.c.team_id == team_id, people.c.user_id.in_(user_ids)
        )
    )
    return {row.user_id: row.name for row in rows if row.name}


def all_names(connection: Connection, team_id: str) -> dict[str, str]:
    """What all people that are known are called, by user id."""
    rows = connection.execute(select(people.c.user_id, people.c.name).where(people.c.team_id == team_id))
    return {row.user_id: row.name for row in rows}


def named(connection: Connection, team_id: str, name: str) -> list[str]:
    """Ids of the people who are called exactly so."""
    rows = connection.scalars(
        select(people.c.user_id).where(people.c.team_id == team_id, people.c.name == name)
    )
    return list(rows)


def administrators(connection: Connection, team_id: str) -> list[str]:
    """User ids of the workspace's admins and owners."""
    rows = connection.scalars(
        select(people.c.user_id)
        .where(people.c.team_id == team_id, people.c.is_admin, ~people.c.is_deleted)
        .order_by(people.c.user_id)
    )
    return list(rows)


def save_channel(connection: Connection, team_id: str, channel: Channel, at: datetime) -> None:
    values = asdict(channel) | {"team_id": team_id, "read_at": at}
    upsert(connection, channels, values, ["team_id", "channel_id"])


def leave_channel(connection: Connection, team_id: str, channel_id: str) -> None:
    """Frontline is no longer in the channel: who else is, it can't know."""
    connection.execute(
        update(channels)
        .where(channels.c.team_id == team_id, channels.c.channel_id == channel_id)
        .values(is_member=False)
    )
    replace_members(connection, team_id, channel_id, [])


def channel(connection: Connection, team_id: str, channel_id: str) -> Channel | None:
    return fetch_one(
        connection,
        columns_for(channels, Channel).where(
            channels.c.team_id == team_id, channels.c.channel_id == channel_id
        ),
        Channel,
    )


def channel_names(connection: Connection, team_id: str, channel_ids: Collection[str]) -> dict[str, str]:
    """Names of those that are known."""
    if not channel_ids:
        return {}
    rows = connection.execute(
        select(channels.c.channel_id, channels.c.name).where(
            channels.c.team_id == team_id, channels.c.channel_id.in_(channel_ids)
        )
    )
    return {row.channel_id: row.name for row in rows if row.name}


def replace_members(connection: Connection, team_id: str, channel_id: str, user_ids: Iterable[str]) -> None:
    connection.execute(
        delete(channel_members).where(
            channel_members.c.team_id == team_id, channel_members.c.channel_id == channel_id
        )
    )
    rows = [{"team_id": team_id, "channel_id": channel_id, "user_id": user} for user in sorted(set(user_ids))]
    if rows:
        connection.execute(insert(channel_members), rows)


def set_member(connection: Connection, team_id: str, channel_id: str, user_id: str, *, is_in: bool) -> None:
    values = {"team_id": team_id, "channel_id": channel_id, "user_id": user_id}
    if is_in:
        upsert(connection, channel_members, values, list(values))
    else:
        connection.execute(
            delete(channel_members).where(
                and_(*(channel_members.c[name] == value for name, value in values.items()))
            )
        )


def channels_of(connection: Connection, team_id: str, user_id: str) -> set[str]:
    """Ids of the channels that the person is known to be in."""
    return set(
        connection.scalars(
            select(channel_members.c.channel_id).where(
                channel_members.c.team_id == team_id, channel_members.c.user_id == user_id
            )
        )
    )


def members_of(connection: Connection, team_id: str, channel_id: str) -> set[str]:
    """Ids of the people known to be in the channel."""
    return set(
        connection.scalars(
            select(channel_members.c.user_id).where(
                channel_members.c.team_id == team_id, channel_members.c.channel_id == channel_id
            )
        )
    )


def colleagues_in(connection: Connection, team_id: str, channel_ids: Collection[str]) -> set[str]:
    """Ids of the full members of this workspace who are in any of the channels."""
    return set(
        connection.scalars(
            select(people.c.user_id)
            .join(
                channel_members,
                and_(
                    channel_members.c.team_id == people.c.team_id,
                    channel_members.c.user_id == people.c.user_id,
                ),
            )
            .where(
                people.c.team_id == team_id,
                channel_members.c.channel_id.in_(sorted(channel_ids)),
                ~people.c.is_guest,
                ~people.c.is_external,
                ~people.c.is_bot,
                ~people.c.is_deleted,
            )
        )
    )


def language_setting(connection: Connection, team_id: str, user_id: str) -> str | None:
    """The language the person asked for; None: by her Slack language."""
    language: str | None = connection.scalar(
        select(person_settings.c.language).where(
            person_settings.c.team_id == team_id, person_settings.c.user_id == user_id
        )
    )
    return language


def save_language(connection: Connection, team_id: str, user_id: str, language: str | None) -> None:
    values = {"team_id": team_id, "user_id": user_id, "language": language}
    upsert(connection, person_settings, values, ["team_id", "user_id"])


def notice_settings(connection: Connection, team_id: str, user_ids: Collection[str]) -> dict[str, str]:
    """Of which notices those people want who have said so."""
    rows = connection.execute(
        select(person_settings.c.user_id, person_settings.c.notices).where(
            person_settings.c.team_id == team_id,
            person_settings.c.user_id.in_(user_ids),
            person_settings.c.notices.is_not(None),
        )
    )
    return {row.user_id: row.notices for row in rows}


def save_notices(connection: Connection, team_id: str, user_id: str, notices: str) -> None:
    values = {"team_id": team_id, "user_id": user_id, "notices": notices}
    upsert(connection, person_settings, values, ["team_id", "user_id"])


def working_hours(connection: Connection, team_id: str, user_ids: Collection[str]) -> dict[str, str]:
    """The working hours, as they are stored, of those who have set them."""
    rows = connection.execute(
        select(person_settings.c.user_id, person_settings.c.working_hours).where(
            person_settings.c.team_id == team_id,
            person_settings.c.user_id.in_(user_ids),
            person_settings.c.working_hours.is_not(None),
        )
    )
    return {row.user_id: row.working_hours for row in rows}


def save_working_hours(connection: Connection, team_id: str, user_id: str, hours: str) -> None:
    values = {"team_id": team_id, "user_id": user_id, "working_hours": hours}
    upsert(connection, person_settings, values, ["team_id", "user_id"])


def members_among(
    connection: Connection, team_id: str, channel_id: str, user_ids: Collection[str]
) -> frozenset[str]:
    """Those of the people who are in the channel."""
    rows = connection.scalars(
        select(channel_members.c.user_id).where(
            channel_members.c.team_id == team_id,
            channel_members.c.channel_id == channel_id,
            channel_members.c.user_id.in_(user_ids),
        )
    )
    return frozenset(rows)


def people_among(connection: Connection, team_id: str, user_ids: Collection[str]) -> list[Person]:
    """Those of the people who are known."""
    return fetch_all(
        connection,
        columns_for(people, Person).where(people.c.team_id == team_id, people.c.user_id.in_(user_ids)),
        Person,
    )


def home_was_opened(connection: Connection, team_id: str, user_id: str, at: datetime) -> None:
    values = {"team_id": team_id, "user_id": user_id, "home_opened_at": at}
    upsert(connection, person_settings, values, ["team_id", "user_id"])


def with_home(connection: Connection, team_id: str, user_ids: Collection[str]) -> list[str]:
    """Those of the people who have ever opened their home tab."""
    return list(
        connection.scalars(
            select(person_settings.c.user_id).where(
                person_settings.c.team_id == team_id,
                person_settings.c.user_id.in_(user_ids),
                person_settings.c.home_opened_at.is_not(None),
            )
        )
    )


def members_looking(connection: Connection, team_id: str, channel_id: str, since: datetime) -> list[str]:
    """Members of the channel who have opened their home tab since then."""
    return list(
        connection.scalars(
            select(person_settings.c.user_id)
            .join(
                channel_members,
                and_(
                    channel_members.c.team_id == person_settings.c.team_id,
                    channel_members.c.user_id == person_settings.c.user_id,
                ),
            )
            .where(
                channel_members.c.team_id == team_id,
                channel_members.c.channel_id == channel_id,
                person_settings.c.home_opened_at >= since,
            )
        )
    )


def colleagues_by_channel(
    connection: Connection, team_id: str, channel_ids: Collection[str]
) -> dict[str, list[Person]]:
    """The full members of this workspace in each of the channels, by name."""
    query = (
        columns_for(people, Person)
        .add_columns(channel_members.c.channel_id)
        .join(
            channel_members,
            and_(
                people.c.team_id == channel_members.c.team_id,
                people.c.user_id == channel_members.c.user_id,
            ),
        )
        .where(
            channel_members.c.team_id == team_id,
            channel_members.c.channel_id.in_(sorted(channel_ids)),
            ~people.c.is_guest,
            ~people.c.is_external,
            ~people.c.is_bot,
            ~people.c.is_deleted,
        )
        .order_by(people.c.name, people.c.user_id)
    )
    found: dict[str, list[Person]] = {}
    for row in connection.execute(query):
        values = dict(row._mapping)
        found.setdefault(values.pop("channel_id"), []).append(Person(**values))
    return found


def channels_among(connection: Connection, team_id: str, channel_ids: Collection[str]) -> list[Channel]:
    """Those of the channels that are known, by name."""
    return fetch_all(
        connection,
        columns_for(channels, Channel)
        .where(channels.c.team_id == team_id, channels.c.channel_id.in_(channel_ids))
        .order_by(channels.c.name, channels.c.channel_id),
        Channel,
    )


def known_channels(connection: Connection, team_id: str) -> list[Channel]:
    return fetch_all(connection, columns_for(channels, Channel).where(channels.c.team_id == team_id), Channel)
