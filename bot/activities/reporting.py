"""Posts the report on activities: the scheduler's job, and what *now* and *Send now* do.

The marketing channel gets it with a thread (what sales said, the ledger), sales channels the head alone.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from bot import schedules as clockwork
from bot.activities.asking import open_channels
from bot.activities.figures import local_day
from bot.activities.periods import Days, month_of
from bot.activities.report import compile_report
from bot.i18n import N_, Message, texts
from bot.messages.activity_report import report_details, report_post
from bot.messages.common import message
from bot.say import Say
from bot.services import Services
from bot.slacktext import inert_mrkdwn
from bot.workspace.access import viewer
from storage import bridges, workspace
from storage.bridges import Bridge
from storage.schedules import Schedule

log = structlog.get_logger()

LEDGER: Final = "activity_ledger"  # the builder of the ledger's file


def post_report(
    services: Services, connection: Connection, say: Say, schedule: Schedule, due_at: datetime
) -> None:
    """A `bot.schedules.Job`: the report on the month before; said no more once the next one is due."""
    bridge = bridges.bridge(connection, schedule.bridge_id)
    if bridge is None:
        return
    days = month_of(local_day(bridge, due_at).replace(day=1) - timedelta(days=1))
    key = f"activity-report:{schedule.id}:{due_at:%Y%m%dT%H%M}"
    expires_at = clockwork.recurrence_of(schedule).next_after(due_at)
    problem = obstacle(connection, say.team_id, bridge)
    if problem is not None:
        log.warning("activity_report_not_posted", bridge=bridge.id, correlation_id=say.correlation_id)
        for user_id in bridge.manager_ids or workspace.administrators(connection, say.team_id):
            text = viewer(connection, say.team_id, user_id).texts.say(problem)
            say.direct(f"{key}:not-posted:{user_id}", user_id, message(text, []), bridge_id=bridge.id)
    write_report(connection, say, bridge, days, key, expires_at=expires_at)


def write_report(
    connection: Connection,
    say: Say,
    bridge: Bridge,
    days: Days,
    key: str,
    *,
    expires_at: datetime | None = None,
) -> list[str]:
    """Write the posts under `key`; gives the channels that get them. Written before, nothing changes."""
    report = compile_report(connection, say.team_id, bridge, days, local_day(bridge, say.now))
    _ = texts(bridge.language)
    post, details = report_post(_, report), report_details(_, report)
    wanted = (bridge.marketing_channel_id, *bridge.sales_channel_ids)
    channels = open_channels(connection, say.team_id, wanted)
    for channel_id in channels:
        head = say.post(f"{key}:{channel_id}", channel_id, post, bridge_id=bridge.id, expires_at=expires_at)
        if head is None or channel_id != bridge.marketing_channel_id:
            continue
        if details is not None:
            say.post(f"{key}:details", channel_id, details, parent_id=head, bridge_id=bridge.id)
        if report.ran or report.planned:
            say.file(
                f"{key}:ledger",
                LEDGER,
                f"activities-{days.first}-{days.last}.csv",
                parent_id=head,
                bridge_id=bridge.id,
                comment=_("The whole ledger, entry by entry"),
                bridge=bridge.id,
                first=days.first.isoformat(),
                last=days.last.isoformat(),
            )
    return channels


def obstacle(connection: Connection, team_id: str, bridge: Bridge) -> Message | None:
    """Why nothing may be posted to the marketing channel, as far as the directory knows."""
    channel = workspace.channel(connection, team_id, bridge.marketing_channel_id)
    if channel is None or open_channels(connection, team_id, [channel.channel_id]):
        return None
    name = inert_mrkdwn(channel.name, {}, 80)
    if channel.is_shared:
        return N_(
            "The report on activities is not posted to #{channel}: it is shared with another organisation. "
            "Choose another marketing channel with /frontline setup.",
            channel=name,
        )
    if channel.is_archived:
        return N_(
            "The report on activities is not posted to #{channel}: it is archived. "
            "Choose another marketing channel with /frontline setup.",
            channel=name,
        )
    return N_("I am not in #{channel}. Write /invite @Frontline there, then try again.", channel=name)
