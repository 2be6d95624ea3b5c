"""Posts out: written with the change that causes them, claimed by lease, sent once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Text,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from storage.rows import columns_for, fetch_all, fetch_one, insert_once, upsert
from storage.tables import channel_pace, outbox, quotes


@dataclass(frozen=True)
class OutboxRow:
    """Something to be said in Slack."""

    id: int
    bridge_id: int | None
    kind: str
    dedupe_key: str
    correlation_id: str
    channel_id: str | None
    user_id: str | None
    thread_ts: str | None
    parent_id: int | None
    target_ts: str | None
    payload: Any
    revision: int
    state: str
    attempts: int
    due_at: datetime
    in_doubt_at: datetime | None
    expires_at: datetime | None
    not_before_at: datetime | None
    message_ts: str | None
    error: str | None
    created_at: datetime


def add(connection: Connection, values: Mapping[str, Any], quoted: Iterable[int] = ()) -> int | None:
    """Write a post under its dedupe key. None: it was written before, and nothing changed."""
    if not insert_once(connection, outbox, values):
        return None
    row_id: int = connection.execute(
        select(outbox.c.id).where(outbox.c.dedupe_key == values["dedupe_key"])
    ).scalar_one()
    quote(connection, row_id, quoted)
    return row_id


def wish(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write what shall be true in Slack (an update, a reaction, a home tab): the newest wish stands."""
    if insert_once(connection, outbox, values):
        return
    connection.execute(
        update(outbox)
        .where(outbox.c.dedupe_key == values["dedupe_key"])
        .values(
            payload=values.get("payload"),
            correlation_id=values["correlation_id"],
            revision=outbox.c.revision + 1,
            state="pending",
            due_at=_due_then(values["due_at"]),
            attempts=0,
            error=None,
            created_at=case(
                (outbox.c.state == "pending", outbox.c.created_at),
                else_=literal(values["created_at"], outbox.c.created_at.type),
            ),
        )
    )


def _due_then(due_at: datetime) -> Any:
    """When a row is due whose wish was replaced by one that is due at `due_at`."""
    # A running claim keeps its lease: its row is due again when it ends. A wish that waits does not wait
    # longer for being replaced.
    keeps = outbox.c.claim.is_not(None) | ((outbox.c.state == "pending") & (outbox.c.due_at < due_at))
    return case((keeps, outbox.c.due_at), else_=literal(due_at, outbox.c.due_at.type))


def quote(connection: Connection, row_id: int, quoted: Iterable[int]) -> None:
    """Remember that a post shows the words of those insights."""
    for insight in sorted(set(quoted)):
        insert_once(connection, quotes, {"outbox_id": row_id, "insight_id": insight})


def claim(
    connection: Connection, real: datetime, now: datetime, lease_until: datetime, token: str
) -> OutboxRow | None:
    """Take the next row that may be sent, as it stood before; from here on its outcome is in doubt.

    It may be sent when it is due (`real`), its person works (`now`), it is the first of its lane, what its
    parent comes to is known, and its channel's pace allows it.
    """
    row = fetch_one(
        connection,
        columns_for(outbox, OutboxRow)
        .where(
            outbox.c.state == "pending",
            outbox.c.due_at <= real,
            *_is_its_turn(now),
            ~exists().where(
                channel_pace.c.channel_id == outbox.c.channel_id,
                channel_pace.c.free_at > real,
                outbox.c.kind == "post",
            ),
        )
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=outbox),
        OutboxRow,
    )
    if row is not None:
        connection.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(
                claim=token,
                due_at=lease_until,
                attempts=outbox.c.attempts + 1,
                # Slack stamps posts with real time; a clock that was put forward (`tick --at`) is too late.
                in_doubt_at=func.coalesce(outbox.c.in_doubt_at, min(now, real)),
            )
        )
    return row


def _is_its_turn(now: datetime) -> list[ColumnElement[bool]]:
    """It waits for nobody, is the first of its lane, and its parent has been posted or will not be."""
    earlier, parent = outbox.alias("earlier"), outbox.alias("parent")
    return [
        _waits_for_nobody(outbox, now),
        ~exists().where(
            earlier.c.lane == outbox.c.lane,
            earlier.c.state == "pending",
            earlier.c.id < outbox.c.id,
            _waits_for_nobody(earlier, now),
            # What has expired is at most looked up, and said no more: it is in nobody's way.
            or_(earlier.c.expires_at.is_(None), earlier.c.expires_at > now),
        ),
        ~exists().where(parent.c.id == outbox.c.parent_id, parent.c.state == "pending"),
    ]


def _waits_for_nobody(rows: FromClause, now: datetime) -> ColumnElement[bool]:
    """Those that don't wait for a person's working hours at `now`; the others hold up none of their lane."""
    return or_(rows.c.not_before_at.is_(None), rows.c.not_before_at <= now)


def look_again(connection: Connection, team_id: str, user_id: str, now: datetime) -> None:
    """What waits for the person's working hours waits no more; the sender sees whether it should."""
    connection.execute(
        update(outbox)
        .where(
            outbox.c.team_id == team_id,
            outbox.c.user_id == user_id,
            outbox.c.state == "pending",
            outbox.c.not_before_at > now,
        )
        .values(not_before_at=now)
    )


def next_waiting(connection: Connection, after: datetime) -> datetime | None:
    """When the next post goes that waits for somebody's working hours."""
    at: datetime | None = connection.scalar(
        select(func.min(outbox.c.not_before_at)).where(
            outbox.c.state == "pending", outbox.c.not_before_at > after
        )
    )
    return at


def hold(
    connection: Connection, row_id: int, token: str, real: datetime, now: datetime, lease_until: datetime
) -> bool:
    """Begin a claim's lease and doubt anew. False: it no longer stands, and another sender has the row."""
    result = connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id, outbox.c.claim == token, outbox.c.state == "pending")
        .values(due_at=lease_until, in_doubt_at=min(now, real), target_ts=None)
    )
    return result.rowcount == 1


def pace(connection: Connection, channel_id: str, free_at: datetime) -> None:
    """No further post to the channel before `free_at` (real time)."""
    upsert(connection, channel_pace, {"channel_id": channel_id, "free_at": free_at}, ["channel_id"])


def finish(
    connection: Connection,
    row: OutboxRow,
    token: str,
    *,
    state: str,
    real: datetime,
    values: Mapping[str, Any],
) -> bool:
    """End a claim as `sent`, `parked` or `dropped`. False: it no longer stands, or a newer wish came.

    A newer wish is due at once (`real`).
    """
    result = connection.execute(
        update(outbox)
        .where(outbox.c.id == row.id, outbox.c.claim == token, outbox.c.revision == row.revision)
        .values(state=state, claim=None, **values)
    )
    if result.rowcount == 1:
        return True
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row.id, outbox.c.claim == token)
        .values(claim=None, due_at=real, in_doubt_at=None)
    )
    return False


def put_back(connection: Connection, row_id: int, token: str, values: Mapping[str, Any]) -> None:
    """End a claim without an end of the row: it is tried again at `due_at`."""
    connection.execute(
        update(outbox).where(outbox.c.id == row_id, outbox.c.claim == token).values(claim=None, **values)
    )


def end_children(connection: Connection, parent_id: int, state: str, at: datetime) -> None:
    """What belongs to a post that will not come is parked or dropped with it."""
    family = _with_all_below(select(outbox.c.id).where(outbox.c.id == parent_id))
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(family), outbox.c.state == "pending")
        .values(state=state, error="parent_not_posted", finished_at=at)
    )


def _with_all_below(ids: Select[Any]) -> Select[Any]:
    """The ids of those rows and of all that belongs to them, to the last generation."""
    family = ids.cte(recursive=True)
    child = outbox.alias("child")
    family = family.union(select(child.c.id).where(child.c.parent_id == family.c.id))
    return select(family.c.id)


def by_id(connection: Connection, row_id: int) -> OutboxRow | None:
    return fetch_one(connection, columns_for(outbox, OutboxRow).where(outbox.c.id == row_id), OutboxRow)


def by_key(connection: Connection, dedupe_key: str) -> OutboxRow | None:
    return fetch_one(
        connection, columns_for(outbox, OutboxRow).where(outbox.c.dedupe_key == dedupe_key), OutboxRow
    )


def is_own_post(connection: Connection, channel_id: str, message_ts: str) -> bool:
    """Whether Frontline posted that message."""
    return bool(
        connection.scalar(
            select(exists().where(outbox.c.channel_id == channel_id, outbox.c.message_ts == message_ts))
        )
    )


def quoting(connection: Connection, insight_id: int) -> list[OutboxRow]:
    """The posts that show the insight's words."""
    return fetch_all(
        connection,
        columns_for(outbox, OutboxRow)
        .join(quotes, quotes.c.outbox_id == outbox.c.id)
        .where(quotes.c.insight_id == insight_id)
        .order_by(outbox.c.id),
        OutboxRow,
    )


def notices_of(connection: Connection, insight_id: int) -> list[OutboxRow]:
    """The posts that told people what became of the insight, or of one that it was part of."""
    key = outbox.c.dedupe_key
    return fetch_all(
        connection,
        columns_for(outbox, OutboxRow)
        .where(or_(key.like(f"notice:{insight_id}:%"), key.like(f"notice:%+00:00:{insight_id}:%")))
        .order_by(outbox.c.id),
        OutboxRow,
    )


def beginning(connection: Connection, team_id: str, *keys: str) -> list[OutboxRow]:
    """The rows whose keys begin so."""
    if not keys:
        return []
    found = or_(*(outbox.c.dedupe_key.startswith(key, autoescape=True) for key in keys))
    statement = columns_for(outbox, OutboxRow).where(outbox.c.team_id == team_id, found)
    return fetch_all(connection, statement.order_by(outbox.c.id), OutboxRow)


def holding(connection: Connection, team_id: str, words: str) -> list[OutboxRow]:
    """The rows whose payload, as long as it is kept, holds the words; they are ids of Slack's or ours."""
    text = cast(outbox.c.payload, Text)
    statement = columns_for(outbox, OutboxRow).where(
        outbox.c.team_id == team_id, text.contains(words, autoescape=True)
    )
    return fetch_all(connection, statement.order_by(outbox.c.id), OutboxRow)


def of_people_or_channels(
    connection: Connection, team_id: str, user_ids: Collection[str], channel_ids: Collection[str]
) -> list[OutboxRow]:
    """All that was or shall be said to these people alone, or in these conversations."""
    statement = columns_for(outbox, OutboxRow).where(
        outbox.c.team_id == team_id,
        or_(outbox.c.user_id.in_(sorted(user_ids)), outbox.c.channel_id.in_(sorted(channel_ids))),
    )
    return fetch_all(connection, statement.order_by(outbox.c.id), OutboxRow)


def is_claimed(connection: Connection, row_id: int) -> bool:
    """Whether somebody is sending it just now."""
    return bool(connection.scalar(select(exists().where(outbox.c.id == row_id, outbox.c.claim.is_not(None)))))


def end_if_unsaid(connection: Connection, row_id: int, now: datetime, real: datetime) -> None:
    """Let a post whose outcome is unknown be looked up once more, and never be said again."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id)
        .values(
            expires_at=now,
            state=case((outbox.c.state == "parked", "pending"), else_=outbox.c.state),
            due_at=case((outbox.c.state == "parked", real), else_=outbox.c.due_at),
            attempts=0,
        )
    )


def forget(connection: Connection, ids: Collection[int]) -> None:
    """Let rows be gone, keys included, with all that belongs below them."""
    left = set(ids)
    while left:
        below = set(connection.scalars(select(outbox.c.id).where(outbox.c.parent_id.in_(sorted(left)))))
        connection.execute(delete(quotes).where(quotes.c.outbox_id.in_(sorted(left))))
        connection.execute(delete(outbox).where(outbox.c.id.in_(sorted(left))))
        left = below


def forget_retracted(connection: Connection, row_id: int) -> None:
    """A post that was to be taken back never came to stand: it is gone, with the wish to take it back."""
    child = outbox.alias("child")
    wished = exists().where(child.c.parent_id == row_id, child.c.kind == "retract")
    if connection.scalar(select(wished)):
        forget(connection, [row_id])


def replace_payload(connection: Connection, row_id: int, payload: Any) -> None:
    connection.execute(update(outbox).where(outbox.c.id == row_id).values(payload=payload))


def clear_payloads(connection: Connection, before: datetime) -> int:
    """Forget what sent posts said, once it is older than `before`."""
    cleared = connection.execute(
        update(outbox)
        .where(
            outbox.c.state.in_(("sent", "dropped")),
            outbox.c.finished_at < before,
            outbox.c.payload.is_not(None),
        )
        .values(payload=None)
    )
    return cleared.rowcount


def release(connection: Connection, token: str, real: datetime) -> None:
    """Shorten the lease of what `token` holds: at a graceful stop. It stays in doubt."""
    connection.execute(
        update(outbox)
        .where(outbox.c.claim == token, outbox.c.state == "pending")
        .values(claim=None, due_at=real)
    )


def counts(connection: Connection) -> dict[str, int]:
    """Rows by state."""
    rows = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    return {row[0]: row[1] for row in rows}


def due_count(connection: Connection, now: datetime) -> int:
    """How many rows are to be sent; those that wait for a person's working hours are not yet."""
    return connection.execute(
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.state == "pending", _waits_for_nobody(outbox, now))
    ).scalar_one()


def waiting_count(connection: Connection, now: datetime) -> int:
    """How many rows wait for a person's working hours."""
    return connection.execute(
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.state == "pending", outbox.c.not_before_at > now)
    ).scalar_one()


def parked_count(connection: Connection) -> int:
    """How many rows were given up."""
    return connection.execute(
        select(func.count()).select_from(outbox).where(outbox.c.state == "parked")
    ).scalar_one()


def drop(connection: Connection, ids: Collection[int] | None, at: datetime) -> int:
    """Let parked posts go unsaid for good: those, or with None all; gives the number of rows.

    What belongs to them goes with them.
    """
    family = _with_all_below(select(_parked(ids).subquery().c.id))
    return _change_unsaid(connection, family, {"state": "dropped", "claim": None, "finished_at": at})


def unpark(connection: Connection, real: datetime, ids: Collection[int] | None = None) -> int:
    """Try anew what was given up (those, or with None all), with all attempts before it; gives how many.

    What they belong to goes with them, and all that belongs to it: none of it can be said without the other.
    """
    top, parent = _parked(ids).cte(recursive=True), outbox.alias("parent")
    top = top.union(
        select(parent.c.id, parent.c.parent_id).where(
            parent.c.id == top.c.parent_id, parent.c.state == "parked"
        )
    )
    values = {
        "state": "pending",
        "claim": None,
        "attempts": 0,
        "due_at": real,
        "error": None,
        "finished_at": None,
        "created_at": real,
    }
    return _change_unsaid(connection, _with_all_below(select(top.c.id)), values)


def _parked(ids: Collection[int] | None) -> Select[Any]:
    those = [] if ids is None else [outbox.c.id.in_(ids)]
    return select(outbox.c.id, outbox.c.parent_id).where(outbox.c.state == "parked", *those)


def _change_unsaid(connection: Connection, family: Select[Any], values: Mapping[str, Any]) -> int:
    """Change what waits or was given up of families whose first is parked; gives how many.

    None of it is being said: a claim on it is about to end it as its parent ended, and counts no more.
    """
    changed = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(family), outbox.c.state.in_(("parked", "pending")))
        .values(**values)
        .returning(outbox.c.id)  # SQLite counts no rows of a statement that begins with WITH
    )
    return len(changed.all())


def has_work(
    connection: Connection, real: datetime, now: datetime, *, held_until: datetime | None = None
) -> bool:
    """Whether a row is being sent, or could be at that instant but for its channel's pace.

    `held_until`: only of those that may be said after that instant and not before.
    """
    return bool(
        connection.scalar(
            select(
                exists().where(
                    outbox.c.state == "pending",
                    or_(outbox.c.claim.is_not(None), outbox.c.due_at <= real),
                    true() if held_until is None else outbox.c.not_before_at > held_until,
                    *_is_its_turn(now),
                )
            )
        )
    )


def oldest_pending(connection: Connection, now: datetime) -> datetime | None:
    """Since when the oldest row has been due, those left aside that wait for a person's working hours."""
    # A row that was tried anew may have been allowed to go long before.
    waited = outbox.c.not_before_at > outbox.c.created_at
    since = case((waited, outbox.c.not_before_at), else_=outbox.c.created_at)
    at: datetime | None = connection.scalar(
        select(func.min(since)).where(outbox.c.state == "pending", _waits_for_nobody(outbox, now))
    )
    return at


def parked(connection: Connection, limit: int = 50) -> list[OutboxRow]:
    return fetch_all(
        connection,
        columns_for(outbox, OutboxRow).where(outbox.c.state == "parked").order_by(outbox.c.id).limit(limit),
        OutboxRow,
    )
