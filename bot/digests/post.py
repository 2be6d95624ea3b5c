"""Writes digests into the outbox: the scheduler's job, and what *now* and *Send now* do."""

from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot import schedules as clockwork
from bot.digests.compile import compile_digest
from bot.digests.missed import missed_before
from bot.digests.period import Period, period_until
from bot.digests.schedule import frequency_of
from bot.i18n import N_, Message, texts
from bot.messages.common import message
from bot.messages.digest import render
from bot.say import Say
from bot.services import Services
from bot.slacktext import inert_mrkdwn
from bot.workspace.access import viewer
from bot.workspace.moods import caretakers
from storage import bridges, schedules, workspace
from storage.bridges import Bridge
from storage.schedules import Run, Schedule

log = structlog.get_logger()


def post_digest(
    services: Services, connection: Connection, say: Say, schedule: Schedule, due_at: datetime
) -> None:
    """A `bot.schedules.Job`: the digest of the period that ends at `due_at`.

    It is said no more once the next one is due.
    """
    bridge = bridges.bridge(connection, schedule.bridge_id)
    if bridge is None:
        return
    key = _key(schedule, due_at)
    problem = obstacle(connection, say.team_id, bridge)
    if problem is not None:
        log.warning("digest_not_posted", bridge=bridge.id, correlation_id=say.correlation_id)
        _tell_managers(connection, say, bridge, key, problem)
        # The first word on a run stands: it does not become done.
        schedules.record(connection, Run(schedule.id, due_at, "missed", say.now))
        return
    recurrence = clockwork.recurrence_of(schedule)
    period = period_until(recurrence, frequency_of(schedule), due_at)
    missed = missed_before(connection, schedule, due_at, lambda at: _key(schedule, at))
    write_digest(
        connection, say, bridge, period, key, expires_at=recurrence.next_after(due_at), missed=missed
    )


def _key(schedule: Schedule, due_at: datetime) -> str:
    return f"digest:{schedule.id}:{due_at:%Y%m%dT%H%M}"


def write_digest(
    connection: Connection,
    say: Say,
    bridge: Bridge,
    period: Period,
    key: str,
    *,
    expires_at: datetime | None = None,
    missed: int = 0,
) -> None:
    """Write head and thread under `key`; written before, nothing changes. `missed`: digests before it."""
    digest = compile_digest(connection, bridge, period, to_be_posted=True)
    rendered = render(texts(bridge.language), digest, missed=missed)
    head = say.post(
        key,
        bridge.marketing_channel_id,
        rendered.head.message,
        bridge_id=bridge.id,
        quoted=rendered.head.quoted,
        expires_at=expires_at,
    )
    if head is None:
        return
    for number, page in enumerate(rendered.pages, 1):
        say.post(
            f"{key}:{number}",
            bridge.marketing_channel_id,
            page.message,
            parent_id=head,
            bridge_id=bridge.id,
            quoted=page.quoted,
        )


def obstacle(connection: Connection, team_id: str, bridge: Bridge) -> Message | None:
    """Why nothing may be posted to the marketing channel, as far as the directory knows."""
    channel = workspace.channel(connection, team_id, bridge.marketing_channel_id)
    if channel is None:
        return None
    name = inert_mrkdwn(channel.name, {}, 80)
    if channel.is_shared:
        return N_(
            "The digest is not posted: #{channel} is shared with another organisation. "
            "Choose another marketing channel with /frontline setup.",
            channel=name,
        )
    if channel.is_archived:
        return N_(
            "The digest is not posted: #{channel} is archived. "
            "Choose another marketing channel with /frontline setup.",
            channel=name,
        )
    return None


def _tell_managers(connection: Connection, say: Say, bridge: Bridge, key: str, problem: Message) -> None:
    able = caretakers(connection, say.team_id, bridge)
    for user_id in [one for one in able if one in bridge.manager_ids] or able:
        text = viewer(connection, say.team_id, user_id).texts.say(problem)
        say.direct(f"{key}:not-posted:{user_id}", user_id, message(text, []), bridge_id=bridge.id)
