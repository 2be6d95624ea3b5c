"""Rows of imported files are known again, so that a file that comes twice adds nothing"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("insights", sa.Column("import_key", sa.String(length=64), nullable=True))
    op.create_index(
        op.f("ix_insights_team_id_import_key"), "insights", ["team_id", "import_key"], unique=True
    )
