"""Events in: stored before they are acknowledged (promise 1), worked on once (promise 2).

`accept` runs in the middleware and stores identifiers only. `work_one` is the single path for live, repeated
and caught-up events: it claims a row, reads what it needs from Slack, and then changes the domain and marks
the row done in one transaction, which stands only if the claim still does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.outbox import ClaimLost, Say
from bot.services import Services
from bot.slack import LOST_ACCESS, SlackBusy, SlackProblem, SlackRefused
from storage import inbox
from storage.inbox import InboxRow

log = structlog.get_logger()

LEASE: Final = timedelta(seconds=120)
MOST_ATTEMPTS: Final = 12


@dataclass(frozen=True)
class Incoming:
    """An event as it is stored: who did what where, and no text."""

    kind: str
    natural_key: str  # of the gesture, whatever the path or the event's id
    channel_id: str | None = None
    message_ts: str | None = None
    user_id: str | None = None
    item: str | None = None
    event_ts: str | None = None


class NotYet(Exception):
    """What the event is about is not known yet and will be soon: it is worked on later. `code`: a word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Apply = Callable[[Connection, Say], None]
# Reads from Slack what it needs (no transaction is open), and gives the change to be committed.
Worker = Callable[[Services, InboxRow], Apply]


def accept(
    services: Services, connection: Connection, incoming: Incoming, event_id: str | None = None
) -> bool:
    """Store an event. False: it, or its gesture, is known already."""
    real = services.clock.real()
    return inbox.add(
        connection,
        {
            "team_id": services.team_id,
            "kind": incoming.kind,
            "natural_key": incoming.natural_key,
            "event_id": event_id,
            "correlation_id": event_id or uuid4().hex,
            "channel_id": incoming.channel_id,
            "message_ts": incoming.message_ts,
            "user_id": incoming.user_id,
            "item": incoming.item,
            "event_ts": incoming.event_ts,
            "due_at": real,
            "received_at": real,
        },
    )


def work_one(services: Services, workers: Mapping[str, Worker]) -> bool:
    """Work on the oldest due event. False: there was none."""
    clock, token = services.clock, uuid4().hex
    with services.db.writing() as connection:
        row = inbox.claim(connection, clock.real(), clock.real() + LEASE, token)
    if row is None:
        return False
    bound = log.bind(correlation_id=row.correlation_id, event=row.id, kind=row.kind)
    try:
        apply = workers[row.kind](services, row)
        with services.db.writing() as connection:
            if not inbox.finish(connection, row.id, token, clock.now()):
                raise ClaimLost
            apply(connection, say_for(services, connection, row.correlation_id))
    except ClaimLost:
        bound.info("event_claim_lost")
        return True
    except SlackBusy as busy:
        _put_back(services, row, token, timedelta(seconds=busy.retry_after), busy.code)
    except NotYet as wait:
        _put_back(services, row, token, _backoff(row.attempts), wait.code)
    except SlackProblem as problem:
        final = isinstance(problem, SlackRefused) and problem.is_final
        _put_back(services, row, token, _backoff(row.attempts), problem.code, park=final)
        bound.warning("event_failed", code=problem.code, parked=final)
    except Exception as problem:  # noqa: BLE001 - a process boundary: the event is kept, the worker goes on
        _put_back(services, row, token, _backoff(row.attempts), type(problem).__name__)
        bound.exception("event_failed")
    else:
        services.wake.outbox.set()
        metrics.event(row.kind, "done")
        bound.info("event_done")
    return True


def say_for(services: Services, connection: Connection, correlation_id: str) -> Say:
    """The voice in which a change speaks."""
    clock = services.clock
    return Say(connection, services.team_id, clock.now(), clock.real(), correlation_id)


def _put_back(
    services: Services, row: InboxRow, token: str, wait: timedelta, error: str, *, park: bool = False
) -> None:
    # Lost access is mended by people, in their time, and a busy Slack is no fault of the event's: neither is
    # ever given up.
    too_many = row.attempts + 1 >= MOST_ATTEMPTS and error not in LOST_ACCESS | {"ratelimited"}
    with services.db.writing() as connection:
        inbox.put_back(
            connection, row.id, token, due_at=services.clock.real() + wait, error=error, park=park or too_many
        )
    if park or too_many:
        metrics.event(row.kind, "parked")
    else:
        metrics.retry("inbox", error)


def _backoff(attempts: int) -> timedelta:
    return timedelta(seconds=min(900, 2**attempts))
