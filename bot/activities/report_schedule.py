"""When the report on activities comes: on the first of each month, for the month before."""

from datetime import datetime, time
from typing import Final

from sqlalchemy import Connection

from bot.activities.figures import local_day
from bot.recurrence import Recurrence
from bot.schedules import save_schedule
from storage import schedules
from storage.bridges import Bridge
from storage.schedules import Schedule

KIND: Final = "activity_report"  # of the schedules table
AT: Final = time(9, 30)  # local wall clock: after a digest of nine o'clock


def report_schedule(connection: Connection, bridge: Bridge, now: datetime) -> Schedule:
    """The bridge's schedule of reports; a bridge that has none gets it, with its first activity."""
    known = schedules.of_bridge(connection, bridge.id, KIND)
    if known is not None:
        return known
    recurrence = Recurrence.monthly_on_day(1, AT, bridge.time_zone, local_day(bridge, now))
    save_schedule(connection, bridge.id, KIND, recurrence, now, is_paused=False)
    made = schedules.of_bridge(connection, bridge.id, KIND)
    assert made is not None
    return made
