"""Every older schema, empty or filled, becomes the newest one, and nothing that was stored is lost."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    func,
    insert,
    select,
    text,
)

from storage import schema, workspace
from storage.database import Database, open_database
from storage.schema import alembic_config

SCRIPTS: Final = ScriptDirectory.from_config(alembic_config())
OLDER: Final = [one.revision for one in SCRIPTS.walk_revisions() if one.revision != schema.newest()]
INSTANT: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def make(database: Database, revision: str) -> None:
    """The schema as it was at that revision."""
    with database.writing() as connection:
        config: Config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def value_for(column: Column[Any]) -> object:
    """Something that the column takes; ids are 1, so that foreign keys find the row they name."""
    kind = column.type
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, (Integer, Numeric)):
        return 1
    if isinstance(kind, DateTime):
        return INSTANT
    if isinstance(kind, Date):
        return date(2026, 3, 2)
    if isinstance(kind, JSON):
        return ["bulb"]
    if isinstance(kind, LargeBinary):
        return b"bytes"
    return "x" if (getattr(kind, "length", None) or 2) < 5 else "words"


def tables(connection: Connection) -> list[Table]:
    """The tables as they stand, without the search index's own and Alembic's."""
    found = MetaData()
    found.reflect(connection)
    return [
        one
        for one in found.sorted_tables
        if not one.name.startswith(("insight_search", "alembic_", "sqlite_"))
    ]


def fill(connection: Connection) -> dict[str, int]:
    """A row in every table; gives how many there are in each."""
    for table in tables(connection):
        values = {one.name: value_for(one) for one in table.columns}
        connection.execute(insert(table).values(**values))
    return counts(connection)


def counts(connection: Connection) -> dict[str, int]:
    return {
        one.name: connection.execute(select(func.count()).select_from(one)).scalar_one()
        for one in tables(connection)
    }


@pytest.mark.parametrize("revision", OLDER)
def test_a_filled_older_database_is_upgraded_and_loses_nothing(database_url: str, revision: str) -> None:
    database = open_database(database_url)
    make(database, revision)
    with database.writing() as connection:
        before = fill(connection)
    assert before and set(before.values()) == {1}
    assert schema.upgrade(database) == (revision, schema.newest())
    with database.reading() as connection:
        after = counts(connection)
    assert {name: after.get(name) for name in before} == before
    database.close()


@pytest.mark.parametrize("revision", OLDER)
def test_an_empty_older_database_is_upgraded(database_url: str, revision: str) -> None:
    database = open_database(database_url)
    make(database, revision)
    assert schema.upgrade(database) == (revision, schema.newest())
    database.close()


def test_numbers_go_on_where_they_stood(database_url: str) -> None:
    database = open_database(database_url)
    make(database, "0021")
    with database.writing() as connection:
        fill(connection)
        connection.execute(text("UPDATE workspaces SET next_insight_number = 8"))
    schema.upgrade(database)
    with database.writing() as connection:
        [team_id] = workspace.teams(connection)
        assert [workspace.next_insight_number(connection, team_id) for _ in range(2)] == [8, 9]
    database.close()
