"""When each person may be told something of Frontline's own accord, from what the directory knows."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot.quiet.hours import Times, is_zone, read_hours, suits_all
from storage import bridges, outbox, timers, workspace

NOTICE: Final = "notice"  # timers of what is told of insights
GATHERING: Final = timedelta(minutes=3)  # they wait for further changes, which are told together


def times_of(
    connection: Connection, team_id: str, user_ids: Collection[str], zone: str | None = None
) -> dict[str, Times]:
    """Each one's hours and Slack time zone; where that is not known, `zone`; without one nothing waits."""
    zones = {one.user_id: one.time_zone for one in workspace.people_among(connection, team_id, user_ids)}
    stored = workspace.working_hours(connection, team_id, user_ids)
    return {
        one: Times(read_hours(stored.get(one)), zones.get(one) if is_zone(zones.get(one)) else zone)
        for one in user_ids
    }


def moment_to_say(
    connection: Connection, team_id: str, user_id: str, at: datetime, bridge_id: int | None = None
) -> datetime:
    """The first moment from `at` on at which the person may be told.

    Where her time zone is not known, that of the bridge `bridge_id` stands in for it.
    """
    times = times_of(connection, team_id, [user_id])[user_id]
    if times.zone is None and bridge_id is not None:
        bridge = bridges.bridge(connection, bridge_id)
        times = replace(times, zone=bridge.time_zone if bridge else None)
    return times.next(at)


def moment_for_all(
    connection: Connection, team_id: str, user_ids: Sequence[str], at: datetime, bridge_id: int | None = None
) -> datetime:
    """When several people may be told in one thread, from `at` on, the first of them before all."""
    bridge = bridges.bridge(connection, bridge_id) if bridge_id is not None else None
    times = times_of(connection, team_id, user_ids, bridge.time_zone if bridge else None)
    return suits_all(times, user_ids[0], at)


def hours_changed(connection: Connection, team_id: str, user_id: str, now: datetime) -> None:
    """The person has other hours, or another time zone: what waits is looked at again.

    Whatever must wait all the same is put back by whoever looks. Notices of insights have their timers, which
    are set for several people, and wait for further changes first.
    """
    outbox.look_again(connection, team_id, user_id, now)
    timers.no_later_than(connection, team_id, NOTICE, now + GATHERING)
