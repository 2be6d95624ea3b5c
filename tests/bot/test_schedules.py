"""What is due runs once, and what was missed is made up once and written down (promises 3 and 8)."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import Connection

from bot.bridges.following import follow_zones
from bot.recurrence import Recurrence
from bot.say import Say
from bot.schedules import Job, JobFailed, pause, resume, run_one_due, save_schedule
from bot.services import Services
from storage import schedules
from storage.database import Database
from storage.schedules import Schedule
from tests.stage import Stage, make_stage
from tests.support import MARKETING, make_bridge

DAILY = Recurrence(rule="FREQ=DAILY", time=time(9, 30), zone="Europe/Berlin", start_on=date(2026, 3, 1))
LATER = replace(DAILY, time=time(11))


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


class Jobs(dict[str, Job]):
    """Jobs that post what they were asked for."""

    def __init__(self, *failing: int) -> None:
        self.instants: list[datetime] = []
        self.failing = set(failing)
        super().__init__(digest=self.run)

    def run(
        self, services: Services, connection: Connection, say: Say, schedule: Schedule, due_at: datetime
    ) -> None:
        say.post(f"{schedule.id}:{due_at:%d %H:%M}", MARKETING, {"text": "digest"})
        if schedule.id in self.failing:
            raise ZeroDivisionError
        self.instants.append(due_at)


def plan(stage: Stage, recurrence: Recurrence = DAILY, bridge_id: int | None = None) -> Schedule:
    bridge_id = bridge_id or stage.bridge.id
    with stage.services.db.writing() as connection:
        save_schedule(connection, bridge_id, "digest", recurrence, stage.clock.now(), is_paused=False)
    return saved(stage, bridge_id)


def saved(stage: Stage, bridge_id: int | None = None) -> Schedule:
    with stage.services.db.reading() as connection:
        found = schedules.of_bridge(connection, bridge_id or stage.bridge.id, "digest")
    assert found is not None
    return found


def runs(stage: Stage, schedule: Schedule) -> list[tuple[str, str]]:
    with stage.services.db.reading() as connection:
        found = schedules.runs_of(connection, schedule.id, 100)
    return [(f"{run.due_at:%d %H:%M}", run.outcome) for run in reversed(found)]


def run_all(stage: Stage, jobs: Jobs) -> int:
    count = 0
    while run_one_due(stage.services, jobs):
        count += 1
    return count


def test_what_is_due_runs_once_at_its_hour(stage: Stage) -> None:
    schedule, jobs = plan(stage), Jobs()  # now it is Monday, 9:00 UTC, which is 10:00 in Berlin
    assert schedule.next_run_at == datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
    stage.clock.pass_time(hours=23, minutes=29)
    assert run_all(stage, jobs) == 0
    stage.clock.pass_time(minutes=1)
    assert run_all(stage, jobs) == 1
    assert run_all(stage, jobs) == 0
    assert runs(stage, schedule) == [("03 08:30", "done")]
    assert [row["dedupe_key"] for row in stage.rows("outbox")] == [f"{schedule.id}:03 08:30"]
    assert stage.services.wake.outbox.is_set()


def test_what_fell_due_meanwhile_is_made_up_once_and_the_rest_is_recorded(stage: Stage) -> None:
    schedule, jobs = plan(stage), Jobs()
    stage.clock.pass_time(days=4)
    assert run_all(stage, jobs) == 1
    assert runs(stage, schedule) == [
        ("03 08:30", "missed"),
        ("04 08:30", "missed"),
        ("05 08:30", "missed"),
        ("06 08:30", "done"),
    ]
    assert jobs.instants == [datetime(2026, 3, 6, 8, 30, tzinfo=UTC)]
    assert saved(stage).next_run_at == datetime(2026, 3, 7, 8, 30, tzinfo=UTC)


def test_the_hour_stays_over_a_clock_change(stage: Stage) -> None:
    plan(stage)
    jobs = Jobs()
    stage.clock.pass_time(days=29)
    run_all(stage, jobs)  # Tuesday, 31 March: summer time since the 29th
    assert jobs.instants == [datetime(2026, 3, 31, 7, 30, tzinfo=UTC)]


def test_a_job_that_fails_leaves_nothing_is_tried_again_and_holds_up_no_other(stage: Stage) -> None:
    first = plan(stage)
    other = make_bridge(stage.services, name="other", sales_channel_ids=())
    second = plan(stage, bridge_id=other.id)
    stage.clock.pass_time(days=1)
    jobs = Jobs(first.id)
    assert run_one_due(stage.services, jobs)
    with pytest.raises(JobFailed):
        run_one_due(stage.services, jobs)
    assert runs(stage, first) == []
    assert runs(stage, second) == [("03 08:30", "done")]
    assert [row["dedupe_key"] for row in stage.rows("outbox")] == [f"{second.id}:03 08:30"]
    jobs.failing.clear()
    assert run_all(stage, jobs) == 1
    assert runs(stage, first) == [("03 08:30", "done")]


def test_several_at_once_run_it_once(stage: Stage) -> None:
    schedule, jobs = plan(stage), Jobs()
    stage.clock.pass_time(days=2)
    together = threading.Barrier(4, timeout=20)

    def run() -> int:
        together.wait()
        return run_all(stage, jobs)

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(run) for _ in range(4)]
        assert sum(one.result() for one in running) == 1
    assert len(jobs.instants) == 1
    assert runs(stage, schedule)[-1][1] == "done"


def test_a_pause_lasts_until_it_is_ended_and_nothing_is_made_up(stage: Stage) -> None:
    schedule, jobs = plan(stage), Jobs()
    with stage.services.db.writing() as connection:
        pause(connection, schedule, stage.clock.now())
    stage.clock.pass_time(days=10)
    assert run_all(stage, jobs) == 0
    with stage.services.db.writing() as connection:
        assert schedules.next_due(connection) is None
        resume(connection, saved(stage), stage.clock.now())
    assert run_all(stage, jobs) == 0
    assert saved(stage).next_run_at == datetime(2026, 3, 13, 8, 30, tzinfo=UTC)


def test_a_change_of_the_hour_does_not_run_what_is_past(stage: Stage) -> None:
    plan(stage)
    stage.clock.pass_time(hours=20)
    plan(stage, Recurrence(rule="FREQ=DAILY", time=time(5), zone="Asia/Tokyo", start_on=date(2026, 3, 1)))
    assert run_all(stage, Jobs()) == 0
    assert saved(stage).next_run_at == datetime(2026, 3, 3, 20, 0, tzinfo=UTC)


# --- clocks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "hour"),
    [("Europe/London", 9), ("Europe/Istanbul", 6)],  # an hour later, two hours earlier, in UTC
)
def test_what_is_planned_follows_new_rules_of_its_time_zone(
    stage: Stage, rules_of: Callable[[str], None], rules: str, hour: int
) -> None:
    schedule, jobs = plan(stage), Jobs()
    stage.clock.pass_time(days=1)
    assert run_all(stage, jobs) == 1  # Tuesday, by the old rules
    assert follow_zones(stage.services) == 0
    rules_of(rules)
    assert follow_zones(stage.services) == 1
    assert follow_zones(stage.services) == 0
    assert saved(stage).next_run_at == datetime(2026, 3, 4, hour, 30, tzinfo=UTC)
    stage.clock.pass_time(days=1, hours=1)
    assert run_all(stage, jobs) == 1
    assert runs(stage, schedule) == [("03 08:30", "done"), (f"04 {hour:02}:30", "done")]


def test_what_the_new_rules_put_into_the_past_is_made_up(
    stage: Stage, rules_of: Callable[[str], None]
) -> None:
    schedule, jobs = plan(stage), Jobs()
    stage.clock.pass_time(hours=22)  # 7:00 in UTC: past 9:30 by the new rules, not yet by the old
    rules_of("Europe/Istanbul")
    assert run_all(stage, jobs) == 0
    assert follow_zones(stage.services) == 1
    assert run_all(stage, jobs) == 1
    assert runs(stage, schedule) == [("03 06:30", "done")]


def test_a_paused_one_follows_when_it_is_resumed(stage: Stage, rules_of: Callable[[str], None]) -> None:
    schedule = plan(stage)
    with stage.services.db.writing() as connection:
        pause(connection, schedule, stage.clock.now())
    rules_of("Europe/Istanbul")
    assert follow_zones(stage.services) == 0
    with stage.services.db.writing() as connection:
        resume(connection, saved(stage), stage.clock.now())
    assert saved(stage).next_run_at == datetime(2026, 3, 3, 6, 30, tzinfo=UTC)


def test_a_clock_that_jumps_forth_and_back_runs_nothing_twice(stage: Stage) -> None:
    schedule, jobs = plan(stage), Jobs()
    stage.clock.pass_time(days=3)
    assert run_all(stage, jobs) == 1
    stage.clock.pass_time(days=-3)  # it was wrong, and is put right
    assert run_all(stage, jobs) == 0
    for _ in range(3 * 24):
        stage.clock.pass_time(hours=1)
        assert run_all(stage, jobs) == 0
    assert runs(stage, schedule) == [("03 08:30", "missed"), ("04 08:30", "missed"), ("05 08:30", "done")]
    stage.clock.pass_time(days=1)
    assert run_all(stage, jobs) == 1
    assert runs(stage, schedule)[-1] == ("06 08:30", "done")


def test_a_process_asleep_for_a_weekend_makes_up_one_run(stage: Stage) -> None:
    schedule, jobs = plan(stage), Jobs()
    stage.clock.pass_time(days=4)
    run_all(stage, jobs)  # Friday
    stage.clock.pass_time(days=2, hours=23, minutes=50)  # until Monday, 9:50 in Berlin
    assert run_all(stage, jobs) == 1
    assert runs(stage, schedule)[3:] == [
        ("06 08:30", "done"),
        ("07 08:30", "missed"),
        ("08 08:30", "missed"),
        ("09 08:30", "done"),
    ]


def test_an_edit_in_the_moment_it_is_due_leaves_one_truth(stage: Stage) -> None:
    """The run that the edit overtakes is missed, and recorded so; the one that overtakes the edit is made."""
    schedule, jobs = plan(stage), Jobs()
    stage.clock.pass_time(hours=23, minutes=31)
    plan(stage, LATER)
    assert run_all(stage, jobs) == 0
    assert runs(stage, schedule) == [("03 08:30", "missed")]
    stage.clock.pass_time(hours=2)
    assert run_all(stage, jobs) == 1
    assert runs(stage, schedule) == [("03 08:30", "missed"), ("03 10:00", "done")]
    plan(stage)  # back to 9:30, after today's
    assert run_all(stage, jobs) == 0
    stage.clock.pass_time(days=1)
    assert run_all(stage, jobs) == 1
    assert runs(stage, schedule)[2:] == [("04 08:30", "done")]


def test_all_that_was_due_at_an_edit_or_a_pause_is_recorded_by_the_old_rule(stage: Stage) -> None:
    schedule, jobs = plan(stage), Jobs()
    stage.clock.pass_time(days=2)
    plan(stage, LATER)
    known = [("03 08:30", "missed"), ("04 08:30", "missed")]
    assert runs(stage, schedule) == known
    plan(stage, LATER)  # the same again has nothing more to record
    stage.clock.pass_time(days=1, hours=1)
    with stage.services.db.writing() as connection:
        pause(connection, saved(stage), stage.clock.now())
    stage.clock.pass_time(days=5)
    plan(stage)  # what fell into the pause was not due
    assert run_all(stage, jobs) == 0
    assert runs(stage, schedule) == [*known, ("04 10:00", "missed"), ("05 10:00", "missed")]


def test_an_edit_beside_a_run_that_is_under_way_is_not_lost(stage: Stage) -> None:
    schedule = plan(stage)
    stage.clock.pass_time(days=1)
    edits: list[Future[Schedule]] = []
    with ThreadPoolExecutor(1) as thread:

        def run(*_: object) -> None:
            edits.append(thread.submit(plan, stage, LATER))
            assert not wait(edits, timeout=0.3).done  # it waits for the run's transaction

        assert run_one_due(stage.services, {"digest": run})
        edits[0].result(timeout=20)
    assert saved(stage).next_run_at == datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
    assert runs(stage, schedule) == [("03 08:30", "done")]
