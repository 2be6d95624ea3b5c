"""Questions that marketing asks sales, and the insights that answer them"""

import sqlalchemy as sa
import storage.types
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("channel_ids", Json, nullable=False),
        sa.Column("asked_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("closes_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("closed_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_by", sa.String(length=32), nullable=True),
        sa.Column("outcome_at", storage.types.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridges.id"], name=op.f("fk_questions_bridge_id_bridges"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index(op.f("ix_questions_bridge_id"), "questions", ["bridge_id"])
    op.create_index(op.f("ix_questions_team_id_asked_at"), "questions", ["team_id", "asked_at"])
    op.add_column("insights", sa.Column("question_id", Key, nullable=True))
    op.create_index(op.f("ix_insights_question_id"), "insights", ["question_id"])
