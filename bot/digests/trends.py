"""What is new, grows and fades in a digest: this period against the one before. Pure.

Small numbers are no trend: what moved by one or two insights is told with its numbers, and called nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.bridges.categories import OTHER
from bot.digests.compile import Digest

LEAST_NEW: Final = 2  # insights; what one person said once is no news yet
LEAST_MOVE: Final = 3  # insights more or fewer than in the period before


class Direction(StrEnum):
    """Where something goes."""

    NEW = "new"  # nobody spoke of it in the two periods before
    GROWING = "growing"  # at least half as much again as before
    FADING = "fading"  # a third less than before, or more
    STEADY = "steady"


class Kind(StrEnum):
    """What a trend is of."""

    CATEGORY = "category"
    COMPETITOR = "competitor"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Trend:
    """How a category, competitor or customer moves."""

    kind: Kind
    name: str  # of a category its key
    count: int
    before: int
    direction: Direction


def direction(count: int, before: int, history: int, *, knows_new: bool) -> Direction:
    """`history`: how many in the two periods before; `knows_new`: there was a bridge in both."""
    if knows_new and history == 0 and count >= LEAST_NEW:
        return Direction.NEW
    if count - before >= LEAST_MOVE and 2 * count >= 3 * before:
        return Direction.GROWING
    if before - count >= LEAST_MOVE and 3 * count <= 2 * before:
        return Direction.FADING
    return Direction.STEADY


def trends(digest: Digest, wanted: Direction) -> list[Trend]:
    """What goes that way, the largest moves first; nothing where there is nothing to compare with."""
    if not digest.is_compared:
        return []
    counted = [
        *(
            (Kind.CATEGORY, one.key, one.count, one.before, one.history)
            for one in digest.categories
            if one.key != OTHER  # what belongs nowhere goes nowhere
        ),
        *((Kind.COMPETITOR, one.name, one.count, one.before, one.history) for one in digest.competitors),
        *((Kind.CUSTOMER, one.name, one.count, one.before, one.history) for one in digest.customers),
    ]
    found = [
        Trend(kind, name, count, before, wanted)
        for kind, name, count, before, history in counted
        if direction(count, before, history, knows_new=digest.knows_new) is wanted
    ]
    return sorted(found, key=lambda one: -abs(one.count - one.before))
