"""What is read out of insights: a bridge's lists and cues, readings, unknown names, and how far a reanalysis came"""

import sqlalchemy as sa
import storage.types
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _bridge(table):
    return sa.ForeignKeyConstraint(
        ["bridge_id"], ["bridges.id"], name=op.f(f"fk_{table}_bridge_id_bridges"), ondelete="CASCADE"
    )


def _insight(table):
    return sa.ForeignKeyConstraint(
        ["insight_id"], ["insights.id"], name=op.f(f"fk_{table}_insight_id_insights"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.add_column("categories", sa.Column("cues", sa.Text(), nullable=True))
    op.create_index(
        op.f("ix_insights_bridge_id_category_by_id"), "insights", ["bridge_id", "category_by", "id"]
    )
    op.create_table(
        "names",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("aliases", Json, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _bridge("names"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_names")),
        sa.UniqueConstraint("bridge_id", "kind", "name", name=op.f("uq_names_bridge_id_kind_name")),
    )
    op.create_table(
        "readings",
        sa.Column("insight_id", Key, nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(length=200), nullable=True),
        sa.Column("competitors", Json, nullable=False),
        sa.Column("product", sa.String(length=200), nullable=True),
        _insight("readings"),
        sa.PrimaryKeyConstraint("insight_id", name=op.f("pk_readings")),
    )
    op.create_table(
        "sightings",
        sa.Column("insight_id", Key, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("shown", sa.String(length=64), nullable=False),
        sa.Column("seen_at", storage.types.Instant(timezone=True), nullable=False),
        _bridge("sightings"),
        _insight("sightings"),
        sa.PrimaryKeyConstraint("insight_id", "key", name=op.f("pk_sightings")),
    )
    op.create_index(op.f("ix_sightings_bridge_id_seen_at"), "sightings", ["bridge_id", "seen_at"])
    op.create_table(
        "ignored_names",
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        _bridge("ignored_names"),
        sa.PrimaryKeyConstraint("bridge_id", "key", name=op.f("pk_ignored_names")),
    )
    op.create_table(
        "reanalyses",
        sa.Column("scope", sa.String(length=24), nullable=False),
        sa.Column("after_id", Key, nullable=False),
        sa.Column("until_id", Key, nullable=False),
        sa.Column("started_at", storage.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_reanalyses")),
    )
