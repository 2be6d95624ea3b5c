"""What all tests share: both databases, a clock that stands, and a Frontline put together of them."""

import os
import shutil
import sqlite3
import zoneinfo
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import event

from bot.analysis import embedding
from storage import schema
from storage.database import Database, open_database
from tests import postgres
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
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema, to be copied: migrating anew would take most of each test's time."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    made = open_database(f"sqlite:///{path}")
    schema.upgrade(made)
    made.close()
    return path


@pytest.fixture(scope="session")
def postgres_emptied(postgres_server: str) -> Iterator[postgres.Emptied]:
    """The database that tests with the newest schema share, one after the other."""
    shared = postgres.Emptied(postgres_server)
    yield shared
    shared.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind: with the newest schema where the test opens `database`, else empty."""
    is_made = "database" in request.fixturenames
    if request.param == "sqlite" and is_made:
        template = request.getfixturevalue("sqlite_template")
        path = template.with_name("frontline.db")  # the same for all, one after the other
        for old in path.parent.glob(f"{path.name}*"):
            old.unlink()
        shutil.copyfile(template, path)
        yield f"sqlite:///{path}"
    elif request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'frontline.db'}"
    elif is_made:
        shared = request.getfixturevalue("postgres_emptied")
        yield shared.url
        shared.empty()
    else:
        server = request.getfixturevalue("postgres_server")
        name = f"t{os.getpid()}_{abs(hash(request.node.nodeid))}"
        yield postgres.create(server, name)
        postgres.drop(server, name)


def _need_not_last(connection: sqlite3.Connection, _: Any) -> None:
    """Tests survive no power cut; waiting for the disk at each commit would take most of their time."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def opened() -> Iterator[dict[str, Database]]:
    """The databases opened so far, by address: a new engine would compile all statements anew for each test,
    which would take a seventh of the suite's time.
    """
    known: dict[str, Database] = {}
    yield known
    for database in known.values():
        database.close()


@pytest.fixture
def database(database_url: str, opened: dict[str, Database]) -> Iterator[Database]:
    """A database with the newest schema, of which no connection may be left open, and nobody listen on."""
    shared = opened.pop(database_url, None)
    if shared is None:
        shared = open_database(database_url)
        if shared.is_sqlite:
            event.listen(shared.engine, "connect", _need_not_last)
    yield shared
    pools = {one.pool for one in (shared.engine, shared._autocommitting)}
    left_out = sum(pool.checkedout() for pool in pools)  # type: ignore[attr-defined]
    shared.close()
    assert left_out == 0, "a connection was left checked out"
    assert not shared.engine.dispatch.before_cursor_execute, "a listener was left on the engine"
    if shared.failure is not None:
        shared.get_over(shared.failure)
    opened[database_url] = shared


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
