"""What is left to be compared with Slack: jobs that survive a restart and are shared between replicas."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, exists, func, select, update

from storage.rows import columns_for, fetch_one, insert_once, lock, upsert
from storage.tables import catchup_jobs, channel_pace

_PACE = "catch-up"  # where a channel's id stands otherwise


@dataclass(frozen=True)
class CatchupJob:
    """One list, channel or thread to be read page by page."""

    id: int
    kind: str  # insights · history · thread
    channel_id: str
    thread_ts: str
    oldest_ts: str
    cursor: str | None
    begun_at: datetime


def ask_for(connection: Connection, team_id: str, values: dict[str, Any]) -> bool:
    """Want something read. One that is under way is read once more after it, and belongs to the earlier
    of the rounds; True: a new job.
    """
    key = {name: values.get(name, "") for name in ("kind", "channel_id", "thread_ts")}
    if insert_once(connection, catchup_jobs, {"team_id": team_id, **values}):
        return True
    connection.execute(
        update(catchup_jobs)
        .where(
            catchup_jobs.c.team_id == team_id,
            catchup_jobs.c.kind == key["kind"],
            catchup_jobs.c.channel_id == key["channel_id"],
            catchup_jobs.c.thread_ts == key["thread_ts"],
        )
        .values(
            again=True,
            begun_at=case(
                (catchup_jobs.c.begun_at > values["begun_at"], values["begun_at"]),
                else_=catchup_jobs.c.begun_at,
            ),
        )
    )
    return False


def hold(connection: Connection) -> None:
    """Let no other replica take, finish or forget a job until the transaction ends."""
    lock(connection, "catch-up")


def claim(
    connection: Connection, real: datetime, lease_until: datetime, token: str, *, in_pace: bool
) -> CatchupJob | None:
    """Take the job that has waited longest, for the length of a lease. None where one is being read.

    `in_pace`: None before the instant that `pace` named, too.
    """
    hold(connection)  # or two replicas would both find nothing claimed
    if _is_any_claimed(connection, real) or (in_pace and not _is_free(connection, real)):
        return None
    job = fetch_one(
        connection,
        columns_for(catchup_jobs, CatchupJob)
        .where(catchup_jobs.c.due_at <= real)
        .order_by(catchup_jobs.c.due_at, catchup_jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True),
        CatchupJob,
    )
    if job is not None:
        connection.execute(
            update(catchup_jobs).where(catchup_jobs.c.id == job.id).values(claim=token, due_at=lease_until)
        )
    return job


def _is_any_claimed(connection: Connection, real: datetime) -> bool:
    claimed = catchup_jobs.c.claim.is_not(None) & (catchup_jobs.c.due_at > real)
    return bool(connection.scalar(select(exists().where(claimed))))


def _is_free(connection: Connection, real: datetime) -> bool:
    query = select(channel_pace.c.free_at).where(channel_pace.c.channel_id == _PACE)
    free_at: datetime | None = connection.scalar(query)
    return free_at is None or free_at <= real


def pace(connection: Connection, free_at: datetime) -> None:
    """No further call of any replica before `free_at` (real time)."""
    upsert(connection, channel_pace, {"channel_id": _PACE, "free_at": free_at}, ["channel_id"])


def go_on(connection: Connection, job_id: int, token: str, cursor: str | None, due_at: datetime) -> bool:
    """A page is read; the next one, or with no cursor the first, is due at `due_at`.

    False: the claim no longer stands.
    """
    result = connection.execute(
        update(catchup_jobs)
        .where(catchup_jobs.c.id == job_id, catchup_jobs.c.claim == token)
        .values(cursor=cursor, due_at=due_at, claim=None)
    )
    return result.rowcount == 1


def put_back(connection: Connection, job_id: int, token: str, due_at: datetime) -> None:
    connection.execute(
        update(catchup_jobs)
        .where(catchup_jobs.c.id == job_id, catchup_jobs.c.claim == token)
        .values(due_at=due_at, claim=None)
    )


def finish(connection: Connection, job: CatchupJob, token: str, real: datetime) -> bool:
    """The last page is read: the job is gone, or begins anew where it was asked for meanwhile."""
    mine = (catchup_jobs.c.id == job.id) & (catchup_jobs.c.claim == token)
    anew = connection.execute(
        update(catchup_jobs)
        .where(mine, catchup_jobs.c.again)
        .values(again=False, cursor=None, claim=None, due_at=real, begun_at=real)
    )
    if anew.rowcount == 1:
        return True
    return connection.execute(delete(catchup_jobs).where(mine)).rowcount == 1


def forget(connection: Connection, team_id: str) -> None:
    """Whatever is left, and what is being read just now: a new round asks for all of it."""
    hold(connection)
    connection.execute(delete(catchup_jobs).where(catchup_jobs.c.team_id == team_id))


def is_any_left(connection: Connection, team_id: str, asked_at: datetime) -> bool:
    """Whether a job is left of the round that began then; what was asked for later is none of it."""
    of_round = (catchup_jobs.c.team_id == team_id) & (catchup_jobs.c.begun_at <= asked_at)
    return bool(connection.scalar(select(exists().where(of_round))))


def left(connection: Connection, team_id: str) -> int:
    """How many jobs are left."""
    return connection.execute(
        select(func.count()).select_from(catchup_jobs).where(catchup_jobs.c.team_id == team_id)
    ).scalar_one()
