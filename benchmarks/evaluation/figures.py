"""Figures with their confidence: bootstrap over messages, seeded, so that they stay the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, TypeVar

ROUNDS: Final = 1000
SEED: Final = 7
T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One figure with its 95 % interval, and the same of plainer ways where there are such."""

    name: str
    value: float
    low: float
    high: float
    count: int
    others: tuple[tuple[str, float], ...] = ()

    def __str__(self) -> str:
        beside = "".join(f"   {name} {value:.3f}" for name, value in self.others)
        return (
            f"  {self.name:<34} {self.value:.3f}  [{self.low:.3f}, {self.high:.3f}]  n={self.count}{beside}"
        )


@dataclass(frozen=True)
class Hits:
    """Of one message: what was found rightly, wrongly, and not at all."""

    right: int
    wrong: int
    missed: int


def row(
    name: str,
    units: Sequence[T],
    figure: Callable[[Sequence[T]], float],
    others: Sequence[tuple[str, float]] = (),
) -> Row:
    """The figure over all units, with the middle 95 % of it over units drawn anew."""
    random = Random(SEED)
    drawn = sorted(figure(random.choices(units, k=len(units))) for _ in range(ROUNDS)) if units else [0.0]
    low, high = drawn[int(0.025 * len(drawn))], drawn[min(len(drawn) - 1, int(0.975 * len(drawn)))]
    return Row(name, figure(units) if units else 0.0, low, high, len(units), tuple(others))


def share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 0.0


def precision(hits: Sequence[Hits]) -> float:
    right, found = sum(one.right for one in hits), sum(one.right + one.wrong for one in hits)
    return right / found if found else 0.0


def recall(hits: Sequence[Hits]) -> float:
    right, there = sum(one.right for one in hits), sum(one.right + one.missed for one in hits)
    return right / there if there else 0.0


def f1(hits: Sequence[Hits]) -> float:
    found, there = precision(hits), recall(hits)
    return 2 * found * there / (found + there) if found + there else 0.0
