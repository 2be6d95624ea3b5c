"""What is planned by the local time of a bridge's zone follows it, where the zone or its rules change.

Governments change their clocks at short notice, and an update of Frontline or of the machine brings the new
rules. What was planned by the old ones would come at the wrong hour.
"""

import structlog
from sqlalchemy import Connection

from bot.activities.asking import askings_follow
from bot.inbox import say_for
from bot.meetings.items import reminders_follow
from bot.meetings.series import meetings_follow
from bot.say import Say
from bot.schedules import schedules_follow
from bot.services import Services
from storage import bridges
from storage.bridges import Bridge

log = structlog.get_logger()


def follow_zones(services: Services) -> int:
    """Move what is planned to where its time zone now puts it; gives how much was moved."""
    moved = 0
    with services.db.writing() as connection:
        moved += schedules_follow(connection, services.team_id)
        for bridge in bridges.all_bridges(connection, services.team_id):
            say = say_for(services, connection, f"zone-of-bridge-{bridge.id}")
            moved += meetings_follow(connection, say, bridge)
            moved += reminders_follow(connection, say, bridge)
            moved += askings_follow(connection, say, bridge)
    if moved:
        log.info("zones_followed", moved=moved)
    return moved


def follow_zone(connection: Connection, say: Say, bridge: Bridge) -> None:
    """A person has given the bridge another zone: reminders and askings go by it (its schedules and meetings
    are settled with the rest of the change).
    """
    reminders_follow(connection, say, bridge)
    askings_follow(connection, say, bridge)
