"""An error of the database is told from one of the statement, on both databases (promise 1)."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.faults import is_databases


def find_no_time(database: Database) -> None:
    """Ask for what a database that others keep busy can't do in the time it has."""
    with database.writing() as connection:
        if database.is_sqlite:
            impatient = create_engine(database.engine.url, connect_args={"timeout": 0})
            with impatient.begin() as other:
                other.exec_driver_sql("CREATE TABLE impossible (id INTEGER)")
        connection.execute(text("SET LOCAL statement_timeout = 1"))
        connection.execute(text("SELECT pg_sleep(5)"))


def test_a_database_without_time_is_at_fault(database: Database) -> None:
    with pytest.raises(DBAPIError) as found:
        find_no_time(database)
    assert is_databases(found.value)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT nothing FROM nowhere",
        "SELECT FROM FROM",
        "INSERT INTO channel_pace (channel_id) VALUES ('C1')",
    ],
)
def test_a_wrong_statement_is_at_fault_itself(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError) as found, database.writing() as connection:
        connection.execute(text(statement))
    assert not is_databases(found.value)


def test_other_errors_are_none_of_the_databases() -> None:
    assert not is_databases(KeyError("k"))
