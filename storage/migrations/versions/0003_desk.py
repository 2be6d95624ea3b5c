"""Who moved an insight's status when, what people were told of it, and when it is shown at once"""

import sqlalchemy as sa
import storage.types
from alembic import op

revision = "0003"
down_revision = "0002"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for column in (
        sa.Column("status_by", sa.String(length=32), nullable=True),
        sa.Column("status_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("taken_by", sa.String(length=32), nullable=True),
        sa.Column("first_response_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("outcome_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("merged_into_id", Key, nullable=True),
    ):
        op.add_column("insights", column)
    op.create_index(op.f("ix_insights_bridge_id_outcome_at"), "insights", ["bridge_id", "outcome_at"])
    op.create_index(
        op.f("ix_insights_bridge_id_first_response_at"), "insights", ["bridge_id", "first_response_at"]
    )
    op.create_index(op.f("ix_insights_merged_into_id"), "insights", ["merged_into_id"])
    op.create_table(
        "told",
        sa.Column("insight_id", Key, nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("news", sa.String(length=64), nullable=False),
        sa.Column("told_at", storage.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["insight_id"], ["insights.id"], name=op.f("fk_told_insight_id_insights"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("insight_id", "user_id", name=op.f("pk_told")),
    )
    op.add_column("person_settings", sa.Column("notices", sa.String(length=8), nullable=True))
    op.add_column(
        "bridges", sa.Column("card_threshold", sa.Integer(), server_default="3", nullable=False)
    )
