"""The evaluation gives its figures; on the tuning set, and whatever they are."""

import pytest

from benchmarks.evaluation.figures import Hits, f1, precision, recall, row, share
from benchmarks.evaluation.report import report


@pytest.mark.parametrize("language", ["en", "ru"])
def test_all_figures_are_produced(language: str) -> None:
    rows = {one.name.strip(): one for one in report("tuning", language)}
    assert {"category accuracy", "of complaint", "names: precision", "names: recall", "names: F1"} <= set(
        rows
    )
    assert {"after 50 corrections", "after 50 decisions", "suggestions that are right"} <= set(rows)
    assert all(0 <= one.low <= one.value <= one.high <= 1 for one in rows.values())
    assert [name for name, _value in rows["category accuracy"].others] == ["majority", "keywords"]


def test_figures_by_hand() -> None:
    hits = [Hits(right=2, wrong=1, missed=0), Hits(right=1, wrong=0, missed=2)]
    assert (precision(hits), recall(hits)) == (0.75, 0.6)
    assert f1(hits) == pytest.approx(2 * 0.75 * 0.6 / 1.35)
    one = row("x", [True] * 5, share)
    assert (one.value, one.low, one.high, one.count) == (1.0, 1.0, 1.0, 5)
    assert row("y", [True, False] * 50, share) == row("y", [True, False] * 50, share)
