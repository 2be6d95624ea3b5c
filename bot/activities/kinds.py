"""The words of activities: purposes, statuses, kinds of result, answers of sales."""

from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """What an activity is to do to customers."""

    ATTRACT = "attract"
    CONVINCE = "convince"
    RETAIN = "retain"


class Status(StrEnum):
    """How far an activity is. It runs from the first entry or the button on, and ends by the button."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Kind(StrEnum):
    """What an entry is of. All but SPEND are results; revenue and spend are money, the others are counted."""

    SPEND = "spend"
    LEADS = "leads"
    MEETINGS = "meetings"
    FIRST_DEALS = "first_deals"
    REPEAT_DEALS = "repeat_deals"
    FIRST_REVENUE = "first_revenue"
    REPEAT_REVENUE = "repeat_revenue"

    @property
    def is_money(self) -> bool:
        return self in MONEY


class Answer(StrEnum):
    """What a sales person says to "Did this help you sell?"."""

    YES = "yes"
    SOMEWHAT = "somewhat"
    NO = "no"
    UNNOTICED = "unnoticed"


class Occasion(StrEnum):
    """When sales is asked."""

    MIDWAY = "midway"
    END = "end"


MONEY: Final = frozenset({Kind.SPEND, Kind.FIRST_REVENUE, Kind.REPEAT_REVENUE})
RESULTS: Final = tuple(kind for kind in Kind if kind is not Kind.SPEND)
COUNTED: Final = tuple(kind for kind in RESULTS if kind not in MONEY)
DEALS: Final = (Kind.FIRST_DEALS, Kind.REPEAT_DEALS)
REVENUE: Final = (Kind.FIRST_REVENUE, Kind.REPEAT_REVENUE)
OPEN: Final = (Status.PLANNED, Status.RUNNING)
