"""Insights, the flags and people behind them, and what became of them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.tables.base import Json, Key, key, metadata
from storage.types import Instant, slack_id, slack_ts

insights = Table(
    "insights",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("number", Integer, nullable=False),
    Column("bridge_id", Key, ForeignKey("bridges.id"), nullable=False),
    Column("source", String(16), nullable=False),
    Column("channel_id", slack_id()),
    Column("message_ts", slack_ts()),
    Column("thread_ts", slack_ts()),
    Column("permalink", Text),
    Column("thread_permalink", Text),
    Column("author_id", slack_id()),
    Column("author_name", Text),  # of bots and workflows, which are no people
    Column("reporter_id", slack_id(), nullable=False),
    Column("text", Text, nullable=False),
    Column("first_text", Text),  # the first wording, once the message has been edited
    Column("has_files", Boolean, nullable=False, default=False),
    Column("category", String(40), nullable=False),
    Column("category_by", String(16), nullable=False),  # default · suggested · flag · person
    Column("customer", String(200)),
    Column("competitors", Json, nullable=False),
    Column("product", String(200)),
    Column("note", Text),
    Column("deal_amount", BigInteger),  # minor units of deal_currency
    Column("deal_currency", String(3)),
    Column("is_urgent", Boolean, nullable=False, default=False),
    Column("status", String(16), nullable=False, default="new"),
    Column("outcome", Text),
    Column("status_by", slack_id()),  # who moved the status last, and when; NULL: nobody has acted
    Column("status_at", Instant),
    Column("taken_by", slack_id()),  # who works on it, or did
    Column("first_response_at", Instant),  # when marketing first acted
    Column("outcome_at", Instant),
    Column("merged_into_id", Key),
    Column("supporter_count", Integer, nullable=False, default=1),
    Column("said_at", Instant, nullable=False),  # when the message was written
    Column("created_at", Instant, nullable=False),  # when it became an insight
    Column("changed_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("text_removed_at", Instant),
    Column("question_id", Key),  # that it answers
    Column("import_key", String(64)),  # of a row of a file: brought in once, however often the file comes
    UniqueConstraint("team_id", "number"),
    UniqueConstraint("team_id", "channel_id", "message_ts"),
    Index(None, "bridge_id", "created_at"),
    Index(None, "bridge_id", "channel_id", "created_at"),  # when a channel was heard last
    Index(None, "bridge_id", "status", "created_at"),
    Index(None, "bridge_id", "category_by", "id"),  # what people decided last is learned from
    Index(None, "bridge_id", "category", "status", "created_at"),
    Index(None, "team_id", "reporter_id", "created_at"),
    Index(None, "bridge_id", "outcome_at"),
    Index(None, "bridge_id", "first_response_at"),
    Index(None, "merged_into_id"),
    Index(None, "question_id"),
    Index(None, "team_id", "import_key", unique=True),
    Index(
        "ix_insights_text_removed",
        "text_removed_at",
        sqlite_where=text("text_removed_at IS NOT NULL"),
        postgresql_where=text("text_removed_at IS NOT NULL"),
    ),
)

flags = Table(
    "flags",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("channel_id", slack_id(), primary_key=True),
    Column("message_ts", slack_ts(), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("emoji", String(100), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("changed_ts", slack_ts(), nullable=False),  # event_ts of the last change
    # Undone in Frontline while the reaction still stands in Slack: counts again only when set anew.
    Column("is_undone", Boolean, nullable=False, default=False),
)

supporters = Table(
    "supporters",
    metadata,
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("since_at", Instant, nullable=False),
    # She supports an insight that was merged into this one: she counts and is told, but has not this one's
    # words before her eyes for it.
    Column("came_with_id", Key),
    Index(None, "user_id"),
    Index(None, "since_at"),
)

# What each person was told last of what became of an insight: she is told once, and of news only.
told = Table(
    "told",
    metadata,
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("news", String(64), nullable=False),  # the status, and of an outcome its instant
    Column("told_at", Instant, nullable=False),
)

history = Table(
    "history",
    metadata,
    key(),
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("by_user_id", slack_id()),  # NULL: Frontline itself
    Column("change", String(24), nullable=False),
    Column("detail", Json, nullable=False),  # keys and codes, never message text
)
