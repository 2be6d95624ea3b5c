"""Questions that marketing asks sales, instead of surveys. Their answers are insights."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text, false

from storage.tables.base import Json, Key, key, metadata
from storage.types import Instant, slack_id

questions = Table(
    "questions",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("asked_by", slack_id(), nullable=False),
    Column("text", Text, nullable=False),  # as Slack writes it
    Column("channel_ids", Json, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("closes_at", Instant),  # NULL: when somebody closes it
    Column("closed_at", Instant),
    Column("closed_by", slack_id()),  # NULL: by its date
    Column("outcome", Text),  # what comes of it, as Slack writes it
    Column("outcome_by", slack_id()),
    Column("outcome_at", Instant),
    Column("is_anonymous", Boolean, nullable=False, server_default=false()),
    # Of an anonymous one, while it is open: who has answered, as hashes under a key of its own, in the order
    # of the hashes. Both are destroyed at its end; neither says which answer is whose.
    Column("voice_key", String(64)),
    Column("voices", Json),
    Index(None, "team_id", "asked_at"),
)
