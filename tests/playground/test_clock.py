"""The clock moves forward, stopping where something falls due."""

from datetime import UTC, datetime, timedelta

import pytest

from playground.clock import ClockMover, MovableClock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_it_runs_on_from_where_it_was_set() -> None:
    clock = MovableClock(START)
    first = clock.now()
    assert START <= first < START + timedelta(seconds=5)
    clock.move_to(START + timedelta(days=1))
    assert clock.now() >= START + timedelta(days=1)
    with pytest.raises(ValueError, match="forward"):
        clock.move_to(START)


def test_it_stops_at_each_due_instant_until_the_bot_has_finished() -> None:
    clock = MovableClock(START)
    due = [START + timedelta(hours=hours) for hours in (1, 2, 30)]
    settled: list[int] = []
    mover = ClockMover(
        clock,
        next_due=lambda after, until: next((one for one in due if after < one <= until), None),
        settle=lambda: settled.append(round((clock.now() - START) / timedelta(hours=1))),
    )
    assert mover.move(START + timedelta(hours=24)) == due[:2]
    assert settled == [1, 2, 24]
    assert mover.move_to_next() == due[2:]
    assert mover.move_to_next() == []
    assert mover.move(clock.now()) == []
    with pytest.raises(ValueError, match="forward"):
        mover.move(START)
