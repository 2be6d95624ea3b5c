"""Runs an erasure in batches, each in a transaction of its own, and keeps the record of it.

The record says who erased when what kind of thing, and how much of it. It holds no text, and of an erased
person only that there was one: her id stands in it until she is erased, so that a restart goes on.
"""

from typing import Final

import structlog
from sqlalchemy import Connection

from bot.erasure.insight import erase_insight
from bot.erasure.person import erase_part
from bot.messages.erasure import person_is_erased
from bot.say import Say
from bot.services import Services
from bot.workspace.access import viewer
from storage import erasure, timers
from storage.bridges import Bridge
from storage.erasure import INSIGHT, PERSON
from storage.insights import Insight
from storage.timers import Timer

log = structlog.get_logger()

ERASING: Final = "erasing"  # of the timers table; its subject: the record's id


def erase_one(connection: Connection, say: Say, insight: Insight, bridge: Bridge, by: str | None) -> int:
    """Erase an insight at once; gives the record's id. `by`: None where it is whoever runs Frontline."""
    about = {"team_id": say.team_id, "bridge_id": bridge.id, "kind": INSIGHT, "by_user_id": by}
    erasure_id = erasure.begin(connection, {**about, "begun_at": say.now})
    counts = erase_insight(connection, say, insight, bridge)
    entry = erasure.by_id(connection, erasure_id)
    assert entry is not None
    erasure.count_more(connection, entry, counts)
    erasure.finish(connection, erasure_id, say.now)
    log.info("insight_erased", erasure=erasure_id, **counts)
    return erasure_id


def begin_person(connection: Connection, say: Say, user_id: str, by: str | None) -> int:
    """Let a person be erased, batch by batch, from now on; gives the record's id."""
    known = erasure.under_way(connection, say.team_id, kind=PERSON, target=user_id)
    if known is not None:
        return known.id
    about = {"team_id": say.team_id, "kind": PERSON, "by_user_id": by, "target": user_id}
    erasure_id = erasure.begin(connection, {**about, "begun_at": say.now})
    timers.set_timer(connection, say.team_id, ERASING, str(erasure_id), say.now)
    return erasure_id


def ring_erasing(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`: erase the next batch; while there is more it is set anew."""
    if not step(connection, say, int(timer.subject)):
        timers.set_timer(connection, say.team_id, ERASING, timer.subject, say.now)


def step(connection: Connection, say: Say, erasure_id: int) -> bool:
    """Erase a batch of a person. True: that was the last, or it had ended before."""
    entry = erasure.by_id(connection, erasure_id)
    if entry is None or entry.target is None:
        return True
    user_id = entry.target
    counts, is_done = erase_part(connection, say, user_id)
    total = erasure.count_more(connection, entry, counts)
    if is_done:
        erasure.finish(connection, entry.id, say.now)
        timers.cancel(connection, say.team_id, ERASING, str(entry.id))
        _tell(connection, say, erasure_id, entry.by_user_id if entry.by_user_id != user_id else None, total)
        log.info("person_erased", erasure=erasure_id, **total)
    return is_done


def _tell(connection: Connection, say: Say, erasure_id: int, by: str | None, counts: dict[str, int]) -> None:
    """Whoever let a person be erased hears that it is done: without her name."""
    if by is not None:
        _ = viewer(connection, say.team_id, by).texts
        say.direct(f"erased:{erasure_id}:{by}", by, person_is_erased(_, counts))
