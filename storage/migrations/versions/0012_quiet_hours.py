"""Quiet hours: each person's working hours, and posts that wait for them."""

import sqlalchemy as sa
import storage.types
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("person_settings", sa.Column("working_hours", sa.String(length=20), nullable=True))
    op.add_column("outbox", sa.Column("not_before_at", storage.types.Instant(timezone=True), nullable=True))
