"""Questions without a date at which they close, and such as are answered anonymously"""

import sqlalchemy as sa
import storage.types
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("questions") as table:
        table.add_column(
            sa.Column("is_anonymous", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(sa.Column("voice_key", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("voices", Json, nullable=True))
        table.alter_column(
            "closes_at", existing_type=storage.types.Instant(timezone=True), nullable=True
        )
