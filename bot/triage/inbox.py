"""Marketing's part of the home tab: what nobody has looked at yet, with filters, a page at a time."""

from typing import Final

from slack_sdk.models.blocks import Block

from bot.errors import UserError
from bot.gestures import Answer, Done, Gesture
from bot.home.filters import Filter, filtered
from bot.home.look import Look
from bot.i18n import N_
from bot.ids import View
from bot.inbox import say_for
from bot.insights.rules import NEW
from bot.insights.words import names_in
from bot.messages.triage_inbox import ALL, Inbox, inbox
from bot.search.conditions import statuses_called
from bot.search.query import Asked, Kind
from bot.services import Services
from bot.triage.walk import Walk, marketer
from storage import insights, workspace

PAGE: Final = 5


def section(look: Look) -> list[Block]:
    """A `bot.home.look.Section`."""
    connection, reader = look.connection, look.reader
    mine = {one.id: one for one in reader.marketing}
    if not mine:
        return []
    bridge_id = look.asked.get("inbox_bridge")
    chosen = mine.get(bridge_id) if isinstance(bridge_id, int) else None
    category = look.asked.get("inbox_category")
    by = filtered(look, FILTER)
    wanted = insights.Untriaged((chosen.id,) if chosen else tuple(mine), category, by.conditions)
    total = insights.count_untriaged(connection, wanted)
    offset = min(int(look.asked.get("inbox_offset") or 0), max(0, total - 1) // PAGE * PAGE)
    found = insights.untriaged_page(connection, wanted, limit=PAGE, offset=offset)
    names = dict(names_in(connection, look.team_id, [one.text for one in found]))
    names |= workspace.names(connection, look.team_id, {one.author_id for one in found if one.author_id})
    walk = Walk(chosen.id if chosen else None, category)
    shown = Inbox(found, total, offset, PAGE, names, chosen, category, walk.value, by.query, by.fault)
    return inbox(reader, shown)


def _check(asked: Asked) -> None:
    """Only what is new stands in the inbox. Raises UserError for any other status."""
    if {status for value in asked.values(Kind.STATUS) for status in statuses_called(value)} - {NEW}:
        raise UserError(N_("Only what is new stands here: search for the rest with `/insight search`."))


FILTER: Final = Filter(View.INBOX_FILTER, "inbox_query", "inbox_offset", marketer, _check)


def choose(services: Services, gesture: Gesture, name: str, value: object) -> Answer:
    """Filter by bridge or category; the list begins anew."""
    asked: dict[str, object] = {"inbox_offset": 0}
    text = str(value)
    if name == "inbox_bridge":
        asked[name] = int(text) if text.isdecimal() and len(text) < 16 else None
    else:
        asked[name] = None if text == ALL else text[:40]
    return _show(services, gesture, asked)


def turn(services: Services, gesture: Gesture, value: object) -> Answer:
    """Another page of it."""
    text = str(value)
    return _show(services, gesture, {"inbox_offset": int(text) if text.isdecimal() and len(text) < 9 else 0})


def _show(services: Services, gesture: Gesture, asked: dict[str, object]) -> Answer:
    with services.db.writing() as connection:
        say_for(services, connection, gesture.key).home(gesture.user_id, **asked)
        return Done()
