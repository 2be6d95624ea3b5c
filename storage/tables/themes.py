"""Insights about the same thing, and what people decided about them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, false

from storage.tables.base import Key, key, metadata
from storage.types import Instant

themes = Table(
    "themes",
    metadata,
    key(),
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("title", Text, nullable=False, default=""),
    # Whose words the title is; NULL: a person named the theme, and the title stays.
    Column("title_from_id", Key, ForeignKey("insights.id", ondelete="SET NULL")),
    Column("is_named", Boolean, nullable=False, default=False),
    # People merged or split it, or took something out: it stays as they left it.
    Column("is_decided", Boolean, nullable=False, default=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
)

theme_members = Table(
    "theme_members",
    metadata,
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", Key, ForeignKey("themes.id", ondelete="CASCADE"), nullable=False),
    Column("joined_at", Instant, nullable=False),
    Index(None, "theme_id", "insight_id"),  # the newest members are found without sorting all
)

likenesses = Table(  # for each insight the earlier one that says nearly the same, if any
    "likenesses",
    metadata,
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("like_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), nullable=False, index=True),
)

theme_partings = Table(  # people took the one from the other: never joined by Frontline again
    "theme_partings",
    metadata,
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True, index=True),
)

theme_queue = Table(  # insights that wait for the theme they belong to
    "theme_queue",
    metadata,
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("tells", Boolean, nullable=False),  # its reporter is told what it looks like
    Column("due_at", Instant, nullable=False),  # real time; while it is claimed, the end of the lease
    Column("claim", String(32)),
    Column("attempts", Integer, nullable=False),
)
