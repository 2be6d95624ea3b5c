"""What a row says, checked: an insight's values, or a sentence for each thing that is wrong. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot import slacktext
from bot.bridges.categories import OTHER, spoken_names
from bot.export import GUARDED
from bot.importing.table import Column, Row
from bot.insights import syntax
from bot.insights.capture import MOST_TEXT
from bot.insights.details import MOST_COMPETITORS, MOST_NAME, different_names, read_money
from bot.search.conditions import statuses_called
from storage.bridges import Bridge

_YES: Final = frozenset({"yes", "y", "true", "1", "x", "+", "да", "срочно", "urgent"})
_NO: Final = frozenset({"no", "n", "false", "0", "-", "нет"})
_FORMS: Final = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%y")
_ENDED: Final = ("done", "declined")
_USER: Final = re.compile(r"[UW][A-Z0-9]{2,31}")


@dataclass(frozen=True)
class Ready:
    """An insight to be stored."""

    line: int
    key: str  # the same for the same row, whenever it comes
    text: str  # as Slack writes it
    category: str
    category_by: str
    said_at: datetime
    created_at: datetime
    author_id: str | None
    author_name: str | None
    reporter_id: str | None  # None: nobody we know
    permalink: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """What rows are read with."""

    bridge: Bridge
    people: Mapping[str, str]  # names by user id
    now: datetime


def read_row(row: Row, reading: Reading) -> tuple[Ready | None, list[str]]:
    """The insight, or what is wrong with the row."""
    faults: list[str] = []
    cells = {column: _bare(cell) for column, cell in row.cells.items()}

    def wrong(sentence: str) -> None:
        faults.append(f"Line {row.line}: {sentence}")

    text = cells.get(Column.TEXT, "")
    if not text:
        wrong("the text is missing.")
    if len(slacktext.escape(text)) > MOST_TEXT:
        wrong(f"the text is longer than {MOST_TEXT} characters.")
    category = _category(cells, reading, wrong)
    details = _details(cells, wrong)
    said_at = _instant(cells, Column.SAID_AT, reading, wrong)
    created_at = _instant(cells, Column.CREATED_AT, reading, wrong)
    if faults:
        return None, faults
    author_id = _person(cells.get(Column.AUTHOR_ID, ""), cells.get(Column.AUTHOR, ""), reading.people)
    at = said_at or created_at or reading.now
    author = author_id or cells.get(Column.AUTHOR, "")
    known_at = at.isoformat() if said_at or created_at else ""
    parts = (text, details["customer"] or "", author, known_at)
    return Ready(
        line=row.line,
        key=sha256("\0".join((str(reading.bridge.id), *parts)).encode()).hexdigest(),
        text=slacktext.escape(text),
        category=category or OTHER,
        category_by="person" if category else "default",
        said_at=at,
        created_at=created_at or at,
        author_id=author_id,
        author_name=None if author_id else cells.get(Column.AUTHOR),
        reporter_id=_person(cells.get(Column.REPORTER_ID, ""), "", reading.people) or author_id,
        permalink=cells.get(Column.PERMALINK),
        details=details,
    ), []


def _bare(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    return (cell[1:] if GUARDED.match(cell[1:]) and cell.startswith("'") else cell).strip()


def _category(cells: Mapping[Column, str], reading: Reading, wrong: Any) -> str | None:
    written = cells.get(Column.CATEGORY)
    if written is None:
        return None
    known = [syntax.CategoryName(one.key, spoken_names(one), one.emoji) for one in reading.bridge.categories]
    key = syntax.category_called(written, known)
    if key is None:
        names = ", ".join(one.names[-1] for one in known)
        wrong(f"there is no category “{written[:60]}”. Categories: {names}.")
    return key


def _details(cells: Mapping[Column, str], wrong: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "customer": _name(cells, Column.CUSTOMER, wrong),
        "product": _name(cells, Column.PRODUCT, wrong),
        "note": cells.get(Column.NOTE),
        "outcome": cells.get(Column.OUTCOME),
        "is_urgent": False,
        "status": "new",
    }
    rivals = values["competitors"] = different_names(cells.get(Column.COMPETITORS, ""))
    if len(rivals) > MOST_COMPETITORS or any(len(one) > MOST_NAME for one in rivals):
        wrong(f"at most {MOST_COMPETITORS} competitors, each of up to {MOST_NAME} characters.")
    if Column.STATUS in cells:
        found = statuses_called(cells[Column.STATUS])
        if len(found) == 1:
            values["status"] = found[0]
        else:
            wrong(f"there is no status “{cells[Column.STATUS][:60]}”.")
    if values["status"] in _ENDED and not values["outcome"]:
        wrong("what is done or declined needs an outcome, in words.")
    if Column.URGENT in cells:
        answer = cells[Column.URGENT].casefold()
        values["is_urgent"] = answer in _YES
        if answer not in _YES | _NO:
            wrong(f"“{cells[Column.URGENT][:60]}” is no answer to whether it is urgent; write yes or no.")
    return values | _money(cells, wrong)


def _name(cells: Mapping[Column, str], column: Column, wrong: Any) -> str | None:
    name = cells.get(column)
    if name is not None and len(name) > MOST_NAME:
        wrong(f"the {column.value} is longer than {MOST_NAME} characters.")
    return name


def _money(cells: Mapping[Column, str], wrong: Any) -> dict[str, Any]:
    if Column.DEAL_VALUE not in cells:
        return {}
    written = f"{cells[Column.DEAL_VALUE]} {cells.get(Column.DEAL_CURRENCY, '')}".strip()
    try:
        amount, currency = read_money(written)
    except ValueError:
        wrong(f"“{written[:60]}” is no amount with a currency, such as 12,500 EUR.")
        return {}
    return {"deal_amount": amount, "deal_currency": currency}


def _instant(cells: Mapping[Column, str], column: Column, reading: Reading, wrong: Any) -> datetime | None:
    written = cells.get(column)
    if written is None:
        return None
    found = _moment(written, ZoneInfo(reading.bridge.time_zone))
    if found is None:
        wrong(f"“{written[:60]}” is no date; write 2026-10-01, 2026-10-01 09:30 or 01.10.2026.")
    elif found > reading.now:
        wrong(f"“{written[:60]}” lies in the future.")
    return found


def _moment(written: str, zone: ZoneInfo) -> datetime | None:
    """An instant; without an offset it is local time of the bridge."""
    found: datetime | None = None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        for form in _FORMS:
            try:
                found = datetime.strptime(written, form)  # noqa: DTZ007 - the zone follows
                break
            except ValueError:
                continue
    if found is None or not 1970 <= found.year < 9999:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _person(user_id: str, name: str, people: Mapping[str, str]) -> str | None:
    """The person with that id, else the only one with that name."""
    if _USER.fullmatch(user_id) and user_id in people:
        return user_id
    asked = name.removeprefix("@").casefold()
    found = [user for user, called in people.items() if asked and called.casefold() == asked]
    return found[0] if len(found) == 1 else None
