"""Events in: stored before they are acknowledged (promise 1), worked on once (promise 2).

`accept` runs in the middleware and stores identifiers only. `work_one` is the single path for live, repeated
and caught-up events: it claims a row, reads what it needs from Slack, and then changes the domain and marks
the row done in one transaction, which stands only if the claim still does.

What is Slack's fault, the database's or nobody's yet (no answer, 429, lost access) uses up none of an event's
tries: it waits as long as it takes. Only what is wrong with the event itself parks it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.outbox import ClaimLost
from bot.say import Say
from bot.services import Services
from bot.slack import SlackBusy, SlackProblem, SlackRefused
from storage import inbox
from storage.faults import is_databases
from storage.inbox import InboxRow

log = structlog.get_logger()

LEASE: Final = timedelta(seconds=120)
MOST_ATTEMPTS: Final = 12
LONGEST_WAIT: Final = 900.0  # seconds between two tries


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
    except (NotYet, SlackProblem) as problem:
        if isinstance(problem, SlackRefused) and problem.is_final:
            _fail(services, row, token, problem.code, park=True)
            bound.warning("event_failed", code=problem.code, parked=True)
        else:
            asked = problem.retry_after if isinstance(problem, SlackBusy) else None
            _wait(services, row, token, problem.code, asked)
            bound.info("event_waits", code=problem.code)
    except Exception as problem:  # noqa: BLE001 - a process boundary: the event is kept, the worker goes on
        bound.exception("event_failed")
        name = type(problem).__name__
        if is_databases(problem):
            _wait(services, row, token, name)
        else:
            _fail(services, row, token, name, park=row.attempts + 1 >= MOST_ATTEMPTS)
    else:
        services.wake.outbox.set()
        metrics.event(row.kind, "done")
        bound.info("event_done")
    return True


def say_for(services: Services, connection: Connection, correlation_id: str) -> Say:
    """The voice in which a change speaks."""
    clock = services.clock
    return Say(connection, services.team_id, clock.now(), clock.real(), correlation_id)


def _wait(services: Services, row: InboxRow, token: str, why: str, seconds: float | None = None) -> None:
    """Come again later; the try counts for nothing. `seconds`: so long, where Slack asks for it."""
    real = services.clock.real()
    if seconds is None:  # as long again as it has waited: rarer and rarer, without counting tries
        seconds = min(LONGEST_WAIT, max(1.0, (real - row.received_at).total_seconds()))
    with services.db.writing() as connection:
        inbox.put_back(connection, row.id, token, due_at=real + timedelta(seconds=seconds), error=why)
    metrics.retry("inbox", why)


def _fail(services: Services, row: InboxRow, token: str, error: str, *, park: bool) -> None:
    """The event itself failed: count it, and come again later or not at all."""
    due_at = services.clock.real() + timedelta(seconds=min(LONGEST_WAIT, 2.0**row.attempts))
    with services.db.writing() as connection:
        inbox.count_failure(connection, row.id, token, due_at=due_at, error=error, park=park)
    if park:
        metrics.event(row.kind, "parked")
    else:
        metrics.retry("inbox", error)
