"""Builds a person's home tab when it is sent, so that it never shows more than she may see now."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bot.gestures import Answer, Done, Gesture
from bot.home.look import Look
from bot.home.sections import SECTIONS
from bot.inbox import Apply, say_for
from bot.messages.home import home_tab
from bot.say import Say
from bot.services import Services
from bot.workspace.access import viewer
from storage import workspace
from storage.inbox import InboxRow
from storage.outbox import OutboxRow


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
        look = Look(connection, services.team_id, reader, services.clock.now(), row.payload or {})
        return home_tab([section(look) for section in SECTIONS])
