"""Each benchmark runs, tiny; no figure is judged here. And what makes the comparison fair."""

import json
from collections.abc import Callable

import pytest

from benchmarks import acknowledgements, adding, digests, latency, start
from benchmarks.measure import Aim, Pairs, Report, at_share, figure, in_turns
from benchmarks.table import as_json, as_table

TINY = {
    "ack-sqlite": lambda: acknowledgements.sqlite(acknowledgements.Size(rounds=1, events=4)),
    "ack-postgresql": lambda: acknowledgements.postgresql(acknowledgements.Size(rounds=1, events=4)),
    "latency": lambda: latency.run(latency.Size(rounds=1, seconds=0.1)),
    "start": lambda: start.run(start.Size(rounds=1)),
    "digest": lambda: digests.run(digests.Size(rounds=1, small=100, large=200, of_period=40)),
    "adding": lambda: adding.run(adding.Size(rounds=1, small=100, large=200)),
}


@pytest.mark.parametrize("name", TINY)
def test_it_measures_both_sides(name: str) -> None:
    report = TINY[name]()
    assert report.figures
    for one in report.figures:
        assert one.benchmark == name
        assert one.ours > 0
        assert one.baseline > 0
        assert one.lowest <= one.ratio <= one.highest


def test_sides_take_turns_and_the_first_round_is_forgotten() -> None:
    order: list[str] = []

    def side(name: str) -> Callable[[], int]:
        def measure() -> int:
            order.append(name)
            return len(order)

        return measure

    assert in_turns(2, side("ours"), side("bare")) == [(4, 3), (5, 6)]
    assert order == ["ours", "bare", "bare", "ours", "ours", "bare"]


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    # The second round was slow for both: the medians alone would say 0.5.
    found = figure("b", "n", "s", Pairs((10, 2, 12), (10, 2, 20)), Aim(0.9, is_least=True))
    assert (found.ours, found.baseline) == (10, 10)
    assert (found.ratio, found.lowest, found.highest) == (1.0, 0.6, 1.0)
    assert found.is_met


def test_aims_point_up_or_down() -> None:
    assert Aim(0.7, is_least=True).is_met(0.71)
    assert not Aim(0.7, is_least=True).is_met(0.69)
    assert Aim(1.3, is_least=False).is_met(1.2)
    assert not Aim(1.3, is_least=False).is_met(1.31)


def test_shares_are_those_of_the_sorted_values() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert (at_share(values, 0.5), at_share(values, 0.99), at_share(values, 1.0)) == (51, 100, 100)


def test_an_aim_that_is_not_met_is_said_plainly() -> None:
    slow = figure("ack", "flags", "acks/s", Pairs((50,), (100,)), Aim(0.7, is_least=True))
    report = Report((slow,), "What it means.")
    assert "0.50  0.50 to 0.50  ≥ 0.7  NOT MET" in as_table([report])
    assert "ack: What it means." in as_table([report])
    told = json.loads(as_json([report]))[0]["figures"][0]
    assert (told["ratio"], told["aim"], told["is_met"]) == (0.5, "≥ 0.7", False)
