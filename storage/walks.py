"""Where each person's walks through what is untriaged stand."""

from sqlalchemy import Connection, select

from storage.rows import upsert
from storage.tables import walks


def place(connection: Connection, team_id: str, user_id: str, bridge_id: int | None, category: str) -> int:
    """Id of the insight at which that walk stands; 0: before the first."""
    found: int | None = connection.scalar(
        select(walks.c.at_id).where(
            walks.c.team_id == team_id,
            walks.c.user_id == user_id,
            walks.c.bridge_id == (bridge_id or 0),
            walks.c.category == category,
        )
    )
    return found or 0


def save_place(
    connection: Connection, team_id: str, user_id: str, bridge_id: int | None, category: str, at_id: int
) -> None:
    key = {"team_id": team_id, "user_id": user_id, "bridge_id": bridge_id or 0, "category": category}
    upsert(connection, walks, {**key, "at_id": at_id}, list(key))
