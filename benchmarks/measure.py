"""Fair comparison: both sides measured in turns, so that what else the machine does strikes both alike."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import monotonic
from typing import Final, TypeVar

PATIENCE: Final = 20.0  # seconds
T = TypeVar("T")


@dataclass(frozen=True)
class Pairs:
    """Measurements of both sides, round by round."""

    ours: tuple[float, ...]
    baseline: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours as a multiple of the baseline, of each round."""
        return tuple(one / other for one, other in zip(self.ours, self.baseline, strict=True))


@dataclass(frozen=True)
class Aim:
    """What the ratio should be."""

    ratio: float
    is_least: bool  # True: at least that much; False: at most

    def is_met(self, ratio: float) -> bool:
        return ratio >= self.ratio if self.is_least else ratio <= self.ratio

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.ratio:g}"


@dataclass(frozen=True)
class Figure:
    """A line of the table: medians of both sides, and the median of the rounds' ratios with its spread."""

    benchmark: str
    name: str
    unit: str
    ours: float
    baseline: float
    ratio: float
    lowest: float
    highest: float
    aim: Aim | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the aim is met; None without one."""
        return None if self.aim is None else self.aim.is_met(self.ratio)


@dataclass(frozen=True)
class Report:
    """What one benchmark found, and how to read it."""

    figures: tuple[Figure, ...]
    meaning: str


def figure(benchmark: str, name: str, unit: str, pairs: Pairs, aim: Aim | None = None) -> Figure:
    """Sum the rounds up."""
    return Figure(
        benchmark=benchmark,
        name=name,
        unit=unit,
        ours=median(pairs.ours),
        baseline=median(pairs.baseline),
        ratio=median(pairs.ratios),
        lowest=min(pairs.ratios),
        highest=max(pairs.ratios),
        aim=aim,
    )


def in_turns(rounds: int, *sides: Callable[[], T]) -> list[tuple[T, ...]]:
    """Measure all sides in each round, every other round in reverse order; gives the rounds' results.

    One round before the first is measured and forgotten: it fills caches. On a busy machine there are fewer
    rounds: no new one begins after `PATIENCE`.
    """
    results: list[tuple[T, ...]] = []
    until = monotonic() + PATIENCE
    for number in range(rounds + 1):
        if monotonic() > until and len(results) > 1:
            break
        order = range(len(sides)) if number % 2 == 0 else range(len(sides) - 1, -1, -1)
        found: dict[int, T] = {}
        for side in order:
            gc.collect()
            found[side] = sides[side]()
        results.append(tuple(found[side] for side in range(len(sides))))
    return results[1:]


def pairs(rounds: Sequence[tuple[float, ...]], ours: int = 0, baseline: int = 1) -> Pairs:
    """Two of the sides that were measured in turns."""
    return Pairs(tuple(one[ours] for one in rounds), tuple(one[baseline] for one in rounds))


def at_share(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed (0.99: the 99th percentile)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
