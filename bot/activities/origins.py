"""Insights that led to an activity: they are done by that, and whoever passed them on hears of it."""

from datetime import datetime

from sqlalchemy import Connection

from bot.i18n import texts
from bot.messages.activities import led_outcome, stopped_outcome
from bot.say import Say
from bot.triage.change import apply_step, hold
from bot.triage.rules import DONE, OPEN, Step
from storage import activities, insights
from storage.activities import Activity
from storage.bridges import Bridge


def link_insights(
    connection: Connection, say: Say, user_id: str, bridge: Bridge, activity: Activity, wanted: set[int]
) -> None:
    """Let exactly these insights be what led to it. One that is open yet is done by that."""
    known = activities.insight_ids_of(connection, activity.id)
    for insight_id in sorted(known - wanted):
        activities.unlink_insight(connection, activity.id, insight_id)
        _record(connection, insight_id, say.now, user_id, "activity_left", activity)
    for insight_id in sorted(wanted - known):
        activities.link_insight(connection, activity.id, insight_id, user_id, say.now)
        _record(connection, insight_id, say.now, user_id, "activity", activity)
        insight = insights.by_id(connection, insight_id)
        insight = hold(connection, insight) if insight else None
        if insight is not None and insight.status in OPEN:
            outcome = led_outcome(texts(bridge.language), activity)
            apply_step(connection, say, insight, user_id, Step.DONE, outcome)


def say_it_stopped(
    connection: Connection, say: Say, user_id: str, bridge: Bridge, activity: Activity
) -> None:
    """The activity is cancelled: insights whose outcome it was are declined, with the reason."""
    _ = texts(bridge.language)
    for insight_id in sorted(activities.insight_ids_of(connection, activity.id)):
        insight = insights.by_id(connection, insight_id)
        insight = hold(connection, insight) if insight else None
        if insight and insight.status == DONE and insight.outcome == led_outcome(_, activity):
            apply_step(connection, say, insight, user_id, Step.DECLINE, stopped_outcome(_, activity))


def _record(
    connection: Connection, insight_id: int, at: datetime, user_id: str, change: str, activity: Activity
) -> None:
    insights.record(connection, insight_id, at, user_id, change, {"activity": activity.id})
