"""The workspace, its people and channels: a cache of Slack, so that no check waits for Slack."""

from sqlalchemy import Boolean, Column, Index, Integer, Sequence, String, Table, Text

from storage.tables.base import Key, metadata
from storage.types import Instant, slack_id

insight_numbers = Sequence("insight_numbers")  # PostgreSQL alone

workspaces = Table(
    "workspaces",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("name", Text, nullable=False, default=""),
    Column("bot_user_id", slack_id(), nullable=False),
    Column("next_insight_number", Integer, nullable=False, default=1),  # SQLite alone
    # Rises with every change of a bridge; replicas that hold an older one read the bridges anew.
    Column("bridges_version", Integer, nullable=False, default=0),
    Column("directory_read_at", Instant),
)

people = Table(
    "people",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("name", Text, nullable=False, default=""),
    Column("locale", String(35)),
    Column("time_zone", String(64)),
    Column("is_admin", Boolean, nullable=False, default=False),
    Column("is_guest", Boolean, nullable=False, default=False),
    Column("is_external", Boolean, nullable=False, default=False),
    Column("is_bot", Boolean, nullable=False, default=False),
    Column("is_deleted", Boolean, nullable=False, default=False),
    Column("read_at", Instant, nullable=False),
)

person_settings = Table(
    "person_settings",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("language", String(8)),  # NULL: by the person's Slack language
    Column("home_opened_at", Instant),
    Column("notices", String(8)),  # all · outcome · off; NULL: all
    Column("working_hours", String(20)),  # `01234 09:00 18:00`, or `off`: nothing waits; NULL: the default
)

walks = Table(  # where each person's walks through what is untriaged stand
    "walks",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("bridge_id", Key, primary_key=True, autoincrement=False),  # 0: all of hers
    Column("category", String(40), primary_key=True),  # empty: all
    Column("at_id", Key, nullable=False),  # the insight shown; 0: before the first
)

channels = Table(
    "channels",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("channel_id", slack_id(), primary_key=True),
    Column("name", Text, nullable=False, default=""),
    Column("is_private", Boolean, nullable=False, default=False),
    Column("is_direct", Boolean, nullable=False, default=False),
    Column("is_member", Boolean, nullable=False, default=False),  # whether Frontline is in it
    Column("is_archived", Boolean, nullable=False, default=False),
    Column("is_shared", Boolean, nullable=False, default=False),  # with another organisation (Slack Connect)
    Column("read_at", Instant, nullable=False),
)

channel_members = Table(
    "channel_members",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("channel_id", slack_id(), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Index(None, "team_id", "user_id"),
)
