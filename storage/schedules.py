"""What is due when: the only truth about schedules, and what became of each due instant."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select, update

from storage.rows import columns_for, fetch_all, fetch_one, insert_once, upsert
from storage.tables import bridges, runs, schedules


@dataclass(frozen=True)
class Schedule:
    """A recurrence of a bridge: an RFC 5545 rule on local wall-clock time."""

    id: int
    bridge_id: int
    kind: str
    rule: str
    local_time: str  # HH:MM
    time_zone: str
    starts_on: date
    is_paused: bool
    next_run_at: datetime | None


@dataclass(frozen=True)
class Run:
    """What became of a due instant."""

    schedule_id: int
    due_at: datetime
    outcome: str  # done · missed
    ran_at: datetime


def of_bridge(connection: Connection, bridge_id: int, kind: str) -> Schedule | None:
    return fetch_one(
        connection,
        columns_for(schedules, Schedule).where(schedules.c.bridge_id == bridge_id, schedules.c.kind == kind),
        Schedule,
    )


def hold(connection: Connection, bridge_id: int, kind: str) -> Schedule | None:
    """As `of_bridge`, held until the transaction ends; a run that is under way elsewhere is awaited."""
    return fetch_one(
        connection,
        columns_for(schedules, Schedule)
        .where(schedules.c.bridge_id == bridge_id, schedules.c.kind == kind)
        .with_for_update(),
        Schedule,
    )


def all_of_team(connection: Connection, team_id: str) -> list[Schedule]:
    return fetch_all(
        connection,
        columns_for(schedules, Schedule)
        .join(bridges, bridges.c.id == schedules.c.bridge_id)
        .where(bridges.c.team_id == team_id)
        .order_by(schedules.c.id),
        Schedule,
    )


def save(
    connection: Connection,
    bridge_id: int,
    kind: str,
    *,
    rule: str,
    local_time: str,
    time_zone: str,
    starts_on: date,
    is_paused: bool,
    next_run_at: datetime | None,
) -> None:
    """Create the bridge's schedule of that kind, or change it."""
    values = {
        "bridge_id": bridge_id,
        "kind": kind,
        "rule": rule,
        "local_time": local_time,
        "time_zone": time_zone,
        "starts_on": starts_on,
        "is_paused": is_paused,
        "next_run_at": next_run_at,
    }
    upsert(connection, schedules, values, ["bridge_id", "kind"])


def set_paused(
    connection: Connection, schedule_id: int, *, is_paused: bool, next_run_at: datetime | None
) -> None:
    connection.execute(
        update(schedules)
        .where(schedules.c.id == schedule_id)
        .values(is_paused=is_paused, next_run_at=next_run_at)
    )


def due(connection: Connection, now: datetime, but: Collection[int] = ()) -> Schedule | None:
    """The schedule due longest, `but` for some, held against other replicas; None if none is."""
    return fetch_one(
        connection,
        columns_for(schedules, Schedule)
        .where(schedules.c.next_run_at <= now, ~schedules.c.is_paused, schedules.c.id.not_in(but))
        .order_by(schedules.c.next_run_at, schedules.c.id)
        .limit(1)
        .with_for_update(skip_locked=True),
        Schedule,
    )


def move_on(connection: Connection, schedule: Schedule, next_run_at: datetime | None) -> bool:
    """Take the due run: True for the one caller that moves the schedule on."""
    result = connection.execute(
        update(schedules)
        .where(schedules.c.id == schedule.id, schedules.c.next_run_at == schedule.next_run_at)
        .values(next_run_at=next_run_at)
    )
    return result.rowcount == 1


def record(connection: Connection, run: Run) -> None:
    """Write down what became of a due instant; a second word on it changes nothing."""
    insert_once(
        connection,
        runs,
        {
            "schedule_id": run.schedule_id,
            "due_at": run.due_at,
            "outcome": run.outcome,
            "ran_at": run.ran_at,
        },
    )


def runs_of(connection: Connection, schedule_id: int, limit: int = 10) -> list[Run]:
    """The latest runs, newest first."""
    return fetch_all(
        connection,
        columns_for(runs, Run)
        .where(runs.c.schedule_id == schedule_id)
        .order_by(runs.c.due_at.desc())
        .limit(limit),
        Run,
    )


def runs_before(connection: Connection, schedule_id: int, due_at: datetime, limit: int) -> list[Run]:
    """The runs that were due before that instant, newest first."""
    return fetch_all(
        connection,
        columns_for(runs, Run)
        .where(runs.c.schedule_id == schedule_id, runs.c.due_at < due_at)
        .order_by(runs.c.due_at.desc())
        .limit(limit),
        Run,
    )


def runs_since(
    connection: Connection, bridge_ids: Collection[int], since: datetime
) -> list[tuple[str, int, datetime]]:
    """For each outcome of what was due to these bridges: how often, and the last due instant."""
    rows = connection.execute(
        select(runs.c.outcome, func.count(), func.max(runs.c.due_at))
        .join(schedules, schedules.c.id == runs.c.schedule_id)
        .where(schedules.c.bridge_id.in_(bridge_ids), runs.c.due_at >= since)
        .group_by(runs.c.outcome)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def next_due(connection: Connection) -> datetime | None:
    """The earliest instant at which something is due."""
    at: datetime | None = connection.scalar(
        select(schedules.c.next_run_at)
        .where(schedules.c.next_run_at.is_not(None), ~schedules.c.is_paused)
        .order_by(schedules.c.next_run_at)
        .limit(1)
    )
    return at


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Whether one should run now."""
    due_at = next_due(connection)
    return due_at is not None and due_at <= now
