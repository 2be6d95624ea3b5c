"""`/frontline meeting …` and `/frontline topic …`, and the meetings' part of the home tab."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block
from sqlalchemy import Connection

from bot.errors import UserError
from bot.gestures import Answer, Gesture, Reply
from bot.home.look import Look
from bot.i18n import N_
from bot.meetings.meeting import Meeting, may_record, may_see, meeting_by_id
from bot.meetings.regularity import regularity_of
from bot.meetings.series import open_new
from bot.messages import meeting_items, meeting_list
from bot.messages.meeting_list import Listed
from bot.services import Services
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import actions, meetings, workspace
from storage.bridges import Bridge
from storage.meetings import PLANNED, Series

NEW: Final = frozenset({"new", "новая", "новый", "создать"})
LIST: Final = frozenset({"", "list", "список"})
MOST_AHEAD: Final = 3  # meetings in the home tab


def answer_meeting(services: Services, gesture: Gesture, words: str) -> Answer:
    """The series here, with what can be done; where there is none yet, a manager gets the form."""
    word = words.strip().casefold()
    if word not in NEW | LIST:
        raise UserError(N_("Try `/frontline meeting` for the meetings, or `/frontline meeting new`."))
    now = services.clock.now()
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        here = _here(reader, gesture.channel_id)
        listed = _listed(connection, reader, here, now)
        managed = [bridge for bridge in here if reader.manages(bridge)]
        if not managed and (word in NEW or not here):
            raise UserError(N_("Meetings are set up by the managers of the bridge and workspace admins."))
    if word in NEW or (not listed and managed):
        return open_new(services, gesture, str(managed[0].id))
    return Reply(meeting_list.overview(reader.texts, listed, managed[0] if managed else None))


def _here(reader: Viewer, channel_id: str | None) -> list[Bridge]:
    here = [
        bridge
        for bridge in reader.bridges
        if channel_id in {bridge.marketing_channel_id, *bridge.sales_channel_ids}
    ]
    return here or list(reader.near)


def _listed(connection: Connection, reader: Viewer, bridges: list[Bridge], now: datetime) -> list[Listed]:
    known = {bridge.id: bridge for bridge in bridges}
    return [
        _as_listed(connection, reader, series, known[series.bridge_id], now)
        for series in meetings.series_of_bridges(connection, list(known))
        if may_see(connection, reader, series, known[series.bridge_id])
    ]


def _as_listed(
    connection: Connection, reader: Viewer, series: Series, bridge: Bridge, now: datetime
) -> Listed:
    found = [Meeting(one, series, bridge) for one in meetings.occurrences(connection, series.id)]
    ahead = [one for one in found if one.is_ahead(now)]
    begun = [one for one in found if one.occurrence.status == PLANNED and one.starts_at <= now]
    return Listed(
        series=series,
        bridge=bridge,
        following=ahead[0] if ahead else None,
        unrecorded=begun[-1] if begun else None,
        regularity=regularity_of(connection, series, bridge, now),
        may_change=reader.manages(bridge),
        may_record=may_record(connection, reader, series, bridge),
    )


def home_section(look: Look) -> list[Block]:
    """A `bot.home.sections.Section`: my next meetings, my action items."""
    connection, reader = look.connection, look.reader
    ahead, seen = [], set[int]()
    for one in meetings.next_of_bridges(connection, [bridge.id for bridge in reader.bridges], look.now):
        meeting = meeting_by_id(connection, one.id) if one.series_id not in seen else None
        if meeting and may_record(connection, reader, meeting.series, meeting.bridge):
            seen.add(one.series_id)
            ahead.append(meeting)
    mine = actions.open_of_owner(connection, [one.id for one in reader.bridges], reader.user_id)
    names = workspace.names(connection, look.team_id, {reader.user_id})
    today = look.now.astimezone(ZoneInfo(reader.time_zone)).date()
    return meeting_items.section(reader.texts, mine, ahead[:MOST_AHEAD], names, today)
