"""Reads a CSV file as people save them: encoding and separator are found out, columns known by name. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.errors import OperatorError

SEPARATORS: Final = (",", ";", "\t")
MOST_CELL: Final = 1_000_000  # characters


class Column(StrEnum):
    """The columns that are read; all but the text may be missing."""

    TEXT = "text"
    CATEGORY = "category"
    CUSTOMER = "customer"
    COMPETITORS = "competitors"
    PRODUCT = "product"
    NOTE = "note"
    STATUS = "status"
    OUTCOME = "outcome"
    AUTHOR = "author"
    AUTHOR_ID = "author_id"
    REPORTER_ID = "reporter_id"
    SAID_AT = "said_at"
    CREATED_AT = "created_at"
    DEAL_VALUE = "deal_value"
    DEAL_CURRENCY = "deal_currency"
    URGENT = "urgent"
    PERMALINK = "permalink"


_CALLED: Final[dict[Column, str]] = {
    Column.TEXT: "insight|quote|message|текст|инсайт|сообщение|цитата",
    Column.CATEGORY: "категория|тип",
    Column.CUSTOMER: "client|account|клиент|заказчик|партнёр",
    Column.COMPETITORS: "competitor|конкурент|конкуренты",
    Column.PRODUCT: "продукт|товар",
    Column.NOTE: "notes|comment|заметка|примечание|комментарий",
    Column.STATUS: "статус|состояние",
    Column.OUTCOME: "result|итог|результат|исход",
    Column.AUTHOR: "said by|who|автор|кто сказал|кто",
    Column.AUTHOR_ID: "id автора",
    Column.REPORTER_ID: "",
    Column.SAID_AT: "date|when|said on|дата|когда|когда сказано",
    Column.CREATED_AT: "создано",
    Column.DEAL_VALUE: "deal|deal size|сумма|сделка|сумма сделки",
    Column.DEAL_CURRENCY: "currency|валюта",
    Column.URGENT: "срочно|срочность",
    Column.PERMALINK: "link|url|ссылка",
}
_COLUMNS: Final = {
    name: column
    for column, names in _CALLED.items()
    for name in (column.value.replace("_", " "), *names.replace("ё", "е").split("|"))
    if name
}


@dataclass(frozen=True)
class Row:
    """One row: the line on which it begins, and its cells that are not empty."""

    line: int
    cells: Mapping[Column, str]


@dataclass(frozen=True)
class Sheet:
    """A file that was read."""

    columns: tuple[Column, ...]
    ignored: tuple[str, ...]  # names of columns that mean nothing to us
    rows: tuple[Row, ...]
    faults: tuple[str, ...]  # by line, in words


def read_sheet(content: bytes) -> Sheet:
    """Read the file. Raises OperatorError where it is no table with a column of texts."""
    text = _decoded(content)
    separator = max(SEPARATORS, key=lambda one: len(_known(_heads(text, one))))
    heads = _heads(text, separator)
    known = _known(heads)
    if Column.TEXT not in known.values():
        raise OperatorError(
            "There is no column called “text” (or “текст”). The first line must name the columns; "
            f"it has: {', '.join(heads)[:200] or 'nothing'}."
        )
    twice = sorted({one.value for one in known.values() if list(known.values()).count(one) > 1})
    if twice:
        raise OperatorError(f"Two columns mean the same: {', '.join(twice)}. Rename or remove one of them.")
    rows, faults = _rows(text, separator, known, len(heads))
    ignored = tuple(name for at, name in enumerate(heads) if at not in known and name)
    return Sheet(tuple(known.values()), ignored, rows, faults)


def _decoded(content: bytes) -> str:
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise OperatorError("The file is no text in UTF-8, UTF-16 or Windows-1251. Save it as “CSV UTF-8”.")


def _reader(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows, each with the line on which it begins. Raises OperatorError."""
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise OperatorError(f"Line {line}: this can't be read as a table ({problem}).") from None


def _heads(text: str, separator: str) -> list[str]:
    try:
        return next(([cell.strip() for cell in cells] for _, cells in _reader(text, separator)), [])
    except OperatorError:
        return []


def _known(heads: Sequence[str]) -> dict[int, Column]:
    found = {at: _COLUMNS.get(_normal(name)) for at, name in enumerate(heads)}
    return {at: column for at, column in found.items() if column is not None}


def _normal(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("ё", "е").split())


def _rows(
    text: str, separator: str, known: Mapping[int, Column], width: int
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    rows, faults = [], []
    for number, (line, cells) in enumerate(_reader(text, separator)):
        if number == 0 or not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[width:]):
            faults.append(f"Line {line}: more cells than the first line has columns. Is a quote missing?")
            continue
        full = {known[at]: cell for at, cell in enumerate(cells) if at in known and cell.strip()}
        rows.append(Row(line, full))
    return tuple(rows), tuple(faults)
