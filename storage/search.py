"""The full-text index. Stems are made in Python when writing and asking; the databases only match them."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

SECURE_DELETE: Final = (3, 42)  # from here on FTS5 removes words at once, as the first migration asks
MERGE_PAGES: Final = 300  # of the index in one transaction: some milliseconds


@dataclass(frozen=True)
class Term:
    """One stem to be found; `is_prefix`: anything that begins with it."""

    stem: str
    is_prefix: bool = False


def index(connection: Connection, insight_id: int, stems: Sequence[str]) -> None:
    """Write an insight's stems, in the order of its words, replacing what was there."""
    forget(connection, insight_id)
    if not stems:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("INSERT INTO insight_search (rowid, stems) VALUES (:id, :stems)"),
            {"id": insight_id, "stems": " ".join(stems)},
        )
    else:
        # Positioned literals, never to_tsvector: the words are stems already. Positions end at 16,383.
        vector = " ".join(f"{_literal(stem)}:{min(at, 16383)}" for at, stem in enumerate(stems, start=1))
        connection.execute(
            text("INSERT INTO insight_search (insight_id, stems) VALUES (:id, CAST(:stems AS tsvector))"),
            {"id": insight_id, "stems": vector},
        )


def forget(connection: Connection, insight_id: int) -> None:
    """Take an insight out of the index."""
    key = "rowid" if connection.dialect.name == "sqlite" else "insight_id"
    connection.execute(text(f"DELETE FROM insight_search WHERE {key} = :id"), {"id": insight_id})


def compact(connection: Connection, *, begin: bool) -> bool:
    """Merge a part of SQLite's index, so that deleted words leave the file; True: there is more to merge.

    A deletion only marks words as gone until their segment is merged (sqlite.org/fts5.html, 'merge').
    PostgreSQL and SQLite with secure-delete have nothing to do. `begin`: all of the index, else what is left.
    """
    if connection.dialect.name != "sqlite" or sqlite3.sqlite_version_info >= SECURE_DELETE:
        return False
    before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    connection.execute(
        text("INSERT INTO insight_search (insight_search, rank) VALUES ('merge', :pages)"),
        {"pages": -MERGE_PAGES if begin else MERGE_PAGES},
    )
    after = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    return bool(after - before >= 2)


def matching(
    connection: Connection, terms: Sequence[Term], phrases: Sequence[Sequence[str]], limit: int
) -> list[int]:
    """Ids of the insights that hold all terms and phrases, the newest first."""
    if not terms and not any(phrases):
        return []
    if connection.dialect.name == "sqlite":
        asked = " AND ".join(
            [f'"{term.stem}"' + (" *" if term.is_prefix else "") for term in terms]
            + ['"' + " ".join(phrase) + '"' for phrase in phrases if phrase]
        )
        statement = (
            "SELECT rowid FROM insight_search WHERE insight_search MATCH :asked ORDER BY rowid DESC LIMIT :n"
        )
    else:
        asked = " & ".join(
            [_literal(term.stem) + (":*" if term.is_prefix else "") for term in terms]
            + ["(" + " <-> ".join(_literal(stem) for stem in phrase) + ")" for phrase in phrases if phrase]
        )
        statement = (
            "SELECT insight_id FROM insight_search WHERE stems @@ CAST(:asked AS tsquery) "
            "ORDER BY insight_id DESC LIMIT :n"
        )
    return list(connection.scalars(text(statement), {"asked": asked, "n": limit}))


def _literal(stem: str) -> str:
    return "'" + stem.replace("\\", "\\\\").replace("'", "''") + "'"
