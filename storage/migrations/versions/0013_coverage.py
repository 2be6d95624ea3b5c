"""Coverage: indexes by which it is found when a channel was heard last, and who took part lately."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index(
        op.f("ix_insights_bridge_id_channel_id_created_at"),
        "insights",
        ["bridge_id", "channel_id", "created_at"],
    )
    op.create_index(op.f("ix_supporters_since_at"), "supporters", ["since_at"])
