"""When Frontline listened, the gaps in between, and which troubles were told"""

import sqlalchemy as sa
import storage.types
from alembic import op

revision = "0020"
down_revision = "0019"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("listening_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("asked_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("caught_up_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "gaps",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("began_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("caught_up_at", storage.types.Instant(timezone=True), nullable=True),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_table(
        "troubles",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("since_at", storage.types.Instant(timezone=True), nullable=False),
        sa.Column("told_at", storage.types.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("team_id", "subject", name=op.f("pk_troubles")),
    )
