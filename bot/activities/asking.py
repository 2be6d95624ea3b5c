"""Sales' word: "Did this help you sell?", asked midway and at the end, once each (promise 3).

Midway is after a third of the planned time and at least a week; an activity too short for that is asked about
at its end alone: when it is finished, or on the morning after its last day, whichever comes first.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from bot.activities.figures import local_day
from bot.activities.kinds import Occasion, Status
from bot.i18n import texts
from bot.messages.activity_asking import asking_message
from bot.recurrence import resolve
from bot.say import Say
from bot.services import Services
from storage import activities, activity_answers, bridges, timers, workspace
from storage.activities import Activity
from storage.bridges import Bridge
from storage.timers import Timer

log = structlog.get_logger()

TIMER: Final = "activity_asks"  # of the timers table; its subject: the activity's id and the occasion
LEAST: Final = timedelta(days=7)
AT: Final = time(10)  # local wall clock of the bridge


def midway_on(activity: Activity) -> date | None:
    """The day on which sales is asked for the first time; None: the activity is too short for that."""
    begun = activity.started_on or activity.starts_on
    days = (activity.ends_on - begun).days + 1
    day = begun + max(LEAST, timedelta(days=-(-days // 3)))
    return day if day < activity.ends_on else None


def set_askings(connection: Connection, bridge: Bridge, activity: Activity, now: datetime) -> None:
    """Set, move or cancel the timers, as the activity stands; call it with every change of it."""
    due = _while_running(activity, bridge)
    if activity.status == Status.FINISHED:
        due = {Occasion.END: now}
    for occasion in Occasion:
        subject = f"{activity.id}:{occasion}"
        asked = activity_answers.asking_of(connection, activity.id, occasion)
        if occasion in due and asked is None:
            timers.set_timer(connection, activity.team_id, TIMER, subject, due[occasion], bridge_id=bridge.id)
        else:
            timers.cancel(connection, activity.team_id, TIMER, subject)


def askings_follow(connection: Connection, say: Say, bridge: Bridge) -> int:
    """The bridge's zone or its rules have changed: what is still to be asked goes by it. How much moved."""
    moved = 0
    for timer in timers.ahead(connection, bridge.id, [TIMER], say.now):
        activity_id, _, occasion = timer.subject.partition(":")
        activity = activities.by_id(connection, int(activity_id))
        at = _while_running(activity, bridge).get(Occasion(occasion)) if activity else None
        if at is not None and at != timer.due_at:
            timers.set_timer(connection, say.team_id, TIMER, timer.subject, at, bridge_id=bridge.id)
            moved += 1
    return moved


def _while_running(activity: Activity, bridge: Bridge) -> dict[Occasion, datetime]:
    if activity.status != Status.RUNNING:
        return {}
    due = {Occasion.END: _morning(activity.ends_on + timedelta(days=1), bridge)}
    middle = midway_on(activity)
    return due if middle is None else {Occasion.MIDWAY: _morning(middle, bridge), **due}


def _morning(day: date, bridge: Bridge) -> datetime:
    return resolve(datetime.combine(day, AT), bridge.time_zone)


def ask_sales(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`: ask the bridge's sales channels, if the question still makes sense."""
    activity_id, _, occasion = timer.subject.partition(":")
    activity = activities.by_id(connection, int(activity_id))
    bridge = bridges.bridge(connection, activity.bridge_id) if activity else None
    if activity is None or bridge is None or not _makes_sense(activity, bridge, Occasion(occasion), say.now):
        log.info("sales_not_asked", activity=activity_id, occasion=occasion)
        return
    channels = open_channels(connection, say.team_id, bridge.sales_channel_ids)
    if not channels:
        return
    asked = workspace.colleagues_in(connection, say.team_id, channels)
    asking_id = activity_answers.add_asking(connection, activity.id, occasion, len(asked), say.now)
    if asking_id is None:
        return
    message = asking_message(texts(bridge.language), activity, Occasion(occasion), asking_id)
    for channel_id in channels:
        say.post(f"activity-asks:{asking_id}:{channel_id}", channel_id, message, bridge_id=bridge.id)


def _makes_sense(activity: Activity, bridge: Bridge, occasion: Occasion, now: datetime) -> bool:
    if occasion is Occasion.MIDWAY:
        return activity.status == Status.RUNNING and local_day(bridge, now) <= activity.ends_on
    return activity.status in (Status.RUNNING, Status.FINISHED)


def open_channels(connection: Connection, team_id: str, channel_ids: Sequence[str]) -> list[str]:
    """Those in which Frontline may post: it is in them, and no other organisation is."""
    found = []
    for channel_id in channel_ids:
        channel = workspace.channel(connection, team_id, channel_id)
        if channel and channel.is_member and not channel.is_shared and not channel.is_archived:
            found.append(channel_id)
    return found
