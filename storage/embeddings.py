"""Embeddings of insights' texts; gone with the text."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, select

from storage.rows import upsert
from storage.tables import embeddings


def save(connection: Connection, insight_id: int, vector: bytes) -> None:
    """Keep the embedding of the insight's text, in place of an earlier one."""
    upsert(connection, embeddings, {"insight_id": insight_id, "vector": vector}, ["insight_id"])


def forget(connection: Connection, insight_id: int) -> None:
    """Remove what was kept of the insight's text."""
    connection.execute(delete(embeddings).where(embeddings.c.insight_id == insight_id))


def of(connection: Connection, insight_ids: Collection[int]) -> dict[int, bytes]:
    """Embeddings by insight id, of those that have one."""
    rows = connection.execute(
        select(embeddings.c.insight_id, embeddings.c.vector).where(
            embeddings.c.insight_id.in_(sorted(insight_ids))
        )
    )
    return {row.insight_id: bytes(row.vector) for row in rows}
