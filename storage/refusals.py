"""Kinds of blocks that a workspace refused lately."""

from datetime import datetime

from sqlalchemy import Connection, select

from storage.rows import upsert
from storage.tables import refused_blocks


def remember(connection: Connection, team_id: str, block_type: str, until: datetime) -> None:
    """Do not offer the workspace that kind of block before `until` (real time)."""
    values = {"team_id": team_id, "block_type": block_type, "until_at": until}
    upsert(connection, refused_blocks, values, ["team_id", "block_type"])


def standing(connection: Connection, team_id: str, real: datetime) -> set[str]:
    """The kinds of blocks that are not to be offered now."""
    return set(
        connection.scalars(
            select(refused_blocks.c.block_type).where(
                refused_blocks.c.team_id == team_id, refused_blocks.c.until_at > real
            )
        )
    )
