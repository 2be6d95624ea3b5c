"""An activity with all that is known of it: plan, entries, ratios, and what must be flagged."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.activities.kinds import Kind, Status
from bot.activities.ratios import Ratio, Totals, share
from storage import activities
from storage.activities import Activity, Entry
from storage.bridges import Bridge


class Flag(StrEnum):
    """What heads should look at."""

    OVER_BUDGET = "over_budget"
    LATE_START = "late_start"  # its first day is past, and it does not run
    LATE_END = "late_end"  # its last day is past, and it still runs
    NO_RESULTS = "no_results"  # it has ended, and nothing came of it


@dataclass(frozen=True)
class Figures:
    """What is known of one activity."""

    activity: Activity
    plan: Mapping[Kind, int]  # planned results
    entries: tuple[Entry, ...]  # all, corrected ones included
    insight_numbers: tuple[int, ...]

    @property
    def standing(self) -> list[Entry]:
        """The entries that count."""
        return activities.standing(self.entries)

    @property
    def totals(self) -> Totals:
        """All that was entered."""
        return Totals.of(self.activity.currency, [(Kind(one.kind), one.amount) for one in self.standing])

    def totals_of(self, first: date, last: date) -> Totals:
        """What was entered for those days."""
        within = [one for one in self.standing if first <= one.on_date <= last]
        return Totals.of(self.activity.currency, [(Kind(one.kind), one.amount) for one in within])

    # --- plan against actual -------------------------------------------------------------------------------

    @property
    def budget_share(self) -> Ratio:
        """The part of the planned budget that is spent."""
        return share(self.totals.spend, self.activity.planned_budget)

    def result_share(self, kind: Kind) -> Ratio:
        """The part of a planned result that came."""
        return share(self.totals.get(kind), self.plan.get(kind))

    @property
    def planned_days(self) -> int:
        """Days planned, the first and the last one included."""
        return (self.activity.ends_on - self.activity.starts_on).days + 1

    def days_run(self, today: date) -> int | None:
        """Days from its actual beginning to its end, or to today; None: it has not begun."""
        begun = self.activity.started_on
        if begun is None:
            return None
        return max(0, ((self.activity.ended_on or today) - begun).days + 1)

    def time_share(self, today: date) -> Ratio:
        """The part of the planned time that has run."""
        return share(self.days_run(today), self.planned_days)

    def flags(self, today: date) -> tuple[Flag, ...]:
        """What is over budget, late, or ended without results."""
        one, found = self.activity, []
        spend, budget = self.totals.spend, one.planned_budget
        if spend is not None and budget is not None and spend > budget:
            found.append(Flag.OVER_BUDGET)
        if one.status == Status.PLANNED and one.starts_on < today:
            found.append(Flag.LATE_START)
        if one.status == Status.RUNNING and one.ends_on < today:
            found.append(Flag.LATE_END)
        if one.status == Status.FINISHED and not self.totals.has_results:
            found.append(Flag.NO_RESULTS)
        return tuple(found)


def figures_of(connection: Connection, found: Collection[Activity]) -> list[Figures]:
    """The activities' figures, in their order, in three queries."""
    ids = [one.id for one in found]
    plans, numbers = activities.plans_of(connection, ids), activities.insights_of(connection, ids)
    entries: dict[int, list[Entry]] = {}
    for entry in activities.entries_of(connection, ids):
        entries.setdefault(entry.activity_id, []).append(entry)
    return [
        Figures(
            activity=one,
            plan={kind: plans[one.id][kind] for kind in Kind if kind in plans.get(one.id, {})},
            entries=tuple(entries.get(one.id, ())),
            insight_numbers=tuple(numbers.get(one.id, ())),
        )
        for one in found
    ]


def local_day(bridge: Bridge, now: datetime) -> date:
    """The day it is at the bridge."""
    return now.astimezone(ZoneInfo(bridge.time_zone)).date()
