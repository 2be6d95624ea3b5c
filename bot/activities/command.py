"""`/frontline activity …`: plan one, or see the list."""

from typing import Final

from bot.activities.planning import open_plan
from bot.activities.rights import colleague, may_plan
from bot.activities.showing import show_list
from bot.errors import UserError
from bot.gestures import Answer, Gesture
from bot.i18n import N_
from bot.services import Services

_LIST: Final = frozenset({"list", "список"})


def answer_activity(services: Services, gesture: Gesture, words: str) -> Answer:
    """Do what the words behind `/frontline activity` ask. Raises UserError."""
    word = words.strip().casefold()
    if word in _LIST:
        return show_list(services, gesture)
    if word:
        raise UserError(
            N_("Try `/frontline activity` to plan one, or `/frontline activity list` to see them all.")
        )
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        plans = any(may_plan(who, bridge) for bridge in who.bridges)
    return open_plan(services, gesture) if plans else show_list(services, gesture)
