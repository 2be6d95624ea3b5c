"""What a query means to the database, for one reader: she finds only what she may see (promise 7).

A filter's value that means nothing is refused in a sentence that says what would.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, false, or_

from bot import stems
from bot.bridges.categories import category_name, spoken_names
from bot.errors import UserError
from bot.i18n import DEFAULT_LANGUAGE, LANGUAGES, N_, texts
from bot.insights import syntax
from bot.insights.rules import WITHDRAWN
from bot.messages.common import comma
from bot.messages.insights import status_label
from bot.search.query import Asked, Kind
from bot.slacktext import inert_mrkdwn
from bot.workspace.access import Viewer
from storage import bridges, insights, search, workspace
from storage.bridges import Bridge
from storage.insights import Insight
from storage.search import Term
from storage.tables import insights as table

STATUSES: Final = ("new", "acknowledged", "in_progress", "done", "declined", "withdrawn")
_GROUPS: Final = {
    "open": STATUSES[:3],
    "открытые": STATUSES[:3],
    "closed": ("done", "declined"),
    "закрытые": ("done", "declined"),
}
_DAYS_AGO: Final = {"today": 0, "сегодня": 0, "yesterday": 1, "вчера": 1}
_ME: Final = frozenset({"me", "@me", "я", "меня"})
_SHORTEST: Final = 3  # letters by which a status may be called
_MOST_NAMED: Final = 12

Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class _Asker:
    connection: Connection
    team_id: str
    reader: Viewer
    now: datetime


def conditions(
    connection: Connection, team_id: str, reader: Viewer, asked: Asked, now: datetime
) -> Conditions:
    """The insights that the reader may see and that the query means. Raises UserError for a wrong filter."""
    if asked.is_empty:
        return [false()]
    asker = _Asker(connection, team_id, reader, now)
    return [*seen_by(team_id, reader, asked), *filtered(asker, asked), *_worded(connection, asked)]


def seen_by(team_id: str, reader: Viewer, asked: Asked) -> Conditions:
    """What a person may see; withdrawn insights only where they are asked for."""
    marketing = [bridge.id for bridge in reader.bridges if reader.sees_all_of(bridge)]
    seen: Conditions = [
        insights.of_team(team_id),
        insights.visible(reader.user_id, reader.channel_ids, marketing),
    ]
    return [*seen, table.c.status != "merged" if asks_for_withdrawn(asked) else insights.LIVE]


def asks_for_withdrawn(asked: Asked) -> bool:
    """Whether withdrawn insights are meant too: they are named."""
    return any(WITHDRAWN in statuses_called(value) for value in asked.values(Kind.STATUS))


def meant_by_operator(connection: Connection, team_id: str, asked: Asked, now: datetime) -> Conditions:
    """What a query means to the person who runs Frontline, who may see all; days are those of UTC.

    Raises UserError for a wrong filter.
    """
    reader = Viewer("", None, DEFAULT_LANGUAGE, frozenset(), tuple(bridges.all_bridges(connection, team_id)))
    asker = _Asker(connection, team_id, reader, now)
    return [insights.of_team(team_id), *filtered(asker, asked), *_worded(connection, asked)]


def about_name(connection: Connection, team_id: str, reader: Viewer, name: str, now: datetime) -> Conditions:
    """The insights that the reader may see and that name this customer, competitor or product."""
    asker = _Asker(connection, team_id, reader, now)
    named = (_customer(asker, name), _competitor(asker, name), _product(asker, name))
    return [*seen_by(team_id, reader, Asked("")), or_(*named)]


def filtered(asker: _Asker, asked: Asked) -> Conditions:
    """One condition for each kind of filter. Raises UserError, also for what is nearly a filter: read as
    words, it would silently find something else.
    """
    for slip in asked.slips:
        raise UserError(
            N_(
                "There is no filter “{typed}”; did you mean `{meant}:`? "
                "Put in quotes what is meant as words.",
                typed=slip.typed,
                meant=slip.meant,
            )
        )
    found: Conditions = []
    for kind in dict.fromkeys(one.kind for one in asked.filters):
        values = asked.values(kind)
        if kind is Kind.URGENT:
            found.append(table.c.is_urgent)
            continue
        if kind is Kind.FORMAT:
            raise UserError(N_("`format:` belongs to `/insight export`."))
        if "" in values:
            raise UserError(
                N_(
                    "Write a value right behind `{name}:`, as in `{name}:{example}`.",
                    name=kind.value,
                    example=_EXAMPLES[kind],
                )
            )
        found.append(or_(*(_MEANINGS[kind](asker, value) for value in values)))
    _check_span(asker, asked)
    return found


def _worded(connection: Connection, asked: Asked) -> Conditions:
    query = asked.query
    if not (query.terms or query.phrases):
        return []
    terms = [Term(term.stem, term.prefix) for term in query.terms]
    return [search.holds(connection, terms, query.phrases)]


# --- one kind each -----------------------------------------------------------------------------------------


def _category(asker: _Asker, value: str) -> ColumnElement[bool]:
    name = value.strip(":")
    found = []
    for bridge in asker.reader.bridges:
        known = [syntax.CategoryName(one.key, spoken_names(one), one.emoji) for one in bridge.categories]
        key = syntax.category_called(name, known)
        if key is not None:
            found.append(and_(table.c.bridge_id == bridge.id, table.c.category == key))
    if not found:
        raise UserError(
            N_(
                "I know no category “{value}”. Categories: {names}.",
                value=_shown(value),
                names=_categories(asker),
            )
        )
    return or_(*found)


def _categories(asker: _Asker) -> str:
    names = [
        category_name(one, asker.reader.texts)
        for bridge in asker.reader.near
        for one in bridge.active_categories
    ]
    return comma(_shown(name) for name in list(dict.fromkeys(names))[:_MOST_NAMED])


def _status(asker: _Asker, value: str) -> ColumnElement[bool]:
    found = statuses_called(value)
    if not found:
        _ = asker.reader.texts
        names = comma(status_label(_, one) for one in STATUSES)
        raise UserError(
            N_(
                "I know no status “{value}”. Statuses: {names}; or `open`, `closed`.",
                value=_shown(value),
                names=names,
            )
        )
    return table.c.status.in_(found)


def statuses_called(value: str) -> tuple[str, ...]:
    """The statuses that are called so, in any language, also by a beginning or another ending."""
    asked = _words(value)
    called: dict[tuple[str, ...], tuple[str, ...]] = {_words(word): group for word, group in _GROUPS.items()}
    for status in STATUSES:
        called[_words(status)] = (status,)
        called |= {_words(status_label(texts(language), status)): (status,) for language in LANGUAGES}
    if asked in called:
        return called[asked]
    alike = {group for words, group in called.items() if _is_alike("".join(asked), "".join(words))}
    return alike.pop() if len(alike) == 1 else ()


def _is_alike(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _SHORTEST and (one.startswith(other) or other.startswith(one))


def _words(value: str) -> tuple[str, ...]:
    return tuple(stems.stems(value.replace("_", " ")))


def _customer(asker: _Asker, value: str) -> ColumnElement[bool]:
    return _named(asker, value, lambda one: [one.customer])


def _competitor(asker: _Asker, value: str) -> ColumnElement[bool]:
    return _named(asker, value, lambda one: one.competitors)


def _product(asker: _Asker, value: str) -> ColumnElement[bool]:
    return _named(asker, value, lambda one: [one.product])


def _named(
    asker: _Asker, value: str, names_of: Callable[[Insight], Sequence[str | None]]
) -> ColumnElement[bool]:
    """Insights with such a name in that place: in any word form, also a part of the name.

    The index leads to those that hold the words at all; so no letter is compared by a database, whose ideas
    of upper and lower case differ.
    """
    query = stems.query(value if value.endswith("*") else f'"{value}"')
    if not (query.terms or query.phrases):
        return false()
    terms = [Term(term.stem, term.prefix) for term in query.terms]
    at = asker.connection
    hits = insights.select_all(at, [insights.of_team(asker.team_id), search.holds(at, terms, query.phrases)])
    return table.c.id.in_([one.id for one in hits if any(_holds(name, query) for name in names_of(one))])


def _holds(name: str | None, query: stems.Query) -> bool:
    words = stems.stems(name or "")
    return all(
        any(word.startswith(term.stem) if term.prefix else word == term.stem for word in words)
        for term in query.terms
    ) and all(
        any(tuple(words[at : at + len(phrase)]) == phrase for at in range(len(words)))
        for phrase in query.phrases
    )


def _from(asker: _Asker, value: str) -> ColumnElement[bool]:
    people = _people(asker, value)
    if not people:
        raise UserError(N_("I know nobody called “{value}”.", value=_shown(value)))
    return or_(table.c.author_id.in_(people), table.c.reporter_id.in_(people))


def _people(asker: _Asker, value: str) -> list[str]:
    if value.casefold() in _ME:
        return [asker.reader.user_id]
    name = value.removeprefix("@")
    known = workspace.all_names(asker.connection, asker.team_id)
    if name in known:
        return [name]
    asked = _plain_words(name)
    return sorted(user for user, called in known.items() if asked and asked <= _plain_words(called))


def _plain_words(name: str) -> frozenset[str]:
    return frozenset(token.word for token in stems.tokens(name.replace(".", " ").replace("_", " ")))


def _since(asker: _Asker, value: str) -> ColumnElement[bool]:
    return table.c.created_at >= _midnight(asker, _day(asker, value))


def _until(asker: _Asker, value: str) -> ColumnElement[bool]:
    return table.c.created_at < _midnight(asker, _day(asker, value) + timedelta(days=1))


def _midnight(asker: _Asker, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(asker.reader.time_zone))


def _day(asker: _Asker, value: str) -> date:
    """A day as people write it. Raises UserError."""
    word = value.casefold()
    if word in _DAYS_AGO:
        today = asker.now.astimezone(ZoneInfo(asker.reader.time_zone)).date()
        return today - timedelta(days=_DAYS_AGO[word])
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            found = datetime.strptime(word, form).date()  # noqa: DTZ007 - only its day is meant
        except ValueError:
            continue
        if 1970 <= found.year < 9999:
            return found
    raise UserError(
        N_(
            "I can't read “{value}” as a day. Write 2026-10-01, 01.10.2026, today or yesterday.",
            value=_shown(value),
        )
    )


def _check_span(asker: _Asker, asked: Asked) -> None:
    first = [_day(asker, value) for value in asked.values(Kind.SINCE)]
    last = [_day(asker, value) for value in asked.values(Kind.UNTIL)]
    if first and last and min(first) > max(last):
        raise UserError(N_("The first day is after the last one; nothing lies between them."))


def _bridge(asker: _Asker, value: str) -> ColumnElement[bool]:
    found = [one.id for one in asker.reader.bridges if _is_called(one, value)]
    if not found:
        names = comma(_shown(one.name) for one in asker.reader.bridges[:_MOST_NAMED])
        raise UserError(
            N_("I know no bridge called “{name}”. Bridges: {names}.", name=_shown(value), names=names)
        )
    return insights.of_bridges(found)


def _is_called(bridge: Bridge, value: str) -> bool:
    return " ".join(bridge.name.split()).casefold() == value.casefold()


def _shown(text: str) -> str:
    return inert_mrkdwn(text, {}, 60)


_MEANINGS: Final[dict[Kind, Callable[[_Asker, str], ColumnElement[bool]]]] = {
    Kind.CATEGORY: _category,
    Kind.STATUS: _status,
    Kind.CUSTOMER: _customer,
    Kind.COMPETITOR: _competitor,
    Kind.PRODUCT: _product,
    Kind.FROM: _from,
    Kind.SINCE: _since,
    Kind.UNTIL: _until,
    Kind.BRIDGE: _bridge,
}
_EXAMPLES: Final = {
    Kind.CATEGORY: "competitor",
    Kind.STATUS: "new",
    Kind.CUSTOMER: "Hartmann",
    Kind.COMPETITOR: "Acme",
    Kind.PRODUCT: "SC-40",
    Kind.FROM: "me",
    Kind.SINCE: "2026-10-01",
    Kind.UNTIL: "2026-10-31",
    Kind.BRIDGE: "default",
}
