"""Cursor pagination (docs.slack.dev/apis/web-api/pagination)."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from playground.model import SlackError
from playground.webapi.registry import Arguments

T = TypeVar("T")


def page(items: Sequence[T], args: Arguments, *, default: int = 100) -> tuple[Sequence[T], str]:
    """The page that `limit` and `cursor` ask for, and the next cursor (empty at the end).

    SlackError invalid_limit, invalid_cursor.
    """
    limit = args.number("limit", default, 1, 1000)
    start = _position(args.text("cursor"), len(items))
    end = start + limit
    return items[start:end], _cursor(end) if end < len(items) else ""


def _cursor(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _position(cursor: str | None, length: int) -> int:
    if not cursor:
        return 0
    try:
        kind, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        position = int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise SlackError("invalid_cursor") from None
    if kind != "next" or not 0 < position <= length:
        raise SlackError("invalid_cursor")
    return position
