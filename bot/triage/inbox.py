"""Marketing's part of the home tab: what nobody has looked at yet, with filters, a page at a time."""

from datetime import datetime
from typing import Final

from slack_sdk.models.blocks import Block
from sqlalchemy import ColumnElement, Connection, false

from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Gesture, Open
from bot.home.look import Look
from bot.i18n import N_
from bot.ids import Field
from bot.inbox import say_for
from bot.insights.rules import NEW
from bot.insights.words import names_in
from bot.messages.triage_inbox import ALL, LONGEST_QUERY, Inbox, filter_form, inbox
from bot.search.conditions import conditions, statuses_called
from bot.search.query import Kind, parse_query
from bot.services import Services
from bot.triage.walk import Walk, marketer
from bot.workspace.access import Viewer
from storage import inbox as inbox_table
from storage import insights, outbox, workspace

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
    query, fault = str(look.asked.get("inbox_query") or ""), None
    also: tuple[ColumnElement[bool], ...] = ()
    try:
        also = _met(connection, look.team_id, reader, query, look.now)
    except UserError as problem:  # what it names is gone meanwhile: no wider answer than was asked for
        also, fault = (false(),), problem.message
    wanted = insights.Untriaged((chosen.id,) if chosen else tuple(mine), category, also)
    total = insights.count_untriaged(connection, wanted)
    offset = min(int(look.asked.get("inbox_offset") or 0), max(0, total - 1) // PAGE * PAGE)
    found = insights.untriaged_page(connection, wanted, limit=PAGE, offset=offset)
    names = dict(names_in(connection, look.team_id, [one.text for one in found]))
    names |= workspace.names(connection, look.team_id, {one.author_id for one in found if one.author_id})
    walk = Walk(chosen.id if chosen else None, category)
    shown = Inbox(found, total, offset, PAGE, names, chosen, category, walk.value, query, fault)
    return inbox(reader, shown)


def _met(
    connection: Connection, team_id: str, reader: Viewer, query: str, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    """What a query of the searches' language means here. Raises UserError."""
    if not query:
        return ()
    asked = parse_query(query)
    if {status for value in asked.values(Kind.STATUS) for status in statuses_called(value)} - {NEW}:
        raise UserError(N_("Only what is new stands here: search for the rest with `/insight search`."))
    return tuple(conditions(connection, team_id, reader, asked, now))


def open_filter(services: Services, gesture: Gesture) -> Answer:
    """The form of the filter, with what is filtered by. Raises UserError."""
    with services.db.reading() as connection:
        reader = marketer(services, connection, gesture.user_id)
        known = outbox.by_key(connection, f"home:{gesture.user_id}")
    asked = known.payload if known and isinstance(known.payload, dict) else {}
    return Open(filter_form(reader.texts, str(asked.get("inbox_query") or "")))


def save_filter(services: Services, gesture: Gesture, form: FormState) -> Answer:
    """Filter by what was typed; nothing: show all. Raises UserError, or FormError with what is wrong."""
    query = " ".join((form.text(Field.QUERY) or "").split())
    if len(query) > LONGEST_QUERY:
        raise FormError({str(Field.QUERY): N_("At most {limit} characters, please.", limit=LONGEST_QUERY)})
    with services.db.writing() as connection:
        reader = marketer(services, connection, gesture.user_id)
        try:
            _met(connection, services.team_id, reader, query, services.clock.now())
        except UserError as problem:
            raise FormError({str(Field.QUERY): problem.message}) from None
        if inbox_table.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            say.home(gesture.user_id, inbox_query=query, inbox_offset=0)
    return Done()


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
