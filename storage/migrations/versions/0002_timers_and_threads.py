"""Timers, threads that take replies, and posts found by their message"""

import sqlalchemy as sa
import storage.types
from alembic import op

revision = "0002"
down_revision = "0001"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "timers",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("bridge_id", Key, nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("due_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", storage.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridges.id"], name=op.f("fk_timers_bridge_id_bridges"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint("team_id", "kind", "subject", name=op.f("uq_timers_team_id_kind_subject")),
    )
    op.create_index(op.f("ix_timers_bridge_id"), "timers", ["bridge_id"])
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"])
    op.create_table(
        "threads",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("outbox_id", Key, nullable=False),
        sa.Column("opened_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("closed_at", storage.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridges.id"], name=op.f("fk_threads_bridge_id_bridges"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_threads_outbox_id_outbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        sa.UniqueConstraint("outbox_id", name=op.f("uq_threads_outbox_id")),
        sa.UniqueConstraint("team_id", "kind", "subject", name=op.f("uq_threads_team_id_kind_subject")),
    )
    op.create_index(op.f("ix_threads_bridge_id"), "threads", ["bridge_id"])
    op.create_table(
        "thread_replies",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("message_ts", sa.String(length=20), nullable=False),
        sa.Column("thread_id", Key, nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("taken_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_thread_replies_thread_id_threads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "channel_id", "message_ts", name=op.f("pk_thread_replies")),
    )
    op.create_index(op.f("ix_thread_replies_thread_id"), "thread_replies", ["thread_id"])
    op.create_index(
        "ix_outbox_message",
        "outbox",
        ["channel_id", "message_ts"],
        sqlite_where=sa.text("message_ts IS NOT NULL"),
        postgresql_where=sa.text("message_ts IS NOT NULL"),
    )
