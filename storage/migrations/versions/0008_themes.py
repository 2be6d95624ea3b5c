"""Themes, likenesses, and what people took apart"""

import sqlalchemy as sa
import storage.types
from alembic import op

revision = "0008"
down_revision = "0007"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "themes",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_from_id", Key, nullable=True),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("created_at", storage.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bridge_id"], ["bridges.id"], name=op.f("fk_themes_bridge_id_bridges"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["title_from_id"],
            ["insights.id"],
            name=op.f("fk_themes_title_from_id_insights"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
    )
    op.create_index(op.f("ix_themes_bridge_id"), "themes", ["bridge_id"])
    op.create_table(
        "theme_members",
        sa.Column("insight_id", Key, nullable=False),
        sa.Column("theme_id", Key, nullable=False),
        sa.Column("joined_at", storage.types.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["insight_id"],
            ["insights.id"],
            name=op.f("fk_theme_members_insight_id_insights"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"], ["themes.id"], name=op.f("fk_theme_members_theme_id_themes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("insight_id", name=op.f("pk_theme_members")),
    )
    op.create_index(op.f("ix_theme_members_theme_id"), "theme_members", ["theme_id"])
    _pairs("likenesses", "like_id", ["insight_id"])
    _pairs("theme_partings", "other_id", ["insight_id", "other_id"])


def _pairs(table: str, other: str, key: list[str]) -> None:
    op.create_table(
        table,
        sa.Column("insight_id", Key, nullable=False),
        sa.Column(other, Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["insight_id"],
            ["insights.id"],
            name=op.f(f"fk_{table}_insight_id_insights"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            [other], ["insights.id"], name=op.f(f"fk_{table}_{other}_insights"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{other}"), table, [other])
