"""The engine, its two dialects, and the only ways to open a transaction."""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

IDLE: Final = 1.0  # seconds unused, after which a connection to PostgreSQL is tried first
GIVES_WAY: Final = 0.25  # seconds that a writer lets others go first

# What SQLite fails with through no fault of the statement. BUSY comes after ten seconds, and because of
# another program only: Frontline's own writers wait in `Queue`.
_SQLITE_FAILS: Final = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    )
)
# The same of PostgreSQL, by SQLSTATE: connection, resources (a full disk), shutdown, I/O, corruption,
# read-only. Neither locks lost in competition (40001, 40P01, 55P03) nor what a statement is to blame for.
_POSTGRES_FAILS: Final = ("08", "53", "57P", "58", "XX", "25006")

# A host or a network that vanishes without a farewell: after 40 seconds neither side waits for the other any
# more, so that no thread hangs here, and no lock of a replica that is gone there.
_KEEPALIVE: Final = {
    "keepalives": 1,
    "keepalives_idle": 20,  # seconds
    "keepalives_interval": 5,  # seconds
    "keepalives_count": 4,
    "tcp_user_timeout": 40_000,  # milliseconds
}
# A transaction may take as long as it likes; who stands idle within one hangs or was frozen. Between two
# statements an import or erasure computes for seconds, an export writes a page; pg_dump has its own session.
_SESSION: Final = {
    "idle_in_transaction_session_timeout": "'5min'",
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
    "tcp_user_timeout": "'40s'",
}


class DatabaseProblem(Exception):
    """The database can't be used as configured; the message says what to do."""


@dataclass(frozen=True)
class Failure:
    """What the database failed with by itself, as its driver names it, and when (monotonic seconds)."""

    name: str
    at: float


class Database:
    """A database and its transactions.

    SQLite: write-ahead log with `synchronous=FULL`, so that a commit survives a power cut, and writers that
    wait in a queue of their own.
    """

    def __init__(self, engine: Engine, autocommitting: Engine | None = None) -> None:
        """`autocommitting`: where switching connections to autocommit and back costs, some that stay so."""
        self.engine = engine
        self._autocommitting = autocommitting or engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._writers = Queue(engine.url.database) if self.is_sqlite else None
        self._failure: Failure | None = None
        for one in {self.engine, self._autocommitting}:
            event.listen(one, "handle_error", self._note_failure)

    @property
    def failure(self) -> Failure | None:
        """The last failure of the database's own; None where it had none, or has got over it."""
        return self._failure

    def get_over(self, failure: Failure) -> None:
        """Since `failure` something was written: it is no more, unless there was another one meanwhile."""
        if self._failure is failure:
            self._failure = None

    def _note_failure(self, context: ExceptionContext) -> None:
        if _is_own_failure(context):
            problem = context.original_exception
            name = getattr(problem, "sqlite_errorname", type(problem).__name__)
            self._failure = Failure(name, time.monotonic())

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write: commits at the end, rolls back when anything is raised."""
        if self._writers is None:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writers, self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # leaving without a commit rolls back
            yield connection
            connection.commit()

    @contextmanager
    def storing(self) -> Iterator[Connection]:
        """A connection for one statement, which is a transaction of its own and durable when it returns.

        Saves what BEGIN and COMMIT cost, on PostgreSQL two round trips, where Slack waits for one row.
        """
        if self._writers is None:
            with self._autocommitting.connect() as connection:
                yield connection
            return
        with going_first(), self._writers, self.engine.connect() as connection:
            yield connection  # where none is begun, SQLite commits each statement

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for queries alone: one snapshot, never committed."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection
            connection.rollback()

    def close(self) -> None:
        """Close all connections."""
        if self._writers is not None:
            self._writers.close()
        self.engine.dispose()
        self._autocommitting.dispose()


_hurry = threading.local()


@contextmanager
def going_first() -> Iterator[None]:
    """What this thread writes within goes before what others of the process want to: Slack waits for it.

    Of consequence on SQLite alone, where writers take turns.
    """
    before, _hurry.is_on = _is_in_a_hurry(), True
    try:
        yield
    finally:
        _hurry.is_on = before


def _is_in_a_hurry() -> bool:
    return getattr(_hurry, "is_on", False)


class Queue:
    """Writers wait for their turn here, threads of this process and other processes on this machine alike.

    SQLite's own waiting is a poll with pauses of up to 100 ms: a process that writes without a break, as
    `tick` does, keeps another one from its turn for seconds. A lock of the operating system wakes who waits.

    Of the threads of this process those that are `going_first` go first, for GIVES_WAY at most.
    """

    def __init__(self, database: str | None) -> None:
        """`database`: path of the file; None where it is in memory, and nobody else's."""
        self._path = f"{database}-queue" if database else None
        self._file: int | None = None
        self._turn = threading.Condition()
        self._is_taken = False
        self._first = 0  # threads that wait and go first

    def __enter__(self) -> None:
        self._take_turn()
        try:
            if self._file is None and self._path is not None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX)
        except OSError:  # no folder, or not writable: SQLite says so in a moment
            pass

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._pass_turn()

    def close(self) -> None:
        """Give the file back."""
        self._take_turn()
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self._pass_turn()

    def _take_turn(self) -> None:
        with self._turn:
            if _is_in_a_hurry():
                self._first += 1
                self._turn.wait_for(lambda: not self._is_taken)
                self._first -= 1
            else:
                self._turn.wait_for(lambda: not self._is_taken and not self._first, GIVES_WAY)
                self._turn.wait_for(lambda: not self._is_taken)
            self._is_taken = True

    def _pass_turn(self) -> None:
        with self._turn:
            self._is_taken = False
            self._turn.notify_all()


def _is_own_failure(context: ExceptionContext) -> bool:
    """Whether an error is the database's own, and no statement's."""
    problem = context.original_exception
    if isinstance(problem, sqlite3.Error):
        code: int = getattr(problem, "sqlite_errorcode", 0)
        return code & 0xFF in _SQLITE_FAILS  # the bits above say more exactly why
    state: str | None = getattr(problem, "sqlstate", "")
    if state is None:  # the connection was lost, or none was made
        return isinstance(context.sqlalchemy_exception, OperationalError)
    return state.startswith(_POSTGRES_FAILS)


def open_database(url: str) -> Database:
    """Open `url` (`sqlite:///file` or `postgresql://…`). Raises DatabaseProblem for a URL it can't use."""
    try:
        parsed = make_url(url)
    except ArgumentError as problem:
        raise DatabaseProblem(
            "DATABASE_URL is not a database address; write sqlite:///frontline.db "
            "or postgresql://user:password@host/name"
        ) from problem
    if parsed.get_backend_name() == "sqlite":
        return Database(_sqlite_engine(parsed))
    if parsed.get_backend_name() == "postgresql":
        return Database(_postgres_engine(parsed), _postgres_engine(parsed, isolation_level="AUTOCOMMIT"))
    raise DatabaseProblem(
        f"DATABASE_URL names '{parsed.get_backend_name()}'; Frontline knows sqlite and postgresql"
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 10})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, IMMEDIATE where they may write
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _postgres_engine(url: URL, **more: Any) -> Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError as problem:
        raise DatabaseProblem(
            "PostgreSQL needs the extra 'postgres' (psycopg); install with: pip install 'psycopg[binary]'"
        ) from problem
    wanted = {"connect_timeout": 5, **_KEEPALIVE}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_size=10,
        max_overflow=20,
        connect_args={name: value for name, value in wanted.items() if name not in url.query},
        **more,
    )
    _set_up_sessions(engine)
    _try_idle_connections(engine)
    return engine


def _set_up_sessions(engine: Engine) -> None:
    """Tell the server what holds for each connection.

    Not in the connection's `options`: poolers such as PgBouncer refuse what they don't know there.
    """
    statements = "; ".join(f"SET {name} = {value}" for name, value in _SESSION.items())

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        connection.execute(statements)
        connection.commit()


def _try_idle_connections(engine: Engine) -> None:
    """Replace a connection that was lost while nobody used it.

    SQLAlchemy's own `pool_pre_ping` asks before each use: a round trip more for every event while many come.
    """

    @event.listens_for(engine, "checkin")
    def left(_: Any, record: ConnectionPoolEntry) -> None:
        record.info["left_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, record: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
        now = time.monotonic()
        if now - record.info.get("left_at", now) < IDLE:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as problem:
            raise DisconnectionError from problem  # the pool makes a new one
