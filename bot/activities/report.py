"""Compiles a report on a bridge's activities: what ran, what it cost, what it brought, what is planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from sqlalchemy import Connection

from bot.activities.figures import Figures, figures_of
from bot.activities.kinds import Purpose, Status
from bot.activities.periods import Days
from bot.activities.ratios import Totals, Undefined
from storage import activities, activity_answers, workspace
from storage.activity_answers import Answered, Asking
from storage.bridges import Bridge

MOST: Final = 500  # activities of one report


@dataclass(frozen=True)
class Part:
    """Figures of several activities together, in their one currency."""

    currency: str
    figures: tuple[Figures, ...]
    days: Days

    @property
    def in_period(self) -> Totals:
        """What was entered for the period's days."""
        return self._sum([one.totals_of(self.days.first, self.days.last) for one in self.figures])

    @property
    def so_far(self) -> Totals:
        """All that was entered."""
        return self._sum([one.totals for one in self.figures])

    @property
    def budget(self) -> int | None:
        """Planned budgets together, without those of what was cancelled; None: none was planned."""
        planned = [
            one.activity.planned_budget
            for one in self.figures
            if one.activity.planned_budget is not None and one.activity.status != Status.CANCELLED
        ]
        return sum(planned) if planned else None

    def of_purpose(self, purpose: Purpose) -> "Part":
        """Those of that purpose."""
        kept = tuple(one for one in self.figures if one.activity.purpose == purpose)
        return Part(self.currency, kept, self.days)

    def _sum(self, parts: Sequence[Totals]) -> Totals:
        return sum(parts, start=Totals(self.currency))


@dataclass(frozen=True)
class Report:
    """What a report says."""

    bridge: Bridge
    days: Days
    today: date  # at the bridge
    ran: tuple[Figures, ...]  # in the period, or with an entry of it
    planned: tuple[Figures, ...]  # still to come
    askings: tuple[Asking, ...]
    answers: tuple[Answered, ...]
    names: Mapping[str, str]

    @property
    def parts(self) -> tuple[Part, ...]:
        """What ran, by currency: sums in two currencies are never added up."""
        currencies = dict.fromkeys(one.activity.currency for one in self.ran)
        return tuple(
            Part(code, tuple(one for one in self.ran if one.activity.currency == code), self.days)
            for code in currencies
        )

    @property
    def ranked(self) -> tuple[tuple[Fraction, Figures], ...]:
        """Those whose revenue per unit of cost is defined, best first."""
        known = [
            (ratio, one) for one in self.ran if not isinstance(ratio := one.totals.return_on_cost, Undefined)
        ]
        return tuple(sorted(known, key=lambda pair: (-pair[0], pair[1].activity.id)))

    def word_of(self, figures: Figures) -> tuple[list[Asking], list[Answered]]:
        """What sales was asked about the activity, and answered."""
        asked = [one for one in self.askings if one.activity_id == figures.activity.id]
        ids = {one.id for one in asked}
        return asked, [one for one in self.answers if one.asking_id in ids]


def compile_report(connection: Connection, team_id: str, bridge: Bridge, days: Days, today: date) -> Report:
    """Compile it in a constant number of queries."""
    of_bridge = activities.of_bridges([bridge.id])
    touching = activities.find(connection, of_bridge, activities.touching(days.first, days.last), limit=MOST)
    coming = activities.find(connection, of_bridge, activities.with_status([Status.PLANNED]), limit=MOST)
    found = {one.activity.id: one for one in figures_of(connection, [*touching, *coming])}
    ran = tuple(found[one.id] for one in touching if one.status != Status.PLANNED or found[one.id].standing)
    planned = tuple(found[one.id] for one in coming if one.ends_on >= days.first)
    askings = activity_answers.askings_of(connection, [one.activity.id for one in ran])
    answers = activity_answers.answers_of(connection, [one.id for one in askings])
    people = {one.activity.owner_id for one in found.values()} | {one.user_id for one in answers}
    return Report(
        bridge=bridge,
        days=days,
        today=today,
        ran=ran,
        planned=planned,
        askings=tuple(askings),
        answers=tuple(answers),
        names=workspace.names(connection, team_id, people),
    )
