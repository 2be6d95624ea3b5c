"""A digest's rhythm: what the form shows is what the stored rule means."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.digests.period import period_so_far, period_until
from bot.digests.schedule import (
    Frequency,
    Rhythm,
    default_schedule,
    recurrence_of,
    rhythm_of,
    save_rhythm,
    schedule_of,
)
from storage.database import Database
from tests.bot.digests.builders import MONDAY, a_bridge
from tests.support import make_bridge, make_services

RHYTHMS = [
    Rhythm(),
    Rhythm(Frequency.WEEKDAYS, at=time(7, 30)),
    Rhythm(Frequency.DAILY, at=time(23, 59)),
    Rhythm(Frequency.WEEKLY, weekday=6, at=time(0, 0)),
    *(Rhythm(Frequency.MONTHLY, month_day=day) for day in (1, 28, 29, 30, 31)),
]


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_a_stored_rhythm_is_read_back(database: Database, rhythm: Rhythm) -> None:
    services = make_services(database)
    bridge = make_bridge(services)
    with database.writing() as connection:
        saved = save_rhythm(connection, bridge, rhythm, MONDAY, is_paused=True)
        assert rhythm_of(saved) == rhythm
        assert saved.is_paused
        assert saved == schedule_of(connection, bridge, MONDAY)


def test_a_new_bridge_gets_mondays_at_nine_in_its_zone(database: Database) -> None:
    bridge = make_bridge(make_services(database), time_zone="Asia/Kolkata")
    with database.writing() as connection:
        schedule = default_schedule(connection, bridge, datetime(2026, 3, 4, tzinfo=UTC))
    assert schedule.next_run_at == datetime(2026, 3, 9, 3, 30, tzinfo=UTC)
    assert not schedule.is_paused


@pytest.mark.parametrize(
    ("day", "after", "expected"),
    [
        (31, datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 28, 8, tzinfo=UTC)),
        (31, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, 7, tzinfo=UTC)),
        (30, datetime(2028, 2, 1, tzinfo=UTC), datetime(2028, 2, 29, 8, tzinfo=UTC)),
        (15, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 15, 8, tzinfo=UTC)),
    ],
)
def test_a_month_that_lacks_the_day_ends_with_its_last(day: int, after: datetime, expected: datetime) -> None:
    recurrence = recurrence_of(Rhythm(Frequency.MONTHLY, month_day=day), a_bridge(), after)
    assert recurrence.next_after(after) == expected


def test_mondays_digest_covers_the_days_since_fridays() -> None:
    recurrence = recurrence_of(Rhythm(Frequency.WEEKDAYS), a_bridge(), MONDAY)
    period = period_until(recurrence, Frequency.WEEKDAYS, MONDAY)
    assert period.end - period.start == timedelta(days=3)
    assert period.before.end == period.start
    assert period.before.end - period.before.start == timedelta(days=1)


def test_the_first_digest_looks_back_beyond_its_schedules_beginning() -> None:
    recurrence = recurrence_of(Rhythm(), a_bridge(), MONDAY)
    period = period_until(recurrence, Frequency.WEEKLY, MONDAY)
    assert (period.start, period.before.start) == (MONDAY - timedelta(days=7), MONDAY - timedelta(days=14))


def test_a_week_over_a_clock_change_begins_and_ends_at_nine() -> None:
    after_change = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
    recurrence = recurrence_of(Rhythm(), a_bridge(), after_change)
    period = period_until(recurrence, Frequency.WEEKLY, after_change)
    assert period.start == datetime(2026, 3, 23, 8, 0, tzinfo=UTC)


def test_a_running_period_is_compared_with_as_much_of_the_one_before() -> None:
    recurrence = recurrence_of(Rhythm(), a_bridge(), MONDAY)
    period = period_so_far(recurrence, Frequency.WEEKLY, MONDAY + timedelta(days=2, hours=3))
    assert period.start == MONDAY
    assert not period.is_whole
    assert period.before.start == MONDAY - timedelta(days=7)
    assert period.before.end == MONDAY - timedelta(days=7) + timedelta(days=2, hours=3)
