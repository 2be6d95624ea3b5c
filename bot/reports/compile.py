"""Compiles what a sales channel is told: a frozen value, the same for post and preview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from sqlalchemy import Connection

from bot.digests.period import Period
from bot.insights.words import names_in
from storage import digests, reports
from storage.bridges import Bridge
from storage.insights import Insight

MOST_OUTCOMES: Final = 8


@dataclass(frozen=True)
class SalesReport:
    """What one sales channel told marketing in a period, and what became of it."""

    bridge: Bridge
    channel_id: str
    period: Period
    categories: tuple[tuple[str, int], ...]  # keys with counts, in the bridge's order
    done: int
    declined: int
    outcomes: tuple[Insight, ...]  # the latest, of which the text still stands
    in_progress: int
    waiting: int  # new or acknowledged
    to_response: timedelta | None  # median; None: nothing was answered in that time
    to_outcome: timedelta | None
    names: Mapping[str, str]

    @property
    def total(self) -> int:
        return sum(count for _key, count in self.categories)

    @property
    def is_quiet(self) -> bool:
        return not (self.total or self.done or self.declined)


def compile_report(
    connection: Connection, bridge: Bridge, channel_id: str, period: Period, *, to_be_posted: bool = False
) -> SalesReport:
    """Compile the report in a constant number of queries.

    `to_be_posted`: the transaction also writes the post, so the quoted texts must not change meanwhile.
    """
    team_id = digests.team_of(connection, bridge.id)
    shown = reports.shown_in(team_id, channel_id)
    counts = reports.came_in(connection, bridge.id, period.span, shown)
    ended = reports.ended(connection, bridge.id, period.span, shown)
    wanted = [insight_id for insight_id, _status in ended[:MOST_OUTCOMES]]
    known = digests.with_text(connection, wanted, to_be_posted=to_be_posted)
    outcomes = tuple(known[one] for one in wanted if one in known)
    left = reports.still_open(connection, bridge.id, shown)
    statuses = [status for _id, status in ended]
    said = [text for one in outcomes for text in (one.text, one.outcome)]
    return SalesReport(
        bridge=bridge,
        channel_id=channel_id,
        period=period,
        categories=_in_order(bridge, counts),
        done=statuses.count("done"),
        declined=statuses.count("declined"),
        outcomes=outcomes,
        in_progress=left.get("in_progress", 0),
        waiting=left.get("new", 0) + left.get("acknowledged", 0),
        to_response=median_of(
            reports.times_to(connection, bridge.id, "first_response_at", period.span, shown)
        ),
        to_outcome=median_of(reports.times_to(connection, bridge.id, "outcome_at", period.span, shown)),
        names=names_in(connection, team_id, said),
    )


def _in_order(bridge: Bridge, counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    own = [kind.key for kind in bridge.categories]
    keys = [*own, *sorted(set(counts) - set(own))]
    return tuple((key, counts[key]) for key in keys if counts.get(key))


def median_of(times: Sequence[tuple[datetime, datetime]]) -> timedelta | None:
    """The median of how long it took; None where there is nothing to take it of."""
    if not times:
        return None
    return timedelta(seconds=median((until - since).total_seconds() for since, until in times))
