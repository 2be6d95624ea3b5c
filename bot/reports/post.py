"""Writes reports into the outbox, one for each sales channel: the scheduler's job, and what *now* does."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot import schedules as clockwork
from bot.digests.missed import missed_before
from bot.digests.period import Period, period_until
from bot.digests.schedule import frequency_of
from bot.i18n import texts
from bot.messages.report import render
from bot.reports.compile import compile_report
from bot.say import Say
from bot.services import Services
from storage import bridges, workspace
from storage.bridges import Bridge
from storage.schedules import Schedule

log = structlog.get_logger()


def post_sales_report(
    services: Services, connection: Connection, say: Say, schedule: Schedule, due_at: datetime
) -> None:
    """A `bot.schedules.Job`: the report on the period that ends at `due_at`.

    It is said no more once the next one is due.
    """
    bridge = bridges.bridge(connection, schedule.bridge_id)
    if bridge is None:
        return
    recurrence = clockwork.recurrence_of(schedule)
    period = period_until(recurrence, frequency_of(schedule), due_at)
    missed = {one: _missed_in(connection, one, schedule, due_at) for one in bridge.sales_channel_ids}
    expires_at = recurrence.next_after(due_at)
    write_report(
        connection, say, bridge, period, _key(schedule, due_at), expires_at=expires_at, missed=missed
    )


def _key(schedule: Schedule, due_at: datetime) -> str:
    return f"sales-report:{schedule.id}:{due_at:%Y%m%dT%H%M}"


def _missed_in(connection: Connection, channel_id: str, schedule: Schedule, due_at: datetime) -> int:
    return missed_before(connection, schedule, due_at, lambda at: f"{_key(schedule, at)}:{channel_id}")


def write_report(
    connection: Connection,
    say: Say,
    bridge: Bridge,
    period: Period,
    key: str,
    *,
    expires_at: datetime | None = None,
    missed: Mapping[str, int] | None = None,
) -> list[str]:
    """Write the report for each sales channel that Frontline may post in; gives these channels.

    `missed`: by channel, how many before this one nobody there came to see.
    """
    told = []
    for channel_id in bridge.sales_channel_ids:
        if not may_report_in(connection, say.team_id, channel_id):
            log.warning("report_not_posted", bridge=bridge.id, channel=channel_id)
            continue
        report = compile_report(connection, bridge, channel_id, period, to_be_posted=True)
        post = render(texts(bridge.language), report, missed=(missed or {}).get(channel_id, 0))
        say.post(
            f"{key}:{channel_id}",
            channel_id,
            post.message,
            bridge_id=bridge.id,
            quoted=post.quoted,
            expires_at=expires_at,
        )
        told.append(channel_id)
    return told


def may_report_in(connection: Connection, team_id: str, channel_id: str) -> bool:
    """Not where outsiders would read it, nor where nobody does; an unknown channel may be a new one."""
    channel = workspace.channel(connection, team_id, channel_id)
    return channel is None or not (channel.is_shared or channel.is_archived)
