"""What is due once at an instant happens once, over replicas and failures (promise 3)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot.say import Say
from bot.services import Services
from bot.timers import Bell, ring_one
from storage import timers
from storage.database import Database
from storage.timers import Timer
from tests.stage import Stage, make_stage
from tests.support import MARKETING, TEAM


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


class Bells(dict[str, Bell]):
    """Bells that post what they rang for."""

    def __init__(self) -> None:
        self.fails = False
        super().__init__(reminder=self.ring)

    def ring(self, services: Services, connection: Connection, say: Say, timer: Timer) -> None:
        say.post(f"{timer.kind}:{timer.subject}:{timer.due_at:%H:%M}", MARKETING, {"text": timer.subject})
        if self.fails:
            raise ZeroDivisionError


def wind(stage: Stage, subject: str, minutes: int) -> None:
    with stage.services.db.writing() as connection:
        at = stage.clock.now() + timedelta(minutes=minutes)
        timers.set_timer(connection, TEAM, "reminder", subject, at, bridge_id=stage.bridge.id)


def rung(stage: Stage) -> list[str]:
    return [row["payload"]["text"] for row in stage.rows("outbox")]


def test_a_timer_rings_once_at_its_time(stage: Stage) -> None:
    bells = Bells()
    wind(stage, "a", 10)
    assert not ring_one(stage.services, bells)
    stage.clock.pass_time(minutes=10)
    assert ring_one(stage.services, bells)
    assert not ring_one(stage.services, bells)
    assert rung(stage) == ["a"]
    assert stage.rows("timers") == []


def test_one_that_is_set_again_moves(stage: Stage) -> None:
    wind(stage, "a", 10)
    wind(stage, "a", 30)
    stage.clock.pass_time(minutes=20)
    assert not ring_one(stage.services, Bells())
    stage.clock.pass_time(minutes=10)
    assert ring_one(stage.services, Bells())
    assert rung(stage) == ["a"]


def test_a_cancelled_one_never_rings(stage: Stage) -> None:
    wind(stage, "a", 10)
    with stage.services.db.writing() as connection:
        assert timers.cancel(connection, TEAM, "reminder", "a")
        assert not timers.cancel(connection, TEAM, "reminder", "a")
    stage.clock.pass_time(minutes=20)
    assert not ring_one(stage.services, Bells())


def test_a_failing_one_changes_nothing_holds_up_no_other_and_rings_later(stage: Stage) -> None:
    bells = Bells()
    wind(stage, "bad", 1)
    stage.clock.pass_time(minutes=1)
    bells.fails = True
    with capture_logs() as logs:
        assert ring_one(stage.services, bells)
    assert [one["event"] for one in logs] == ["timer_failed"]
    assert rung(stage) == []
    bells.fails = False
    wind(stage, "good", 0)
    assert ring_one(stage.services, bells)
    assert not ring_one(stage.services, bells)
    assert rung(stage) == ["good"]
    stage.clock.pass_time(seconds=2)
    assert ring_one(stage.services, bells)
    assert rung(stage) == ["good", "bad"]


def test_replicas_share_what_is_due(stage: Stage) -> None:
    for number in range(20):
        wind(stage, str(number), 1)
    stage.clock.pass_time(minutes=1)
    bells, start = Bells(), threading.Barrier(4)

    def replica(_: int) -> int:
        start.wait()
        count = 0
        while ring_one(stage.services, bells):
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(replica, range(4))) >= 20
    while ring_one(stage.services, bells):
        pass
    assert sorted(rung(stage), key=int) == [str(number) for number in range(20)]
