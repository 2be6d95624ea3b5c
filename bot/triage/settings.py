"""Which notices of her insights a person wants: all, of the outcome only, or none."""

from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from bot.errors import UserError
from bot.gestures import Answer, Done, Gesture, Reply
from bot.i18n import N_
from bot.inbox import say_for
from bot.messages.triage_notices import notices_are, notices_help
from bot.services import Services
from bot.workspace.access import Viewer, viewer
from storage import inbox, workspace


class Notices(StrEnum):
    """What a person is told of her insights."""

    ALL = "all"
    OUTCOME = "outcome"
    OFF = "off"


SPOKEN: Final = {
    **{one.value: one for one in Notices},
    "on": Notices.ALL,
    "none": Notices.OFF,
    "все": Notices.ALL,
    "итог": Notices.OUTCOME,
    "итоги": Notices.OUTCOME,
    "выкл": Notices.OFF,
    "нет": Notices.OFF,
}


def notices_of(connection: Connection, team_id: str, user_id: str) -> Notices:
    """What the person has chosen; all, where she has not."""
    found = workspace.notice_settings(connection, team_id, [user_id])
    return Notices(found.get(user_id, Notices.ALL))


def choose_by_word(services: Services, gesture: Gesture, word: str) -> Answer:
    """`/frontline notices …`: set it, or say how it is. Raises UserError."""
    wanted = SPOKEN.get(word.strip().casefold())
    with services.db.writing() as connection:
        who = own_viewer(services, connection, gesture)
        if wanted is not None:
            _save(services, connection, gesture, wanted)
        chosen = notices_of(connection, services.team_id, gesture.user_id)
    if word.strip() and wanted is None:
        return Reply(notices_help(who.texts, chosen))
    return Reply(notices_are(who.texts, chosen))


def choose_at_home(services: Services, gesture: Gesture, value: object) -> Answer:
    """The home tab's menu. Raises UserError."""
    with services.db.writing() as connection:
        who = own_viewer(services, connection, gesture)
        if value not in set(Notices):
            return Reply(notices_help(who.texts, notices_of(connection, services.team_id, gesture.user_id)))
        _save(services, connection, gesture, Notices(str(value)))
    return Done()


def own_viewer(services: Services, connection: Connection, gesture: Gesture) -> Viewer:
    """Guests too hear what became of what they flagged."""
    who = viewer(connection, services.team_id, gesture.user_id)
    if who.person is not None and (who.person.is_external or who.person.is_deleted):
        raise UserError(N_("Frontline is for members of this workspace only."))
    return who


def _save(services: Services, connection: Connection, gesture: Gesture, wanted: Notices) -> None:
    if not inbox.first_time(connection, gesture.key, services.clock.now()):
        return
    workspace.save_notices(connection, services.team_id, gesture.user_id, wanted)
    if workspace.with_home(connection, services.team_id, [gesture.user_id]):
        say_for(services, connection, gesture.key).home(gesture.user_id)
