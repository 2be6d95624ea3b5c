"""What insights' texts mean: an embedding of each"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "embeddings",
        sa.Column("insight_id", Key, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["insight_id"],
            ["insights.id"],
            name=op.f("fk_embeddings_insight_id_insights"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("insight_id", name=op.f("pk_embeddings")),
    )
