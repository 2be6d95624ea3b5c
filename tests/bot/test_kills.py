"""A kill at every statement boundary, of all that happens by itself: each thing happens once.

The outbox has its own enumeration in test_outbox.py.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import Connection

from bot.inbox import LEASE, work_one
from bot.insights.capture import Capture, store_insight
from bot.recurrence import Recurrence
from bot.say import Say
from bot.schedules import run_one_due, save_schedule
from bot.services import Services
from bot.themes.placing import place_some
from bot.timers import ring_one
from bot.workers import WORKERS
from storage import timers
from storage.database import Database
from storage.schedules import Schedule
from storage.timers import Timer
from tests.kills import Killer, watched
from tests.stage import Stage, make_stage
from tests.support import ANNA, MARKETING, SALES, TEAM, say


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@dataclass(frozen=True)
class Case:
    """Something that falls due again and again: how it is made ready, done, and what is left of each time."""

    make_ready: Callable[[Stage, int], None]
    do: Callable[[Stage], bool]
    left: Callable[[Stage], list[str]]  # one word for each time it happened


def posts(stage: Stage) -> list[str]:
    # Where a killed INSERT was, PostgreSQL may put a later row: rows come in the order of their places.
    rows = sorted(stage.rows("outbox"), key=lambda row: int(row["id"]))
    return [str(row["payload"]["text"]) for row in rows if row["kind"] == "post"]


# --- timers ------------------------------------------------------------------------------------------------


def wind(stage: Stage, number: int) -> None:
    with stage.services.db.writing() as connection:
        timers.set_timer(connection, TEAM, "reminder", str(number), stage.clock.now())


def ring(stage: Stage) -> bool:
    def bell(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
        say.post(f"reminder:{timer.subject}", MARKETING, {"text": timer.subject})

    return ring_one(stage.services, {"reminder": bell})


# --- schedules ---------------------------------------------------------------------------------------------


def plan(stage: Stage, number: int) -> None:
    if number == 0:
        daily = Recurrence(rule="FREQ=DAILY", time=time(9), zone="UTC", start_on=date(2026, 3, 1))
        with stage.services.db.writing() as connection:
            now = stage.clock.now()
            save_schedule(connection, stage.bridge.id, "digest", daily, now, is_paused=False)
    stage.clock.pass_time(days=1)


def run(stage: Stage) -> bool:
    def job(
        services: Services, connection: Connection, say: Say, schedule: Schedule, due_at: datetime
    ) -> None:
        say.post(f"digest:{due_at:%d}", MARKETING, {"text": str((due_at.date() - date(2026, 3, 3)).days)})

    return run_one_due(stage.services, {"digest": job})


# --- events ------------------------------------------------------------------------------------------------


def flag(stage: Stage, number: int) -> None:
    ts = stage.slack.say(SALES, ANNA, str(number))
    stage.reaction(ANNA, ts)


def work(stage: Stage) -> bool:
    return work_one(stage.services, WORKERS)


def insights(stage: Stage) -> list[str]:
    """Each insight, if it has one supporter and one note to its reporter."""
    notes = [row for row in stage.rows("outbox") if row["kind"] == "note"]
    assert len(notes) == len(stage.all())
    return [insight.text for insight in stage.all() if insight.supporter_count == 1]


# --- themes ------------------------------------------------------------------------------------------------


def save(stage: Stage, number: int) -> None:
    if number == 0:
        save(stage, -1)  # the one that all others are like
        assert place_some(stage.services)
    words = Capture("command", "the invoice comes out blank", ANNA, stage.clock.now(), author_id=ANNA)
    with stage.services.db.writing() as connection:
        store_insight(connection, say(stage.services, connection), stage.bridge, words)


def themed(stage: Stage) -> list[str]:
    """Each insight but the first, if it is in the theme and its reporter was told once what it looks like."""
    first, *others = sorted(one.id for one in stage.all())
    members = {row["insight_id"]: row["theme_id"] for row in stage.rows("theme_members")}
    told = Counter(str(row["dedupe_key"]) for row in stage.rows("outbox"))
    return [
        str(number)
        for number, one in enumerate(others)
        if members.get(one) == members.get(first) and told[f"like:{one}"] == 1
    ]


CASES = {
    "timer": Case(wind, ring, posts),
    "schedule": Case(plan, run, posts),
    "event": Case(flag, work, insights),
    "theme": Case(save, lambda stage: place_some(stage.services), themed),
}


@pytest.mark.parametrize("name", CASES)
def test_a_kill_at_any_boundary_lets_it_happen_once(stage: Stage, name: str) -> None:
    case = CASES[name]
    # The first time differs from all that follow, which pass the same boundaries.
    case.make_ready(stage, 0)
    assert case.do(stage)
    case.make_ready(stage, 1)
    calm = Killer()
    with watched(stage, calm):
        assert case.do(stage)
    assert {"before COMMIT", "after COMMIT", "before INSERT"} <= set(calm.passed)
    # Before a query, all is as it was at the boundary before.
    points = [(at, point) for at, point in enumerate(calm.passed, start=1) if point != "before SELECT"]
    for number, (at, point) in enumerate(points, start=2):
        case.make_ready(stage, number)
        killer = Killer(at)
        with watched(stage, killer):
            case.do(stage)
        assert (len(killer.passed), killer.passed[-1]) == (at, point)
        stage.clock.pass_time(seconds=(LEASE + timedelta(seconds=1)).total_seconds())
        while case.do(stage):
            pass
        assert case.left(stage) == [str(one) for one in range(number + 1)], point
    missed = [row for row in stage.rows("runs") if row["outcome"] != "done"]
    assert not missed
