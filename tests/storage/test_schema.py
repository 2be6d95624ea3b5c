"""One schema, two databases: made by migrations, equal to the tables, refused when newer."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from storage import schema
from storage.database import Database, DatabaseProblem
from storage.tables import metadata


def test_migrations_make_what_the_tables_say(database: Database) -> None:
    def ours(name: str | None, kind: str, _: Any) -> bool:
        return kind != "table" or not str(name).startswith("insight_search")

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    assert schema.upgrade(database) == (schema.newest(), schema.newest())


def test_a_newer_database_is_refused_in_words(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseProblem, match="newer Frontline"):
        schema.upgrade(database)
