"""`/frontline activity …`: plan one, see the list, choose the currency."""

from typing import Final

from bot.activities.planning import open_plan
from bot.activities.rights import MANAGERS_ONLY, choose_bridge, colleague, may_plan
from bot.activities.showing import show_list
from bot.errors import UserError
from bot.gestures import Answer, Gesture, Reply
from bot.i18n import N_
from bot.insights.details import read_currency
from bot.messages.activities import currency_chosen
from bot.services import Services
from storage import activities, inbox

_LIST: Final = frozenset({"list", "список"})
_CURRENCY: Final = frozenset({"currency", "валюта"})


def answer_activity(services: Services, gesture: Gesture, words: str) -> Answer:
    """Do what the words behind `/frontline activity` ask. Raises UserError."""
    word, _, rest = words.strip().partition(" ")
    if word.casefold() in _LIST and not rest:
        return show_list(services, gesture)
    if word.casefold() in _CURRENCY and rest:
        return choose_currency(services, gesture, rest)
    if word:
        raise UserError(
            N_(
                "Try `/frontline activity` to plan one, `/frontline activity list` to see them all, or "
                "`/frontline activity currency EUR` to choose the currency."
            )
        )
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        plans = any(may_plan(who, bridge) for bridge in who.bridges)
    return open_plan(services, gesture) if plans else show_list(services, gesture)


def choose_currency(services: Services, gesture: Gesture, text: str) -> Answer:
    """Plan in that currency from now on; activities that exist keep theirs. Raises UserError."""
    try:
        currency = read_currency(text)
    except ValueError:
        raise UserError(N_("I know no such currency; write its code, as in EUR, USD or RUB.")) from None
    now = services.clock.now()
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        bridge = choose_bridge(who, who.manages, gesture, MANAGERS_ONLY)
        if inbox.first_time(connection, gesture.key, now):
            activities.save_currency(connection, bridge.id, currency, gesture.user_id, now)
    return Reply(currency_chosen(who.texts, bridge.name, currency))
