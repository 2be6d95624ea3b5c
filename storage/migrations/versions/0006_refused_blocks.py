"""Blocks that a workspace refused lately"""

import sqlalchemy as sa
import storage.types
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "refused_blocks",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("block_type", sa.String(length=40), nullable=False),
        sa.Column("until_at", storage.types.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "block_type", name=op.f("pk_refused_blocks")),
    )
