"""What a meeting or a digest should know of activities: those under way, about to begin, or just ended."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from bot.activities.figures import Figures, figures_of
from bot.activities.kinds import Status
from storage import activities
from storage.bridges import Bridge

SOON: Final = timedelta(days=30)
MOST: Final = 10


def under_way(connection: Connection, bridge: Bridge, since: date, today: date) -> list[Figures]:
    """The bridge's activities that run, should run within a month, or have ended since then."""
    statuses = activities.with_status([Status.RUNNING, Status.PLANNED, Status.FINISHED])
    touching = activities.touching(since, today + SOON)
    found = activities.find(
        connection, activities.of_bridges([bridge.id]), statuses, touching, limit=5 * MOST
    )
    kept = [
        one
        for one in found
        if one.status != Status.FINISHED or (one.ended_on is not None and one.ended_on >= since)
    ]
    return figures_of(connection, kept[:MOST])
