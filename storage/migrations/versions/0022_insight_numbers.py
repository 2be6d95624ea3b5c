"""On PostgreSQL insights are numbered by a sequence, for which nobody waits"""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("CREATE SEQUENCE insight_numbers AS integer")
    op.execute(
        "SELECT setval('insight_numbers', greatest("
        "(SELECT max(next_insight_number) FROM workspaces), (SELECT max(number) + 1 FROM insights), 1), false)"
    )
