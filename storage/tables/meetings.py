"""Meeting series, their occurrences, and what is said, promised and done about them."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.tables.base import Json, Key, key, metadata
from storage.types import Instant, slack_id, slack_ts

meeting_series = Table(
    "meeting_series",
    metadata,
    key(),
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("title", String(120), nullable=False),
    Column("rule", String(200), nullable=False),  # RFC 5545, on local time in the bridge's zone
    Column("local_time", String(5), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("minutes", Integer, nullable=False),  # how long it takes
    Column("channels", String(16), nullable=False),  # marketing · sales · both
    Column("participants", Json, nullable=False),  # user ids
    Column("groups", Json, nullable=False),  # ids of user groups
    Column("facilitators", Json, nullable=False),  # user ids, in the order of their turns
    Column("place", Text),
    Column("prompts", Json, nullable=False),  # questions; empty: those that ship with Frontline
    Column("prompt_ahead", Integer, nullable=False),  # minutes
    Column("reminder_ahead", Integer, nullable=False),  # minutes
    Column("off_days", Json, nullable=False),  # ISO dates on which no meeting is
    Column("holidays", String(16)),  # a country, or country and part: DE, DE-BY
    Column("moves_over", Boolean, nullable=False, default=False),  # off days: the next working day instead
    Column("is_active", Boolean, nullable=False, default=True),
    Column("revision", Integer, nullable=False, default=1),
    Column("created_at", Instant, nullable=False),
)

meeting_occurrences = Table(
    "meeting_occurrences",
    metadata,
    key(),
    Column("series_id", Key, ForeignKey("meeting_series.id", ondelete="CASCADE"), nullable=False),
    Column("planned_on", Date, nullable=False),  # the local day that the series' rule gives
    Column("starts_at", Instant, nullable=False),
    Column("status", String(16), nullable=False, default="planned"),  # planned · held · skipped · cancelled
    Column("is_moved", Boolean, nullable=False, default=False),  # by a person: the series no longer moves it
    Column("reason", Text),  # why it was skipped, moved or cancelled
    Column("facilitator_id", slack_id()),
    Column("prompted_at", Instant),
    Column("reminded_for", Instant),  # the start of which the reminder spoke
    Column("prompt_missed", Boolean, nullable=False, default=False),
    Column("reminder_missed", Boolean, nullable=False, default=False),
    UniqueConstraint("series_id", "planned_on"),
    Index(None, "series_id", "starts_at"),
)

meeting_posts = Table(  # what was posted about an occurrence, so that it can be brought up to date
    "meeting_posts",
    metadata,
    Column("outbox_id", Key, ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "occurrence_id",
        Key,
        ForeignKey("meeting_occurrences.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("kind", String(16), nullable=False),  # prompt · reminder · minutes · summary
    Column("channel_id", slack_id(), nullable=False),
)

meeting_topics = Table(
    "meeting_topics",
    metadata,
    key(),
    Column(
        "occurrence_id",
        Key,
        ForeignKey("meeting_occurrences.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("user_id", slack_id(), nullable=False),
    Column("text", Text, nullable=False),  # as Slack writes it; empty for an insight
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE")),
    Column("channel_id", slack_id()),  # of the reply that it was written in
    Column("message_ts", slack_ts()),
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("channel_id", "message_ts"),
    Index(None, "insight_id"),
)

meeting_answers = Table(
    "meeting_answers",
    metadata,
    Column("occurrence_id", Key, ForeignKey("meeting_occurrences.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("answer", String(8), nullable=False),  # yes · no · other
    Column("answered_at", Instant, nullable=False),
)

meeting_minutes = Table(
    "meeting_minutes",
    metadata,
    Column("occurrence_id", Key, ForeignKey("meeting_occurrences.id", ondelete="CASCADE"), primary_key=True),
    Column("present", Json, nullable=False),  # user ids
    Column("decisions", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("recorded_by", slack_id(), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
)

action_items = Table(
    "action_items",
    metadata,
    key(),
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False, index=True),
    Column(
        "occurrence_id",
        Key,
        ForeignKey("meeting_occurrences.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("text", Text, nullable=False),
    Column("owner_id", slack_id(), nullable=False),
    Column("due_on", Date),
    Column("status", String(8), nullable=False, default="open"),  # open · done · dropped
    Column("reason", Text),  # why it was dropped
    Column("created_by", slack_id(), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("reminder_missed", Boolean, nullable=False, default=False),
    Index(None, "owner_id", "status"),
)

action_item_history = Table(
    "action_item_history",
    metadata,
    key(),
    Column("item_id", Key, ForeignKey("action_items.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("by_user_id", slack_id(), nullable=False),
    Column("change", String(16), nullable=False),  # given · later · handed · done · dropped
    Column("detail", Json, nullable=False),  # days and ids, never text
)

user_groups = Table(  # a cache of Slack, as people are
    "user_groups",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("group_id", slack_id(), primary_key=True),
    Column("handle", Text, nullable=False),
    Column("members", Json, nullable=False),  # user ids
)
