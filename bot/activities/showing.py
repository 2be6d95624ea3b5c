"""Shows activities: the list of a bridge's, and the card of one."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from bot.activities.figures import Figures, figures_of, local_day
from bot.activities.rights import colleague, find, may_plan, may_see
from bot.gestures import Answer, Gesture, Open, Reply
from bot.messages import activities as messages
from bot.messages.activities import Shown
from bot.messages.activity_asking import word_lines
from bot.say import Say
from bot.services import Services
from bot.workspace.access import Viewer
from storage import activities, activity_answers, workspace
from storage.bridges import Bridge

PAGE: Final = 10


def show_list(services: Services, gesture: Gesture, offset: int = 0, *, turning: bool = False) -> Answer:
    """The activities of all bridges that the person may see, those under way first. Raises UserError."""
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        mine = [one for one in who.bridges if may_see(who, one)]
        of_mine = activities.of_bridges([one.id for one in mine])
        total = activities.count(connection, of_mine)
        page = activities.find(connection, of_mine, limit=PAGE, offset=offset)
        shown = show(connection, services, who, figures_of(connection, page))
        plannable = [one for one in mine if may_plan(who, one)]
        here = [one for one in plannable if gesture.channel_id in _channels(one)]
        new_for = next((str(one.id) for one in here or plannable), None)
    listed = messages.activity_list(who.texts, shown, total, offset=offset, size=PAGE, new_for=new_for)
    return Reply(listed, replaces=turning)


def open_card(services: Services, gesture: Gesture, activity_id: int) -> Answer:
    """The card of one activity. Raises UserError."""
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        find(connection, who, activity_id)
        return Open(show_card(connection, services, who, activity_id))


def show_card(connection: Connection, services: Services, who: Viewer, activity_id: int) -> dict[str, Any]:
    """The card as things stand now."""
    activity = activities.by_id(connection, activity_id)
    assert activity is not None
    (shown,) = show(connection, services, who, figures_of(connection, [activity]))
    askings = activity_answers.askings_of(connection, [activity_id])
    answers = activity_answers.answers_of(connection, [one.id for one in askings])
    people = {one.user_id for one in answers}
    names = workspace.names(connection, services.team_id, people)
    word = word_lines(who.texts, askings, answers, names, with_details=shown.may_change)
    return messages.activity_card(who.texts, shown, word)


def show(connection: Connection, services: Services, who: Viewer, found: Sequence[Figures]) -> list[Shown]:
    """The figures, with what is needed to show them to that person."""
    bridges = {one.id: one for one in who.bridges}
    people = {one.activity.owner_id for one in found}
    people |= {entry.entered_by for one in found for entry in one.entries}
    names = workspace.names(connection, services.team_id, people)
    now = services.clock.now()
    return [
        Shown(
            figures=one,
            today=local_day(bridges[one.activity.bridge_id], now),
            names=names,
            may_change=may_plan(who, bridges[one.activity.bridge_id]),
        )
        for one in found
    ]


def refresh_homes(connection: Connection, say: Say, bridge: Bridge) -> None:
    """Bring the home tabs of those who market for the bridge up to date, where they have been opened."""
    concerned = workspace.members_of(connection, say.team_id, bridge.marketing_channel_id)
    for user_id in workspace.with_home(connection, say.team_id, {*concerned, *bridge.manager_ids}):
        say.home(user_id)


def _channels(bridge: Bridge) -> tuple[str, ...]:
    return (bridge.marketing_channel_id, *bridge.sales_channel_ids)
