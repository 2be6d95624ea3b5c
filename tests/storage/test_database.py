"""Connections: those that were lost are noticed and replaced, and busy ones cost no extra round trip."""

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from storage import database as module
from storage.database import Database, going_first, open_database
from storage.rows import lock


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[Database]:
    database = open_database(postgres_server)
    yield database
    database.close()


def lose_connection(database: Database) -> int:
    """End the only pooled connection from the server's side; gives its process number."""
    with database.reading() as connection:
        lost: int = connection.scalar(text("SELECT pg_backend_pid()"))
    other = open_database(database.engine.url.render_as_string(hide_password=False))
    with other.reading() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:lost, 5000)"), {"lost": lost})
    other.close()
    return lost


def test_a_connection_lost_while_idle_is_replaced(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = lose_connection(postgres)
    monkeypatch.setattr(module, "IDLE", 0.0)
    with postgres.reading() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != lost


def test_a_connection_just_used_is_not_tried_again(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE", 3600.0)
    with postgres.reading() as connection:
        connection.execute(text("SELECT 1"))

    def refuse(_: object) -> bool:
        raise AssertionError("a round trip too many")

    monkeypatch.setattr(postgres.engine.dialect, "do_ping", refuse)
    with postgres.reading() as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_neither_side_waits_for_the_other_for_ever(postgres: Database) -> None:
    for using in (postgres.reading, postgres.writing, postgres.storing):
        with using() as connection:
            assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "5min"
            driver = connection.connection.driver_connection
            assert driver is not None
            kept = driver.info.get_parameters()
        assert kept["tcp_user_timeout"] == "40000"
        names = ("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count")
        assert [kept[name] for name in names] == ["1", "20", "5", "4"]


def test_what_the_address_says_of_connections_holds(postgres_server: str) -> None:
    url = make_url(postgres_server).update_query_dict({"keepalives_idle": "7"})
    database = open_database(url.render_as_string(hide_password=False))
    with database.reading() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.info.get_parameters()["keepalives_idle"] == "7"
    database.close()


def test_the_locks_of_a_process_that_stands_still_come_free(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(module._SESSION, "idle_in_transaction_session_timeout", "'50ms'")
    frozen = open_database(postgres_server)
    monkeypatch.undo()
    alive = open_database(postgres_server)

    def stand_still() -> None:
        with frozen.writing() as connection:
            lock(connection, "one")
            with alive.writing() as other:
                other.execute(text("SET LOCAL lock_timeout = '5s'"))
                lock(other, "one")  # waits for it
            connection.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError, match=r"idle-in-transaction|closed"):
        stand_still()
    with frozen.writing() as connection:
        lock(connection, "one")
    for one in (frozen, alive):
        one.close()


# --- turns on SQLite ---------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a table."""
    made = open_database(f"sqlite:///{tmp_path / 'turns.db'}")
    with made.writing() as connection:
        connection.execute(text("CREATE TABLE turns (taken INTEGER)"))
    made.close()
    return tmp_path / "turns.db"


def test_a_process_that_writes_without_a_break_lets_others_have_their_turn(path: Path) -> None:
    greedy, patient = open_database(f"sqlite:///{path}"), open_database(f"sqlite:///{path}")
    enough, turns = threading.Event(), 0
    running = threading.Event()

    def write_on() -> None:
        nonlocal turns
        while not enough.is_set():
            with greedy.writing() as connection:
                connection.execute(text("INSERT INTO turns VALUES (:taken)"), [{"taken": 1}] * 3000)
                running.set()
            turns += 1

    writer = threading.Thread(target=write_on)
    writer.start()
    assert running.wait(10)
    before = turns
    for _ in range(50):
        with patient.storing() as connection:
            connection.execute(text("INSERT INTO turns VALUES (2)"))
    taken = turns - before
    enough.set()
    writer.join()
    for one in (greedy, patient):
        one.close()
    assert taken < 100, "polling, it waits for hundreds of the other's turns, most times"


def writers_wait(database: Database) -> None:
    """Until one that goes first waits for its turn."""
    assert database._writers is not None
    pause = threading.Event()
    for _ in range(1000):
        if database._writers._first:
            return
        pause.wait(0.01)
    raise AssertionError("nobody waits")


def test_what_slack_waits_for_goes_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GIVES_WAY", 60.0)  # longer than eleven threads take to begin
    database, order = open_database(f"sqlite:///{path}"), list[str]()
    ready = threading.Semaphore(0)

    def write(name: str) -> None:
        with going_first() if name == "answer" else nullcontext():
            ready.release()
            with database.writing():
                order.append(name)

    names = [f"work {number}" for number in range(10)] + ["answer"]
    writers = [threading.Thread(target=write, args=(name,)) for name in names]
    with database.writing():
        for one in writers:
            one.start()
            assert ready.acquire(timeout=10)
        writers_wait(database)
    for one in writers:
        one.join()
    database.close()
    assert order[0] == "answer"


def test_work_goes_on_though_answers_never_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GIVES_WAY", 0.01)
    database, is_over = open_database(f"sqlite:///{path}"), threading.Event()

    def answer() -> None:
        while not is_over.is_set():
            with database.storing():
                pass

    answering = [threading.Thread(target=answer) for _ in range(4)]

    def work() -> None:
        for _ in range(3):
            with database.writing():
                pass

    working = threading.Thread(target=work, daemon=True)
    for one in (*answering, working):
        one.start()
    working.join(timeout=30)
    goes_on = not working.is_alive()
    is_over.set()
    for one in answering:
        one.join()
    database.close()
    assert goes_on


def test_a_folder_where_no_queue_can_be_made_is_told_as_sqlite_tells_it(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'missing' / 'frontline.db'}")
    with pytest.raises(OperationalError, match="unable to open"), database.writing():
        pass
    database.close()


def test_no_turn_is_kept_by_what_failed(path: Path) -> None:
    one, other = open_database(f"sqlite:///{path}"), open_database(f"sqlite:///{path}")
    with pytest.raises(OperationalError), one.writing() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))
    for database in (other, one):
        with database.writing() as connection:
            connection.execute(text("INSERT INTO turns VALUES (1)"))
        database.close()
