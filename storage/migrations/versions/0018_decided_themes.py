"""Themes that people merged or split stay as they left them, and their newest members are found without sorting"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.drop_index(op.f("ix_theme_members_theme_id"), table_name="theme_members")
    op.create_index(
        op.f("ix_theme_members_theme_id_insight_id"), "theme_members", ["theme_id", "insight_id"]
    )
    op.add_column(
        "themes", sa.Column("is_decided", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE themes SET is_decided = true WHERE id IN ("
        "SELECT theme_id FROM theme_members WHERE insight_id IN ("
        "SELECT insight_id FROM history WHERE change IN ('theme_joined', 'theme_left') "
        "UNION SELECT insight_id FROM theme_partings UNION SELECT other_id FROM theme_partings))"
    )
