"""Administrators' part of the home tab: what keeps Frontline from working, what it has missed, what comes."""

from datetime import timedelta
from typing import Final

from slack_sdk.models.blocks import Block

from bot.digests.schedule import DIGEST
from bot.home.look import Look
from bot.messages.health import MOST_BRIDGES, Health, Upcoming, health
from bot.upkeep.findings import concerns, findings
from bot.upkeep.presence import is_notable
from storage import catchup, meetings, schedules, workspace
from storage import health as stored

LOOK_BACK: Final = timedelta(days=30)  # at runs and gaps
MOST_GAPS: Final = 20  # looked at, for the last one worth telling


def section(look: Look) -> list[Block]:
    """A `bot.home.look.Section`; only for those who administer. A fixed number of queries."""
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
    gaps = stored.gaps_since(connection, look.team_id, look.now - LOOK_BACK, MOST_GAPS)
    found = findings(connection, look.team_id, reader.bridges)
    state = Health(
        findings=[one for one in found if concerns(reader, one)],
        archived=tuple(one.channel_id for one in known if one.is_archived),
        shared=tuple(one.channel_id for one in known if one.is_shared),
        missed=sum(count for outcome, count, _at in runs if outcome == "missed"),
        catching_up=catchup.left(connection, look.team_id),
        caught_up_at=stored.presence_of(connection, look.team_id).caught_up_at,
        gap=next((one for one in gaps if is_notable(one)), None),
        last_run_at=max((at for outcome, _count, at in runs if outcome == "done"), default=None),
        upcoming=_upcoming(look),
    )
    return health(reader, state)


def _upcoming(look: Look) -> list[Upcoming]:
    """The next digest and meeting of each bridge that the reader manages."""
    shown = look.reader.managed[:MOST_BRIDGES]
    digests = {
        one.bridge_id: one.next_run_at
        for one in schedules.all_of_team(look.connection, look.team_id)
        if one.kind == DIGEST.kind and not one.is_paused
    }
    starts = meetings.next_starts(look.connection, [one.id for one in shown], look.now)
    return [Upcoming(one.name, digests.get(one.id), starts.get(one.id)) for one in shown]
