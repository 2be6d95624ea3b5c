"""Runs what is due, once, over all replicas (promises 3 and 8).

A due schedule is moved on and its posts are written in one transaction. Of several instants that fell due
while Frontline was down, the latest is made up and the earlier ones are recorded as missed. What is due when
its schedule is edited or paused, and has not run, is recorded as missed too: by the new rule it would cover
another time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.inbox import say_for
from bot.recurrence import Recurrence
from bot.say import Say
from bot.services import Services
from storage import schedules
from storage.schedules import Run, Schedule

log = structlog.get_logger()

# Less than between two runs, so that a run which was made is never planned again.
MOST_MOVED: Final = timedelta(hours=12)

# Compiles what is due at that instant and writes it into the outbox.
Job = Callable[[Services, Connection, Say, Schedule, datetime], None]


def recurrence_of(schedule: Schedule) -> Recurrence:
    """The schedule's rule, ready to be asked."""
    return Recurrence(
        rule=schedule.rule,
        time=time.fromisoformat(schedule.local_time),
        zone=schedule.time_zone,
        start_on=schedule.starts_on,
    )


class JobFailed(Exception):
    """A due schedule's job raised, and nothing of it was committed."""

    def __init__(self, schedule_id: int) -> None:
        super().__init__(f"schedule {schedule_id}")
        self.schedule_id = schedule_id


def run_one_due(services: Services, jobs: Mapping[str, Job]) -> bool:
    """Run the schedule that has been due longest. False: none is due.

    One that fails holds up no other: they come first, and only then is JobFailed raised.
    """
    failed: list[JobFailed] = []
    while True:
        try:
            if _run_one(services, jobs, [one.schedule_id for one in failed]):
                return True
        except JobFailed as problem:
            failed.append(problem)
            log.exception("schedule_failed", schedule=problem.schedule_id)
        else:
            if failed:
                raise failed[0]
            return False


def _run_one(services: Services, jobs: Mapping[str, Job], but: Sequence[int]) -> bool:
    now = services.clock.now()
    with services.db.writing() as connection:
        schedule = schedules.due(connection, now, but)
        if schedule is None or schedule.next_run_at is None:
            return False
        recurrence = recurrence_of(schedule)
        if not schedules.move_on(connection, schedule, recurrence.next_after(now)):
            return False
        *missed, latest = [schedule.next_run_at, *recurrence.between(schedule.next_run_at, now)]
        for instant in missed:
            schedules.record(connection, Run(schedule.id, instant, "missed", now))
        say = say_for(services, connection, f"{schedule.kind}-{schedule.id}-{latest:%Y%m%d%H%M}")
        try:
            jobs[schedule.kind](services, connection, say, schedule, latest)
        except Exception as problem:
            raise JobFailed(schedule.id) from problem
        schedules.record(connection, Run(schedule.id, latest, "done", now))
    services.wake.outbox.set()
    metrics.missed_runs(schedule.kind, len(missed))
    log.info("schedule_ran", schedule=schedule.id, kind=schedule.kind, due_at=latest, missed=len(missed))
    return True


def schedules_follow(connection: Connection, team_id: str) -> int:
    """Move each schedule's next run to where its time zone now puts it; gives how many were moved."""
    moved = 0
    for schedule in schedules.all_of_team(connection, team_id):
        planned = schedule.next_run_at
        if planned is None or schedule.is_paused:  # `resume` plans anew
            continue
        right = recurrence_of(schedule).next_after(planned - MOST_MOVED)
        if right is None or right == planned or right - planned > MOST_MOVED:
            continue
        if schedules.move_on(connection, schedule, right):
            moved += 1
            log.info("schedule_follows_its_zone", schedule=schedule.id, was_due_at=planned, due_at=right)
    return moved


def save_schedule(
    connection: Connection,
    bridge_id: int,
    kind: str,
    recurrence: Recurrence,
    now: datetime,
    *,
    is_paused: bool,
    after: datetime | None = None,
) -> None:
    """Create or change a bridge's schedule; its next run is the first after `now`, and what was due until
    then is given up.

    `after`: the next run is the first after that instant instead, and so stands for the one that was planned.
    """
    if after is None:
        _give_up(connection, bridge_id, kind, now)
    schedules.save(
        connection,
        bridge_id,
        kind,
        rule=recurrence.rule,
        local_time=recurrence.time.strftime("%H:%M"),
        time_zone=recurrence.zone,
        starts_on=recurrence.start_on,
        is_paused=is_paused,
        next_run_at=recurrence.next_after(now if after is None else after),
    )


def _give_up(connection: Connection, bridge_id: int, kind: str, now: datetime) -> None:
    """Record as missed what is due and has not run, so that it is not gone without a word."""
    schedule = schedules.hold(connection, bridge_id, kind)
    if schedule is None or schedule.is_paused or schedule.next_run_at is None or schedule.next_run_at > now:
        return
    missed = [schedule.next_run_at, *recurrence_of(schedule).between(schedule.next_run_at, now)]
    for instant in missed:
        schedules.record(connection, Run(schedule.id, instant, "missed", now))
    metrics.missed_runs(kind, len(missed))
    log.info("schedule_changed_while_due", schedule=schedule.id, kind=kind, missed=len(missed))


def pause(connection: Connection, schedule: Schedule, now: datetime) -> None:
    """Let no run happen until `resume`; what was due until now is given up."""
    _give_up(connection, schedule.bridge_id, schedule.kind, now)
    schedules.set_paused(connection, schedule.id, is_paused=True, next_run_at=schedule.next_run_at)


def resume(connection: Connection, schedule: Schedule, now: datetime) -> None:
    """Run again, from the first instant after `now` on."""
    following = recurrence_of(schedule).next_after(now)
    schedules.set_paused(connection, schedule.id, is_paused=False, next_run_at=following)
