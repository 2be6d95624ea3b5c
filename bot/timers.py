"""Rings what is due once at an instant: reminders, closings, notices that wait for more (promise 3).

A timer is gone with the transaction that does what it rang for, so that it rings once over crashes and
replicas. Whether a late one still makes sense is the bell's to decide, by `timer.due_at` and the clock.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.inbox import say_for
from bot.say import Say
from bot.services import Services
from storage import timers
from storage.timers import Timer

log = structlog.get_logger()

# Does what the timer was set for, in the transaction in which the timer goes.
Bell = Callable[[Services, Connection, Say, Timer], None]


def ring_one(services: Services, bells: Mapping[str, Bell]) -> bool:
    """Ring the timer due longest. False: none is due.

    One that fails is put off and holds up no other.
    """
    clock, taken = services.clock, None
    try:
        with services.db.writing() as connection:
            taken = timers.take(connection, clock.now(), clock.real())
            if taken is None:
                return False
            say = say_for(services, connection, f"{taken.kind}-{taken.subject}")
            bells[taken.kind](services, connection, say, taken)
    except Exception as problem:
        if taken is None:
            raise
        wait = _backoff(taken.attempts)
        with services.db.writing() as connection:
            timers.put_off(connection, taken.id, clock.real() + wait)
        metrics.retry("timers", type(problem).__name__)
        log.exception("timer_failed", kind=taken.kind, subject=taken.subject, retry_in=wait.total_seconds())
        return True
    services.wake.outbox.set()
    log.info("timer_rang", kind=taken.kind, subject=taken.subject, due_at=taken.due_at)
    return True


def _backoff(attempts: int) -> timedelta:
    return timedelta(seconds=min(900, 2 ** min(attempts, 10)))
