"""Builds a person's home tab when it is sent, so that it never shows more than she may see now."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from bot.gestures import Answer, Done, Gesture
from bot.inbox import Apply, say_for
from bot.insights.words import names_in
from bot.messages import home as messages
from bot.outbox import Say
from bot.services import Services
from bot.workspace.access import viewer
from storage import insights, outbox, schedules, workspace
from storage.inbox import InboxRow
from storage.outbox import OutboxRow

PAGE: Final = 10


def home_opened(services: Services, row: InboxRow) -> Apply:
    """Someone opened her home tab."""
    assert row.user_id
    user_id = row.user_id

    def apply(connection: Connection, say: Say) -> None:
        workspace.home_was_opened(connection, say.team_id, user_id, say.now)
        say.home(user_id)

    return apply


def turn_page(services: Services, gesture: Gesture, offset: int) -> Answer:
    """Show another part of my insights."""
    with services.db.writing() as connection:
        say = say_for(services, connection, gesture.key)
        say.home(gesture.user_id, offset=max(0, offset))
        return Done()


def build_home(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """The view for `views.publish`."""
    assert row.user_id
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, row.user_id)
        conditions = [insights.of_team(services.team_id), insights.mine(row.user_id)]
        offset = int((row.payload or {}).get("offset", 0))
        found = insights.select_page(connection, conditions, limit=PAGE, offset=offset)
        total = insights.count(connection, conditions)
        names = dict(names_in(connection, services.team_id, [one.text for one in found]))
        authors = {one.author_id for one in found if one.author_id}
        names |= workspace.names(connection, services.team_id, authors)
        due = {one.bridge_id: one for one in schedules.all_of_team(connection, services.team_id)}
        channels = {bridge.marketing_channel_id for bridge in reader.bridges}
        channels |= {channel for bridge in reader.bridges for channel in bridge.sales_channel_ids}
        channel_names = workspace.channel_names(connection, services.team_id, channels)
        undelivered = outbox.parked_of_bridges(connection)
        supported = insights.supported_by(connection, row.user_id, [one.id for one in found])
    page = messages.Page(found, total, offset, PAGE, supported)
    return messages.home_tab(reader, page, names, messages.State(due, channel_names, undelivered))
