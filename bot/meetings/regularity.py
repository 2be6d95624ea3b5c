"""How regular a series is: held, moved and skipped of the last meetings, topics, promises kept in time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from storage import actions, meetings
from storage.actions import DONE, DROPPED, ActionItem
from storage.bridges import Bridge
from storage.meetings import CANCELLED, HELD, SKIPPED, Series

LOOK_BACK: Final = 8  # meetings


@dataclass(frozen=True)
class Regularity:
    """What became of the last meetings of a series. Shares that are undefined are None, never zero."""

    meetings: int  # that were due, at most LOOK_BACK
    held: int
    moved: int
    skipped: int
    topics: Decimal | None  # average of those held, to one decimal
    items_due: int  # action items that were due, and not dropped
    items_in_time: int

    @property
    def share_in_time(self) -> int | None:
        """Per cent of the action items that were done in time."""
        if not self.items_due:
            return None
        return int((Decimal(100 * self.items_in_time) / self.items_due).to_integral_value(ROUND_HALF_UP))


def regularity_of(connection: Connection, series: Series, bridge: Bridge, now: datetime) -> Regularity:
    """Look at the last meetings of the series. Cancelled ones don't count: they were not to be."""
    past = [
        one
        for one in meetings.occurrences(connection, series.id)
        if one.status in (HELD, SKIPPED) or (one.starts_at <= now and one.status != CANCELLED)
    ][-LOOK_BACK:]
    held = [one for one in past if one.status == HELD]
    counts = meetings.topic_counts(connection, [one.id for one in held])
    today = now.astimezone(ZoneInfo(bridge.time_zone)).date()
    due = [
        one
        for one in actions.of_series(connection, series.id)
        if one.due_on is not None and one.status != DROPPED and (one.due_on < today or one.status == DONE)
    ]
    return Regularity(
        meetings=len(past),
        held=len(held),
        moved=sum(one.is_moved for one in past),
        skipped=sum(one.status == SKIPPED for one in past),
        topics=_average(sum(counts.values()), len(held)),
        items_due=len(due),
        items_in_time=sum(_in_time(one, bridge.time_zone) for one in due),
    )


def _average(total: int, count: int) -> Decimal | None:
    return (Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP) if count else None


def _in_time(item: ActionItem, zone: str) -> bool:
    if item.status != DONE or item.closed_at is None or item.due_on is None:
        return False
    return item.closed_at.astimezone(ZoneInfo(zone)).date() <= item.due_on
