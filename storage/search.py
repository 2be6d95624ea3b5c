"""The full-text index. Stems are made in Python when writing and asking; the databases only match them."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    cast,
    column,
    false,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql

from storage.tables import insights

SECURE_DELETE: Final = (3, 42)  # from here on FTS5 removes words at once, as the first migration asks
_INDEX: Final = table("insight_search", column("rowid"), column("insight_id"), column("stems"))
WINDOW: Final = 20_000  # newest insights, among which a frequent stem is found often enough
# PostgreSQL takes a stem of unknown frequency for a frequent one and walks the table back to its beginning to
# find the newest that hold it. So it walks a window, and beyond it, where the stem is rare, asks the index.
_AMONG_NEWEST: Final = """
SELECT insight_id FROM (
    SELECT insight_id, stems FROM insight_search ORDER BY insight_id DESC LIMIT :window
) AS newest
WHERE stems @@ CAST(:asked AS tsquery) ORDER BY insight_id DESC LIMIT :n
"""
_ANYWHERE: Final = """
WITH holding AS MATERIALIZED (
    SELECT insight_id FROM insight_search WHERE stems @@ CAST(:asked AS tsquery)
)
SELECT insight_id FROM holding ORDER BY insight_id DESC LIMIT :n
"""
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
    add(connection, {insight_id: stems})


def add(connection: Connection, found: Mapping[int, Sequence[str]]) -> None:
    """Write the stems of insights that are not in the index yet, by id; at least one."""
    if connection.dialect.name == "sqlite":
        statement = "INSERT INTO insight_search (rowid, stems) VALUES (:id, :stems)"
        rows = [{"id": one, "stems": " ".join(stems)} for one, stems in found.items()]
    else:
        # Positioned literals, never to_tsvector: the words are stems already. Positions end at 16,383.
        statement = "INSERT INTO insight_search (insight_id, stems) VALUES (:id, CAST(:stems AS tsvector))"
        rows = [{"id": one, "stems": _vector(stems)} for one, stems in found.items()]
    connection.execute(text(statement), rows)


def _vector(stems: Sequence[str]) -> str:
    return " ".join(f"{_literal(stem)}:{min(at, 16383)}" for at, stem in enumerate(stems, start=1))


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


def holds(
    connection: Connection, terms: Sequence[Term], phrases: Sequence[Sequence[str]]
) -> ColumnElement[bool]:
    """That an insight holds all terms, and all phrases as neighbouring words; false where there are none."""
    if not terms and not any(phrases):
        return false()
    if connection.dialect.name == "sqlite":
        asked = " AND ".join(
            [f'"{term.stem}"' + (" *" if term.is_prefix else "") for term in terms]
            + ['"' + " ".join(phrase) + '"' for phrase in phrases if phrase]
        )
        found = select(_INDEX.c.rowid).where(literal_column("insight_search").op("MATCH")(asked))
    else:
        asked = " & ".join(
            [_literal(term.stem) + (":*" if term.is_prefix else "") for term in terms]
            + ["(" + " <-> ".join(_literal(stem) for stem in phrase) + ")" for phrase in phrases if phrase]
        )
        found = select(_INDEX.c.insight_id).where(
            _INDEX.c.stems.op("@@")(cast(literal(asked), postgresql.TSQUERY))
        )
    return insights.c.id.in_(found)


def newest_holding(connection: Connection, stem: str, limit: int) -> list[int]:
    """Ids of the newest insights that hold the stem, at most `limit`."""
    if connection.dialect.name == "sqlite":
        statement = (
            "SELECT rowid FROM insight_search WHERE insight_search MATCH :asked ORDER BY rowid DESC LIMIT :n"
        )
        return list(connection.scalars(text(statement), {"asked": f'"{stem}"', "n": limit}))
    asked = {"asked": _literal(stem), "n": limit, "window": WINDOW}
    found = list(connection.scalars(text(_AMONG_NEWEST), asked))
    return found if len(found) == limit else list(connection.scalars(text(_ANYWHERE), asked))


def counts_of(connection: Connection, insight_ids: Sequence[int]) -> dict[int, Counter[str]]:
    """Each insight's stems, and how often each occurs (PostgreSQL counts to 255)."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(
            select(_INDEX.c.rowid, _INDEX.c.stems).where(_INDEX.c.rowid.in_(insight_ids))
        )
        return {row[0]: Counter(row[1].split()) for row in rows}
    rows = connection.execute(
        select(_INDEX.c.insight_id, cast(_INDEX.c.stems, Text)).where(_INDEX.c.insight_id.in_(insight_ids))
    )
    return {row[0]: _counted(row[1]) for row in rows}


def _counted(vector: str) -> Counter[str]:
    """A `tsvector` as PostgreSQL writes it, `'acm':1,4 'price':2`; stems hold letters and digits only."""
    found: Counter[str] = Counter()
    for part in vector.split():
        stem, _, places = part.rpartition(":")
        found[stem.strip("'")] = places.count(",") + 1
    return found


def _literal(stem: str) -> str:
    return "'" + stem.replace("\\", "\\\\").replace("'", "''") + "'"
