"""Readiness: the database, Slack and the workers each say how they are."""

import threading
from collections import deque
from dataclasses import dataclass
from time import monotonic

from bot.health import SlackProbe, database_part, readiness, socket_part, workers_part
from bot.scheduler import Step, Workers
from bot.slack import SlackBusy, SlackProblem, SlackRefused, SlackUnclear
from storage.database import Database, open_database


def test_the_database_answers_or_not(database: Database) -> None:
    assert database_part(database).is_ok
    gone = open_database("sqlite:////nowhere/at/all.db")
    part = database_part(gone)
    assert (part.is_ok, part.says) == (False, "OperationalError")
    gone.close()


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
