"""Insights that wait for the theme they belong to"""

import sqlalchemy as sa
import storage.types
from alembic import op

revision = "0021"
down_revision = "0020"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "theme_queue",
        sa.Column("insight_id", Key, nullable=False),
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("tells", sa.Boolean(), nullable=False),
        sa.Column("due_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"],
            ["bridges.id"],
            name=op.f("fk_theme_queue_bridge_id_bridges"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["insight_id"],
            ["insights.id"],
            name=op.f("fk_theme_queue_insight_id_insights"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("insight_id", name=op.f("pk_theme_queue")),
    )
    op.create_index(op.f("ix_theme_queue_bridge_id"), "theme_queue", ["bridge_id"])
