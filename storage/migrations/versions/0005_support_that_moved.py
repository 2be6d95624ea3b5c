"""Support that came with an insight that was merged into another"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("supporters", sa.Column("came_with_id", Key, nullable=True))
