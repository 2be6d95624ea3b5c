"""Lifetimes of bridges, and the record of what was erased"""

import sqlalchemy as sa
import storage.types
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "lifetimes",
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=6), nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=True),
        sa.Column("set_at", storage.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridges.id"], name=op.f("fk_lifetimes_bridge_id_bridges"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bridge_id", name=op.f("pk_lifetimes")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("bridge_id", Key, nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("by_user_id", sa.String(length=32), nullable=True),
        sa.Column("target", sa.String(length=32), nullable=True),
        sa.Column("counts", Json, nullable=False),
        sa.Column("begun_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", storage.types.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_team_id_begun_at"), "erasures", ["team_id", "begun_at"])
    op.create_table(
        "erased_insights",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("captured_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=True),
        sa.Column("message_ts", sa.String(length=20), nullable=True),
        sa.Column("import_key", sa.String(length=64), nullable=True),
        sa.Column("erased_at", storage.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "number", name=op.f("pk_erased_insights")),
    )
    op.create_index(
        op.f("ix_erased_insights_team_id_channel_id_message_ts"),
        "erased_insights",
        ["team_id", "channel_id", "message_ts"],
    )
    op.create_index(
        op.f("ix_erased_insights_team_id_import_key"), "erased_insights", ["team_id", "import_key"]
    )
    op.create_table(
        "erased_people",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("erased_at", storage.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "fingerprint", name=op.f("pk_erased_people")),
    )
