"""Readiness: the database, Slack and the workers each say how they are."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot import health
from bot.health import DatabaseProbe, SlackProbe, database_part, readiness, socket_part, workers_part
from bot.scheduler import Step, Workers
from bot.slack import SlackBusy, SlackProblem, SlackRefused, SlackUnclear
from storage import inbox
from storage.database import Database, open_database
from storage.health import try_writing
from tests.support import MONDAY


def test_the_database_answers_or_not(database: Database) -> None:
    assert database_part(database).is_ok
    gone = open_database("sqlite:////nowhere/at/all.db")
    part = database_part(gone)
    assert (part.is_ok, part.says) == (False, "OperationalError")
    gone.close()


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """Meanwhile nothing can be written, as on a standby server or in a folder whose rights were changed."""
    begin = "PRAGMA query_only=ON" if database.is_sqlite else "SET default_transaction_read_only=on"
    end = "PRAGMA query_only=OFF" if database.is_sqlite else "SET default_transaction_read_only=off"
    statement = begin

    def set_mode(connection: object, *_: object) -> None:
        connection.execute(statement)  # type: ignore[attr-defined]
        if not database.is_sqlite:
            connection.commit()  # type: ignore[attr-defined]

    event.listen(database.engine, "checkout", set_mode)
    yield
    statement = end
    with database.reading():
        pass
    event.remove(database.engine, "checkout", set_mode)


def test_a_database_that_can_not_be_written_is_not_ready_until_it_can(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "FAILURE_STANDS", 0.0)
    probe = DatabaseProbe(database)
    assert not probe.step()
    with read_only(database):
        with pytest.raises(DBAPIError), database.writing() as connection:
            inbox.first_time(connection, "one", MONDAY)
        assert not probe.step()
        part = database_part(database)
        name = "SQLITE_READONLY" if database.is_sqlite else "ReadOnlySqlTransaction"
        assert (part.is_ok, part.says) == (False, f"answers, but failed with {name}")
    with database.writing() as connection:  # finding nothing to do succeeds on a full disk, too
        connection.execute(text("SELECT 1"))
    assert not database_part(database).is_ok
    assert probe.step()
    assert database_part(database).is_ok
    assert not probe.step()


def test_a_failure_stands_for_a_while(database: Database) -> None:
    with read_only(database), pytest.raises(DBAPIError), database.writing() as connection:
        inbox.first_time(connection, "one", MONDAY)
    assert not DatabaseProbe(database).step()
    assert not database_part(database).is_ok


def test_what_a_statement_is_to_blame_for_says_nothing_about_the_database(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(text("INSERT INTO gestures (key, at) VALUES ('one', NULL)"))
    with pytest.raises(DBAPIError), database.writing() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))
    assert database_part(database).is_ok


def test_a_lock_lost_in_competition_is_no_failure(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("writers wait their turn")
    with database.writing() as first, database.writing() as second:
        first.execute(text("LOCK TABLE gestures"))
        with pytest.raises(OperationalError):
            second.execute(text("LOCK TABLE gestures NOWAIT"))
    assert database_part(database).is_ok


def test_the_trial_is_stored_and_leaves_nothing(database: Database) -> None:
    def stored() -> object:
        what = (
            "PRAGMA data_version" if database.is_sqlite else "SELECT pg_snapshot_xmax(pg_current_snapshot())"
        )
        return other.execute(text(what)).scalar_one()

    with database.engine.connect() as other:
        before = stored()
        with database.writing() as connection:
            try_writing(connection)
        assert stored() != before
        assert other.execute(text("SELECT count(*) FROM troubles")).scalar_one() == 0


def test_workers_are_well_while_their_loops_move() -> None:
    idle = threading.Event()
    workers = Workers([Step("q", lambda: idle.is_set())])
    assert not workers_part(workers).is_ok
    workers.start()
    assert workers_part(workers).is_ok
    workers.stop()
    assert workers_part(workers).says == "not running"


def test_stuck_workers_are_named() -> None:
    begun, go = threading.Event(), threading.Event()

    def hang() -> bool:
        begun.set()
        return go.wait(5)

    workers = Workers([Step("outbox", hang, poll=0, patience=0.0001)])
    workers.start()
    assert begun.wait(5)
    deadline = monotonic() + 5
    while workers_part(workers).is_ok and monotonic() < deadline:
        pass
    assert workers_part(workers).says.startswith("stuck: outbox for ")
    go.set()
    workers.stop()


@dataclass
class Socket:
    is_connected: bool
    silent_for: float = 0.0


def test_the_socket_stands_or_not() -> None:
    assert socket_part(Socket(True)).is_ok
    assert not socket_part(Socket(False)).is_ok


def test_slack_is_asked_and_its_answer_kept() -> None:
    answers: deque[SlackProblem | None] = deque(
        [None, SlackRefused("token_revoked"), SlackUnclear("URLError"), SlackBusy(3)]
    )

    def ask() -> None:
        answer = answers.popleft()
        if answer is not None:
            raise answer

    probe = SlackProbe(ask, every=0)
    assert probe.part().says == "not asked yet"
    told = []
    while answers:
        assert probe.step()
        told.append((probe.part().is_ok, probe.part().says))
    assert told == [(True, "answers"), (False, "token_revoked"), (False, "URLError"), (True, "answers")]


def test_slack_is_asked_once_a_minute() -> None:
    asked = []
    probe = SlackProbe(lambda: asked.append(1))
    assert probe.step()
    assert not probe.step()
    assert len(asked) == 1


def test_readiness_is_all_parts() -> None:
    parts = readiness([lambda: socket_part(Socket(True)), lambda: socket_part(Socket(False))])
    assert [part.is_ok for part in parts] == [True, False]
