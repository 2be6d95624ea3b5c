"""Where each person's walks through what is untriaged stand"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "walks",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("bridge_id", Key, nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("at_id", Key, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", "bridge_id", "category", name=op.f("pk_walks")),
    )
