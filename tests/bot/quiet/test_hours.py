"""Working hours: against a clock that is looked at minute by minute, over clock changes both ways."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.quiet.hours import DEFAULT, OFF, Times, WorkingHours, next_moment, read_hours, suits_all

BERLIN, NEW_YORK, TOKYO = "Europe/Berlin", "America/New_York", "Asia/Tokyo"
# Before clock changes in both directions, of an hour, of half an hour, at midnight, and none.
PLACES = (
    (BERLIN, date(2026, 3, 27)),
    (BERLIN, date(2026, 10, 23)),
    (NEW_YORK, date(2026, 3, 6)),
    (NEW_YORK, date(2026, 10, 30)),
    ("Australia/Lord_Howe", date(2026, 4, 3)),
    ("Australia/Lord_Howe", date(2026, 10, 2)),
    ("America/Santiago", date(2026, 9, 4)),
    ("Asia/Kolkata", date(2026, 6, 5)),
)
MINUTE = timedelta(minutes=1)


# --- an oracle that shares nothing with the code: it looks at a clock minute by minute ---------------------


@lru_cache
def walk(zone: str, day: date) -> dict[datetime, datetime]:
    """For each local minute of the fortnight around `day` the first instant at which the clock shows it."""
    shown: dict[datetime, datetime] = {}
    instant = datetime.combine(day, time(), UTC) - timedelta(days=4)
    for _ in range(18 * 24 * 60):
        shown.setdefault(instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0), instant)
        instant += MINUTE
    return shown


def shown_at(wall: datetime, shown: dict[datetime, datetime]) -> datetime:
    """When the clock shows it; where it is put forward over it, as if it had run on."""
    waited = timedelta()
    while wall - waited not in shown:
        waited += MINUTE
    return shown[wall - waited] + waited


@lru_cache(maxsize=64)
def working_minutes(hours: WorkingHours, zone: str, day: date) -> frozenset[datetime]:
    shown = walk(zone, day)
    working: set[datetime] = set()
    for number in range(-3, 12):
        one = day + timedelta(days=number)
        if one.weekday() not in hours.days:
            continue
        ends_on = one if hours.until > hours.start else one + timedelta(days=1)
        minute = shown_at(datetime.combine(one, hours.start), shown)
        end = shown_at(datetime.combine(ends_on, hours.until), shown)
        while minute < end:
            working.add(minute)
            minute += MINUTE
    return frozenset(working)


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
some_hours = st.builds(WorkingHours, st.frozensets(st.integers(0, 6), min_size=1), times, times)


@settings(max_examples=120, deadline=None)
@given(
    place=st.sampled_from(PLACES),
    hours=st.sampled_from([DEFAULT, WorkingHours(frozenset({6}), time(2), time(3, 30))]) | some_hours,
    into=st.integers(0, 3 * 24 * 60),
)
def test_the_next_moment_is_the_next_minute_at_which_she_works(
    place: tuple[str, date], hours: WorkingHours, into: int
) -> None:
    zone, day = place
    at = datetime.combine(day, time(), UTC) + into * MINUTE
    working = working_minutes(hours, zone, day)
    later = [one for one in working if one >= at]
    if later:  # a clock change may leave nothing of the week's only hours
        assert next_moment(hours, zone, at) == min(later)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (utc(2026, 3, 27, 16, 59), utc(2026, 3, 27, 16, 59)),  # Friday, 17:59
        (utc(2026, 3, 27, 17, 0), utc(2026, 3, 30, 7, 0)),  # over the weekend on which clocks go forward
        (utc(2026, 10, 23, 16, 0), utc(2026, 10, 26, 8, 0)),  # and back
        (utc(2026, 3, 3, 5, 0), utc(2026, 3, 3, 8, 0)),
    ],
)
def test_an_evening_waits_for_the_morning_and_friday_for_monday(at: datetime, expected: datetime) -> None:
    assert next_moment(DEFAULT, BERLIN, at) == expected


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../etc/passwd"])
def test_without_a_known_time_zone_nothing_waits(zone: str | None) -> None:
    at = utc(2026, 3, 1, 3, 0)
    assert next_moment(DEFAULT, zone, at) == at


def test_hours_are_stored_and_read() -> None:
    night = WorkingHours(frozenset({5, 6}), time(22), time(6))
    assert str(night) == "56 22:00 06:00" and read_hours(str(night)) == night
    assert read_hours(None) == DEFAULT and read_hours(OFF) is None
    assert next_moment(None, BERLIN, utc(2026, 3, 1, 3, 0)) == utc(2026, 3, 1, 3, 0)


FRIDAY_EVENING = utc(2026, 2, 27, 19, 0)


def test_several_people_are_told_in_hours_that_suit_all() -> None:
    people = {"a": Times(DEFAULT, BERLIN), "b": Times(DEFAULT, NEW_YORK)}
    assert suits_all(people, "a", FRIDAY_EVENING) == utc(2026, 3, 2, 14, 0)  # Monday, 15:00 and 09:00
    assert suits_all(people, "a", utc(2026, 3, 2, 16, 0)) == utc(2026, 3, 2, 16, 0)


def test_where_no_hour_suits_all_the_reporters_do() -> None:
    people = {"a": Times(DEFAULT, NEW_YORK), "b": Times(DEFAULT, TOKYO)}
    assert suits_all(people, "a", FRIDAY_EVENING) == FRIDAY_EVENING  # 14:00 in New York
    assert suits_all(people, "b", FRIDAY_EVENING) == utc(2026, 3, 2, 0, 0)  # Monday, 09:00 in Tokyo
    assert suits_all(people, "somebody", FRIDAY_EVENING) == FRIDAY_EVENING


def test_who_works_one_day_a_week_holds_nobody_up() -> None:
    people = {"a": Times(DEFAULT, BERLIN), "b": Times(WorkingHours(frozenset({3})), BERLIN)}
    assert suits_all(people, "a", utc(2026, 3, 2, 9, 0)) == utc(2026, 3, 2, 9, 0)
    assert suits_all(people, "a", utc(2026, 3, 4, 9, 0)) == utc(2026, 3, 5, 8, 0)  # tomorrow is near enough


@settings(max_examples=60, deadline=None)
@given(
    zones=st.lists(st.sampled_from([BERLIN, NEW_YORK, TOKYO]), min_size=1, max_size=3),
    some=some_hours,
    at=st.integers(0, 7 * 24 * 60).map(lambda minutes: utc(2026, 3, 6) + minutes * MINUTE),
)
def test_what_is_put_off_is_not_put_off_again_when_its_moment_comes(
    zones: list[str], some: WorkingHours, at: datetime
) -> None:
    people = {str(number): Times(DEFAULT if number else some, zone) for number, zone in enumerate(zones)}
    moment = suits_all(people, "0", at)
    assert suits_all(people, "0", moment) == moment
    lead = people["0"].next(at)
    assert moment == lead or lead <= moment < lead + timedelta(days=1)
