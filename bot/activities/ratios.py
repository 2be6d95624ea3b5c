"""What activities cost and brought, exactly: fractions of integers, and words for what is undefined.

A ratio whose divisor is nought, or that lacks a figure, is undefined and says why; it is never shown as zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Self

from bot.activities.kinds import COUNTED, DEALS, REVENUE, Kind


class Undefined(StrEnum):
    """Why there is no such ratio."""

    NOTHING_PLANNED = "nothing_planned"
    PLANNED_NOUGHT = "planned_nought"
    NOTHING_RECORDED = "nothing_recorded"  # nobody has entered a figure, not even nought
    NO_SPEND_RECORDED = "no_spend_recorded"
    NO_LEADS = "no_leads"
    NO_MEETINGS = "no_meetings"
    NO_DEALS = "no_deals"
    NO_REVENUE_RECORDED = "no_revenue_recorded"
    NOTHING_SPENT = "nothing_spent"


Ratio = Fraction | Undefined


@dataclass(frozen=True)
class Totals:
    """Sums of entries by kind, in one currency. A kind without any entry is missing, not nought."""

    currency: str
    sums: Mapping[Kind, int] = field(default_factory=dict)

    @classmethod
    def of(cls, currency: str, parts: Iterable[tuple[Kind, int]]) -> Self:
        """Sum what stands of the entries."""
        sums: dict[Kind, int] = {}
        for kind, amount in parts:
            sums[kind] = sums.get(kind, 0) + amount
        return cls(currency, sums)

    def __add__(self, other: "Totals") -> "Totals":
        """Together. Raises ValueError for two currencies, which are never added up."""
        if self.currency != other.currency:
            raise ValueError("sums in two currencies are not added up")
        return Totals.of(self.currency, [*self.sums.items(), *other.sums.items()])

    def get(self, kind: Kind) -> int | None:
        """The sum; None where nothing was entered."""
        return self.sums.get(kind)

    @property
    def spend(self) -> int | None:
        return self.sums.get(Kind.SPEND)

    @property
    def deals(self) -> int | None:
        """First and repeat deals together."""
        return self._together(DEALS)

    @property
    def revenue(self) -> int | None:
        """Revenue of first and repeat deals together."""
        return self._together(REVENUE)

    def _together(self, kinds: Iterable[Kind]) -> int | None:
        known = [self.sums[kind] for kind in kinds if kind in self.sums]
        return sum(known) if known else None

    @property
    def has_results(self) -> bool:
        """Whether anything came of it: a result that says nought is none."""
        return any(self.sums.get(kind) for kind in (*COUNTED, *REVENUE))

    # --- ratios --------------------------------------------------------------------------------------------

    @property
    def cost_per_lead(self) -> Ratio:
        """Minor units for each lead."""
        return self._cost_per(self.get(Kind.LEADS), Undefined.NO_LEADS)

    @property
    def cost_per_meeting(self) -> Ratio:
        """Minor units for each meeting."""
        return self._cost_per(self.get(Kind.MEETINGS), Undefined.NO_MEETINGS)

    @property
    def cost_per_deal(self) -> Ratio:
        """Minor units for each deal, first or repeat."""
        return self._cost_per(self.deals, Undefined.NO_DEALS)

    def _cost_per(self, number: int | None, none: Undefined) -> Ratio:
        if self.spend is None:
            return Undefined.NO_SPEND_RECORDED
        return Fraction(self.spend, number) if number else none

    @property
    def return_on_cost(self) -> Ratio:
        """Revenue per unit of cost."""
        if self.revenue is None:
            return Undefined.NO_REVENUE_RECORDED
        if self.spend is None:
            return Undefined.NO_SPEND_RECORDED
        return Fraction(self.revenue, self.spend) if self.spend else Undefined.NOTHING_SPENT


def share(actual: int | None, planned: int | None) -> Ratio:
    """The actual part of what was planned: 1 is all of it."""
    if planned is None:
        return Undefined.NOTHING_PLANNED
    if actual is None:
        return Undefined.NOTHING_RECORDED
    return Fraction(actual, planned) if planned else Undefined.PLANNED_NOUGHT
