"""Insights as CSV or JSON Lines, whatever their number, for the operator's own tools.

JSON Lines holds texts exactly as they are stored. CSV is for spreadsheets: it begins with a byte order mark,
and what a spreadsheet would run as a formula begins with an apostrophe instead.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal, TextIO

from babel.numbers import get_currency_precision
from sqlalchemy import ColumnElement, Connection, and_, false, or_

from bot import slacktext
from bot.bridges.categories import name_of
from bot.errors import OperatorError, UserError
from bot.i18n import DEFAULT_LANGUAGE, texts
from bot.insights.words import names_in
from bot.search.conditions import asks_for_withdrawn, meant_by_operator
from bot.search.query import Asked, parse_query
from storage import bridges, insights, workspace
from storage.bridges import Bridge
from storage.database import Database
from storage.export import Exported, Wanted, conditions_of, pages

Format = Literal["csv", "jsonl"]
Progress = Callable[[int, int], None]  # written, of how many
Cell = str | int | bool | None | list[str]

COLUMNS: Final = (
    "number",
    "bridge",
    "category",
    "category_name",
    "status",
    "outcome",
    "text",
    "first_wording",
    "note",
    "customer",
    "competitors",
    "product",
    "deal_value",
    "deal_currency",
    "urgent",
    "supporters",
    "author",
    "author_id",
    "reporter",
    "reporter_id",
    "channel",
    "channel_id",
    "source",
    "said_at",
    "created_at",
    "changed_at",
    "edited_at",
    "text_removed_at",
    "permalink",
    "thread_permalink",
)
# owasp.org/www-community/attacks/CSV_Injection: the last four are full-width forms.
GUARDED: Final = re.compile(
    "'*[=+\\-@\t\r\n＝＋－＠]"
)  # with apostrophes, so that an import can tell them apart
BYTE_ORDER_MARK: Final = "\ufeff"


def export(
    database: Database,
    out: TextIO,
    *,
    format: Format = "csv",
    bridge: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    with_withdrawn: bool = False,
    query: str = "",
    now: datetime | None = None,
    progress: Progress = lambda written, total: None,
) -> int:
    """Write insights to `out` (opened with `newline=""`), oldest first; gives how many.

    `bridge`: only those of the bridge with that name; `since` and `until`: only those stored at or after, and
    before, that instant; `query`: only those that it means in the language of searches, `now`. `progress`
    hears after each page how many are written, of how many. Memory is that of one page of 1,000. Raises
    OperatorError for a bridge that does not exist or a wrong filter; nothing is written then.
    """
    asked = parse_query(query)
    with database.reading() as connection:
        names = _Names(connection)
        withdrawn = with_withdrawn or asks_for_withdrawn(asked)
        wanted = conditions_of(Wanted(names.bridge_id(bridge), since, until, withdrawn))
        if query.strip():
            assert now is not None, "what is meant by today depends on it"
            wanted.append(_meant(connection, asked, now))
        return write(connection, out, wanted, format=format, progress=progress)


def _meant(connection: Connection, asked: Asked, now: datetime) -> ColumnElement[bool]:
    """What the query means in any of the workspaces. Raises OperatorError."""
    if asked.is_empty:
        raise OperatorError("--query holds neither a word nor a filter.")
    try:
        met = [meant_by_operator(connection, team, asked, now) for team in workspace.teams(connection)]
    except UserError as problem:
        raise OperatorError(texts(DEFAULT_LANGUAGE).say(problem.message)) from None
    return or_(false(), *(and_(*one) for one in met))


def write(
    connection: Connection,
    out: TextIO,
    conditions: Sequence[ColumnElement[bool]],
    *,
    format: Format,
    progress: Progress = lambda written, total: None,
) -> int:
    """Write the insights that meet all conditions to `out`, oldest first; gives how many."""
    names, written = _Names(connection), 0
    total = insights.count(connection, conditions)
    put = _csv_writer(out) if format == "csv" else _json_writer(out)
    for page in pages(connection, conditions):
        put(names.rows(page))
        written += len(page)
        progress(written, total)
    return written


class _Names:
    """What ids are called: bridges once, people and channels page by page."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bridges = {
            bridge.id: bridge
            for team in workspace.teams(connection)
            for bridge in bridges.all_bridges(connection, team)
        }

    def bridge_id(self, name: str | None) -> int | None:
        if name is None:
            return None
        found = next((one.id for one in self._bridges.values() if one.name == name), None)
        if found is None:
            names = ", ".join(sorted(one.name for one in self._bridges.values())) or "none yet"
            raise OperatorError(f"There is no bridge named {name}. Bridges: {names}.")
        return found

    def rows(self, page: list[Exported]) -> list[dict[str, Cell]]:
        people: dict[tuple[str, str], str] = {}
        channels: dict[tuple[str, str], str] = {}
        mentioned: dict[tuple[str, str], str] = {}
        for team in {one.team_id for one in page}:
            mine = [one for one in page if one.team_id == team]
            ids = {who for one in mine for who in (one.author_id, one.reporter_id) if who}
            places = {one.channel_id for one in mine if one.channel_id}
            people |= _keyed(team, workspace.names(self._connection, team, ids))
            channels |= _keyed(team, workspace.channel_names(self._connection, team, places))
            said = [words for one in mine for words in (one.text, one.first_text)]
            mentioned |= _keyed(team, dict(names_in(self._connection, team, said)))
        return [_row(one, self._bridges[one.bridge_id], people, channels, mentioned) for one in page]


def _keyed(team: str, names: dict[str, str]) -> dict[tuple[str, str], str]:
    return {(team, key): name for key, name in names.items()}


def _row(
    insight: Exported,
    bridge: Bridge,
    people: dict[tuple[str, str], str],
    channels: dict[tuple[str, str], str],
    mentioned: dict[tuple[str, str], str],
) -> dict[str, Cell]:
    team = insight.team_id
    names = {key: name for (of_team, key), name in mentioned.items() if of_team == team}
    return {
        "number": insight.number,
        "bridge": bridge.name,
        "category": insight.category,
        "category_name": name_of(bridge, insight.category, texts(bridge.language)),
        "status": insight.status,
        "outcome": insight.outcome,
        "text": slacktext.plain(insight.text, names),
        "first_wording": slacktext.plain(insight.first_text, names) if insight.first_text else None,
        "note": insight.note,
        "customer": insight.customer,
        "competitors": insight.competitors,
        "product": insight.product,
        "deal_value": _amount(insight.deal_amount, insight.deal_currency),
        "deal_currency": insight.deal_currency,
        "urgent": insight.is_urgent,
        "supporters": insight.supporter_count,
        "author": people.get((team, insight.author_id or "")) or insight.author_name,
        "author_id": insight.author_id,
        "reporter": people.get((team, insight.reporter_id)),
        "reporter_id": insight.reporter_id,
        "channel": channels.get((team, insight.channel_id or "")),
        "channel_id": insight.channel_id,
        "source": insight.source,
        "said_at": _utc(insight.said_at),
        "created_at": _utc(insight.created_at),
        "changed_at": _utc(insight.changed_at),
        "edited_at": _utc(insight.edited_at),
        "text_removed_at": _utc(insight.text_removed_at),
        "permalink": insight.permalink,
        "thread_permalink": insight.thread_permalink,
    }


def _utc(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _amount(minor_units: int | None, currency: str | None) -> str | None:
    """The exact amount, as a decimal number in the currency's main unit."""
    if minor_units is None or currency is None:
        return None
    return str(Decimal(minor_units).scaleb(-get_currency_precision(currency)))


def _json_writer(out: TextIO) -> Callable[[Iterable[dict[str, Cell]]], None]:
    def write(rows: Iterable[dict[str, Cell]]) -> None:
        out.writelines(_line(row) for row in rows)

    return write


def _line(row: dict[str, Cell]) -> str:
    """One line, also for readers that take Unicode's own line ends for such."""
    text = json.dumps(row, ensure_ascii=False)
    for end in ("\u0085", "\u2028", "\u2029"):
        text = text.replace(end, f"\\u{ord(end):04x}")
    return text + "\n"


def _csv_writer(out: TextIO) -> Callable[[Iterable[dict[str, Cell]]], None]:
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow(COLUMNS)

    def write(rows: Iterable[dict[str, Cell]]) -> None:
        writer.writerows([harmless(row[name]) for name in COLUMNS] for row in rows)

    return write


def harmless(cell: Cell) -> str:
    """What a cell holds, so that no spreadsheet runs it as a formula."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return str(cell)
    text = ", ".join(cell) if isinstance(cell, list) else cell
    return f"'{text}" if GUARDED.match(text) else text
