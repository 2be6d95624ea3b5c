"""How far a bridge reaches: which of its sales channels took part in a period, and which fell silent.

Nobody is named or can be told: how many of its people took part is said of channels with at least three.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from storage import coverage
from storage.coverage import ChannelRow
from storage.digests import Span

LEAST_PEOPLE: Final = 3  # of a channel, so that one who took part is one of three
LEAST_TIME: Final = timedelta(days=7)  # a day without a word is no silence


@dataclass(frozen=True)
class ChannelCoverage:
    """A sales channel within the period."""

    channel_id: str
    insights: int
    active: int  # of its people, who passed something on
    people: int  # full members of this workspace; guests and people of other organisations don't count
    last_at: datetime | None  # the last insight, at whatever time
    bridged_at: datetime

    @property
    def is_silent(self) -> bool:
        return not (self.insights or self.active)

    @property
    def tells_people(self) -> bool:
        """Whether it may be said how many took part."""
        return self.people >= LEAST_PEOPLE


@dataclass(frozen=True)
class Coverage:
    """All sales channels of a bridge that Frontline can hear, in the bridge's order."""

    span: Span
    channels: tuple[ChannelCoverage, ...]

    @property
    def heard(self) -> tuple[ChannelCoverage, ...]:
        return tuple(one for one in self.channels if not one.is_silent)

    @property
    def silent(self) -> tuple[ChannelCoverage, ...]:
        """Those of which nothing came, the longest silent first."""
        found = [one for one in self.channels if one.is_silent]
        return tuple(sorted(found, key=lambda one: one.last_at or one.bridged_at))


def span_of(span: Span) -> Span:
    """The time that is looked at for a period: a week at least."""
    return Span(min(span.start, span.end - LEAST_TIME), span.end)


def coverage_of(connection: Connection, bridge_ids: Collection[int], span: Span) -> dict[int, Coverage]:
    """By bridge, in a constant number of queries. Channels that Frontline is not in can't take part."""
    rows = coverage.channel_rows(connection, bridge_ids, span)
    people = coverage.colleague_counts(connection, bridge_ids)
    active = coverage.active_counts(connection, bridge_ids, span)
    found: dict[int, list[ChannelCoverage]] = {bridge_id: [] for bridge_id in bridge_ids}
    for row in rows:
        if _can_hear(row, span):
            found[row.bridge_id].append(
                ChannelCoverage(
                    channel_id=row.channel_id,
                    insights=row.insights,
                    active=min(active.get(row.channel_id, 0), people.get(row.channel_id, 0)),
                    people=people.get(row.channel_id, 0),
                    last_at=row.last_at,
                    bridged_at=row.bridged_at,
                )
            )
    return {bridge_id: Coverage(span, tuple(channels)) for bridge_id, channels in found.items()}


def _can_hear(row: ChannelRow, span: Span) -> bool:
    """Whether Frontline is in it, and it was part of the bridge by then."""
    return bool(row.is_member) and not row.is_archived and row.bridged_at < span.end
