"""Bridges, their channels, managers and categories."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from storage.tables.base import Json, Key, key, metadata
from storage.types import Instant, slack_id

bridges = Table(
    "bridges",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("name", String(80), nullable=False),
    Column("marketing_channel_id", slack_id(), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("flag_emoji", Json, nullable=False),  # list of names; these leave the category to Frontline
    Column("created_at", Instant, nullable=False),
    # So many supporters bring an insight into the marketing channel at once.
    Column("card_threshold", Integer, nullable=False, server_default="3"),
    # Who of the marketing channel is marketing: {"people": […], "groups": […]}; NULL: all of its members.
    Column("marketers", Json),
    UniqueConstraint("team_id", "name"),
)

bridge_channels = Table(
    "bridge_channels",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("channel_id", slack_id(), primary_key=True),  # a sales channel belongs to at most one bridge
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("bridged_at", Instant, nullable=False),
)

bridge_managers = Table(
    "bridge_managers",
    metadata,
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
)

categories = Table(
    "categories",
    metadata,
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("name", String(60)),  # NULL: the name that ships with Frontline, in the reader's language
    Column("emoji", String(100), nullable=False),
    Column("position", Integer, nullable=False),
    Column("is_retired", Boolean, nullable=False, default=False),
    Column("cues", Text),  # words of the bridge's own that speak for it, with commas between them
)
