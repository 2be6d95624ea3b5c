"""A backup of the whole database in one file, made while Frontline runs."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from bot.errors import OperatorError
from storage.database import Database

PG_DUMP: Final = "pg_dump"


def backup(database: Database, target: Path) -> int:
    """Write a consistent backup to `target`, readable by its owner alone; gives its size in bytes.

    SQLite: a database file, checked after it was written. PostgreSQL: an archive for `pg_restore`.
    Raises OperatorError where `target` exists or the backup can't be made; then nothing is left behind.
    """
    with _unfinished(target) as partial:
        if database.is_sqlite:
            _copy_sqlite(database, partial)
        else:
            _dump_postgres(database.engine.url, partial)
        _sync(partial)
    return target.stat().st_size


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A file beside `target` that takes its name only when all went well."""
    partial = target.with_name(f"{target.name}.partial-{os.getpid()}")
    try:
        # Reserves the name, so that two backups can't both believe that it is free.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise OperatorError(f"{target} exists; a backup is never written over. Name another file.") from None
    except OSError as problem:
        raise OperatorError(f"{target} can't be written: {problem.strerror}.") from None
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        yield partial
        partial.replace(target)
    except BaseException as problem:
        target.unlink(missing_ok=True)
        partial.unlink(missing_ok=True)
        if isinstance(problem, OSError):
            raise OperatorError(f"{target} can't be written: {problem.strerror}.") from None
        raise


def _copy_sqlite(database: Database, partial: Path) -> None:
    path = database.engine.url.database
    if not path or not Path(path).exists():
        raise OperatorError(f"There is no database at {path or 'memory'} yet; nothing to back up.")
    try:
        with closing(database.engine.raw_connection()) as raw, closing(sqlite3.connect(partial)) as copy:
            source = raw.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(copy)  # all pages in one read: the state of one instant, whoever writes meanwhile
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a write-ahead log beside it
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as problem:
        raise OperatorError(f"The backup failed: {problem}.") from None
    if verdict != "ok":
        raise OperatorError(
            f"The database is damaged ({verdict}); no backup was written. Restore the last good one."
        )


def _dump_postgres(url: URL, partial: Path) -> None:
    program = shutil.which(PG_DUMP)
    # `URL.set` can't take a password away.
    query = {name: value for name, value in url.query.items() if name != "password"}
    open_url = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    address = open_url.render_as_string()
    if program is None:
        raise OperatorError(
            "A backup of PostgreSQL needs pg_dump, which is not on the PATH. Install PostgreSQL's client "
            f"programs, or run where they are: pg_dump --format=custom --file=frontline.dump '{address}'"
        )
    environment = dict(os.environ)
    password = url.password or url.query.get("password")
    if password is not None:
        environment["PGPASSWORD"] = str(password)  # arguments can be read by every user of the machine
    command = [program, "--format=custom", "--no-password", f"--file={partial}", f"--dbname={address}"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        said = (ended.stderr.strip().splitlines() or ["no reason given"])[0]
        if "version mismatch" in ended.stderr:
            said += "; install the client programs of the server's version"
        raise OperatorError(f"pg_dump failed: {said}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
