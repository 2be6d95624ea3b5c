"""Administrators' part of the home tab: what keeps Frontline from working, and what it has missed."""

from datetime import timedelta
from typing import Final

from slack_sdk.models.blocks import Block

from bot.home.look import Look
from bot.messages.health import Health, health
from storage import catchup, inbox, outbox, schedules, workspace

LOOK_BACK: Final = timedelta(days=30)  # at runs


def section(look: Look) -> list[Block]:
    """A `bot.home.look.Section`; only for those who administer."""
    connection, reader = look.connection, look.reader
    if not reader.may_create_bridges:
        return []
    wanted = {
        channel
        for bridge in reader.managed
        for channel in (*bridge.sales_channel_ids, bridge.marketing_channel_id)
    }
    known = workspace.channels_among(connection, look.team_id, wanted)
    runs = schedules.runs_since(connection, [one.id for one in reader.managed], look.now - LOOK_BACK)
    state = Health(
        parked_events=inbox.parked_count(connection),
        parked_posts=outbox.parked_count(connection),
        catching_up=catchup.left(connection, look.team_id),
        absent=tuple(one.channel_id for one in known if not one.is_member and not one.is_archived),
        archived=tuple(one.channel_id for one in known if one.is_archived),
        shared=tuple(one.channel_id for one in known if one.is_shared),
        missed=sum(count for outcome, count, _at in runs if outcome == "missed"),
        last_run_at=max((at for outcome, _count, at in runs if outcome == "done"), default=None),
    )
    return health(reader, state)
