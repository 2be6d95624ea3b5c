"""When Frontline listened to Slack, and the gaps in which nobody did.

All in real time: a gap is one of processes and networks, whatever a demo's clock says.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from storage import catchup, health
from storage.health import Gap

NOTICED: Final = timedelta(minutes=2)  # a quick restart is no gap
WORTH_TELLING: Final = timedelta(minutes=10)  # shorter ones only where something was missed
KEPT: Final = timedelta(days=90)

# Under what the events that catching up finds are counted.
_COUNTED: Final = {
    "reaction_added": "flags",
    "reaction_removed": "flags",
    "message_changed": "changes",
    "message_deleted": "changes",
    "thread_reply": "replies",
}


def note_presence(connection: Connection, team_id: str, real: datetime, *, is_listening: bool) -> bool:
    """Note whether this replica listens to Slack, and a gap where none did. True: a gap ends with it."""
    health.hold(connection, team_id)
    heard_at = health.presence_of(connection, team_id).listening_at
    if heard_at is not None and real - heard_at > NOTICED:
        unfinished = health.unfinished_gaps(connection, team_id)
        if all(one.ended_at is not None for one in unfinished):
            health.add_gap(connection, team_id, heard_at, forget_before=real - KEPT)
    if not is_listening:
        return False
    health.save_presence(connection, team_id, listening_at=real)
    return health.end_gaps(connection, team_id, real)


def does_anyone_listen(connection: Connection, team_id: str, real: datetime) -> bool:
    """Whether a process of Frontline runs that hears Slack."""
    heard_at = health.presence_of(connection, team_id).listening_at
    return heard_at is not None and real - heard_at <= NOTICED


def note_found(connection: Connection, team_id: str, kinds: Iterable[str]) -> None:
    """Catching up found events of these kinds."""
    found = Counter(_COUNTED[kind] for kind in kinds if kind in _COUNTED)
    if found:
        health.count_found(connection, team_id, found)


def begin_round(connection: Connection, team_id: str, real: datetime) -> bool:
    """Begin to compare all anew. False: a round is under way, and comes to its end first."""
    health.hold(connection, team_id)
    if is_comparing(connection, team_id):
        return False
    catchup.forget(connection, team_id)
    health.save_presence(connection, team_id, asked_at=real)
    return True


def is_comparing(connection: Connection, team_id: str) -> bool:
    """Whether anything is left of the round that began last."""
    asked_at = health.presence_of(connection, team_id).asked_at
    return asked_at is not None and catchup.is_any_left(connection, team_id, asked_at)


def has_ended(connection: Connection, team_id: str) -> bool:
    """Whether a round has ended, and nobody has noted it yet."""
    known = health.presence_of(connection, team_id)
    if known.asked_at is None or (known.caught_up_at is not None and known.caught_up_at >= known.asked_at):
        return False
    return not catchup.is_any_left(connection, team_id, known.asked_at)


def finish_catching_up(connection: Connection, team_id: str, real: datetime) -> list[Gap]:
    """Where nothing is left of a round, note it; gives the gaps that are caught up with it."""
    asked_at = health.presence_of(connection, team_id).asked_at
    if asked_at is None or not has_ended(connection, team_id):
        return []
    health.save_presence(connection, team_id, caught_up_at=max(real, asked_at))
    # One that ended after the comparison had begun waits for the next.
    done = [
        one
        for one in health.unfinished_gaps(connection, team_id)
        if one.ended_at is not None and one.ended_at <= asked_at
    ]
    health.finish_gaps(connection, [one.id for one in done], real)
    return done


def is_notable(gap: Gap) -> bool:
    """Whether anybody should hear of it: it was long, or something was missed in it."""
    if gap.flags or gap.changes or gap.replies:
        return True
    return gap.ended_at is None or gap.ended_at - gap.began_at >= WORTH_TELLING
