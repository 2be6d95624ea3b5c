"""What a list of the home tab is filtered by: typed in a form, in the language of searches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, false

from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Gesture, Open
from bot.home.look import Look
from bot.i18n import N_, Message
from bot.ids import Field, View
from bot.inbox import say_for
from bot.messages.filters import LONGEST_QUERY, filter_form
from bot.search.conditions import conditions
from bot.search.query import Asked, parse_query
from bot.services import Services
from bot.workspace.access import Viewer
from storage import inbox, outbox


@dataclass(frozen=True)
class Filter:
    """A list's filter: its form, whose it is, and where the home tab keeps it."""

    view: View
    query: str  # what the query is called in what the home tab was asked to show
    offset: str  # and the list's place, which begins anew
    entitled: Callable[[Services, Connection, str], Viewer]  # raises UserError
    check: Callable[[Asked], None] = lambda asked: None  # raises UserError for what the list never holds


@dataclass(frozen=True)
class Filtered:
    """What the list is filtered by as the home tab is built."""

    query: str
    conditions: tuple[ColumnElement[bool], ...]
    fault: Message | None = None


def filtered(look: Look, of: Filter) -> Filtered:
    """The filter; where what it names is gone meanwhile, nothing is found rather than more than was asked."""
    query = str(look.asked.get(of.query) or "")
    try:
        return Filtered(query, _met(look.connection, look.team_id, look.reader, of, query, look.now))
    except UserError as problem:
        return Filtered(query, (false(),), problem.message)


def _met(
    connection: Connection, team_id: str, reader: Viewer, of: Filter, query: str, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    if not query:
        return ()
    asked = parse_query(query)
    of.check(asked)
    return tuple(conditions(connection, team_id, reader, asked, now))


def open_filter(services: Services, gesture: Gesture, of: Filter) -> Answer:
    """The form of the filter, with what is filtered by. Raises UserError."""
    with services.db.reading() as connection:
        reader = of.entitled(services, connection, gesture.user_id)
        known = outbox.by_key(connection, f"home:{gesture.user_id}")
    asked = known.payload if known and isinstance(known.payload, dict) else {}
    return Open(filter_form(reader.texts, of.view, str(asked.get(of.query) or "")))


def save_filter(services: Services, gesture: Gesture, form: FormState, of: Filter) -> Answer:
    """Filter by what was typed; nothing: show all. Raises UserError, or FormError with what is wrong."""
    query = " ".join((form.text(Field.QUERY) or "").split())
    if len(query) > LONGEST_QUERY:
        raise FormError({str(Field.QUERY): N_("At most {limit} characters, please.", limit=LONGEST_QUERY)})
    now = services.clock.now()
    with services.db.writing() as connection:
        reader = of.entitled(services, connection, gesture.user_id)
        try:
            _met(connection, services.team_id, reader, of, query, now)
        except UserError as problem:
            raise FormError({str(Field.QUERY): problem.message}) from None
        if inbox.first_time(connection, gesture.key, now):
            say = say_for(services, connection, gesture.key)
            say.home(gesture.user_id, **{of.query: query, of.offset: 0})
    return Done()
