"""Meetings: series, occurrences, topics, minutes and action items"""

import sqlalchemy as sa
import storage.types
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    _meetings()
    _what_is_said()


def _meetings() -> None:
    op.create_table(
        "user_groups",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("group_id", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("members", Json, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "group_id", name=op.f("pk_user_groups")),
    )
    op.create_table(
        "meeting_series",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("local_time", sa.String(length=5), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("channels", sa.String(length=16), nullable=False),
        sa.Column("participants", Json, nullable=False),
        sa.Column("groups", Json, nullable=False),
        sa.Column("facilitators", Json, nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("prompts", Json, nullable=False),
        sa.Column("prompt_ahead", sa.Integer(), nullable=False),
        sa.Column("reminder_ahead", sa.Integer(), nullable=False),
        sa.Column("off_days", Json, nullable=False),
        sa.Column("holidays", sa.String(length=16), nullable=True),
        sa.Column("moves_over", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", storage.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bridge_id"], ["bridges.id"], name=op.f("fk_meeting_series_bridge_id_bridges"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
    )
    op.create_index(op.f("ix_meeting_series_bridge_id"), "meeting_series", ["bridge_id"])
    op.create_table(
        "meeting_occurrences",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("series_id", Key, nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("starts_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("is_moved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facilitator_id", sa.String(length=32), nullable=True),
        sa.Column("prompted_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("reminded_for", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("prompt_missed", sa.Boolean(), nullable=False),
        sa.Column("reminder_missed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["meeting_series.id"], name=op.f("fk_meeting_occurrences_series_id_meeting_series"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_occurrences")),
        sa.UniqueConstraint("series_id", "planned_on", name=op.f("uq_meeting_occurrences_series_id_planned_on")),
    )
    op.create_index(op.f("ix_meeting_occurrences_series_id_starts_at"), "meeting_occurrences", ["series_id", "starts_at"])
    op.create_table(
        "meeting_posts",
        sa.Column("outbox_id", Key, nullable=False),
        sa.Column("occurrence_id", Key, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_meeting_posts_outbox_id_outbox"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["occurrence_id"], ["meeting_occurrences.id"], name=op.f("fk_meeting_posts_occurrence_id_meeting_occurrences"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_meeting_posts")),
    )
    op.create_index(op.f("ix_meeting_posts_occurrence_id"), "meeting_posts", ["occurrence_id"])


def _what_is_said() -> None:
    op.create_table(
        "meeting_topics",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("occurrence_id", Key, nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("insight_id", Key, nullable=True),
        sa.Column("channel_id", sa.String(length=32), nullable=True),
        sa.Column("message_ts", sa.String(length=20), nullable=True),
        sa.Column("added_at", storage.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["occurrence_id"], ["meeting_occurrences.id"], name=op.f("fk_meeting_topics_occurrence_id_meeting_occurrences"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["insight_id"], ["insights.id"], name=op.f("fk_meeting_topics_insight_id_insights"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_topics")),
        sa.UniqueConstraint("channel_id", "message_ts", name=op.f("uq_meeting_topics_channel_id_message_ts")),
    )
    op.create_index(op.f("ix_meeting_topics_insight_id"), "meeting_topics", ["insight_id"])
    op.create_index(op.f("ix_meeting_topics_occurrence_id"), "meeting_topics", ["occurrence_id"])
    op.create_table(
        "meeting_answers",
        sa.Column("occurrence_id", Key, nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("answered_at", storage.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["occurrence_id"], ["meeting_occurrences.id"], name=op.f("fk_meeting_answers_occurrence_id_meeting_occurrences"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("occurrence_id", "user_id", name=op.f("pk_meeting_answers")),
    )
    op.create_table(
        "meeting_minutes",
        sa.Column("occurrence_id", Key, nullable=False),
        sa.Column("present", Json, nullable=False),
        sa.Column("decisions", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["occurrence_id"], ["meeting_occurrences.id"], name=op.f("fk_meeting_minutes_occurrence_id_meeting_occurrences"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("occurrence_id", name=op.f("pk_meeting_minutes")),
    )
    op.create_table(
        "action_items",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("occurrence_id", Key, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("closed_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("reminder_missed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["bridge_id"], ["bridges.id"], name=op.f("fk_action_items_bridge_id_bridges"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["occurrence_id"], ["meeting_occurrences.id"], name=op.f("fk_action_items_occurrence_id_meeting_occurrences"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_items")),
    )
    op.create_index(op.f("ix_action_items_bridge_id"), "action_items", ["bridge_id"])
    op.create_index(op.f("ix_action_items_occurrence_id"), "action_items", ["occurrence_id"])
    op.create_index(op.f("ix_action_items_owner_id_status"), "action_items", ["owner_id", "status"])
    op.create_table(
        "action_item_history",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("item_id", Key, nullable=False),
        sa.Column("at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.String(length=32), nullable=False),
        sa.Column("change", sa.String(length=16), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["action_items.id"], name=op.f("fk_action_item_history_item_id_action_items"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item_history")),
    )
    op.create_index(op.f("ix_action_item_history_item_id"), "action_item_history", ["item_id"])
