"""When a series meets, against two oracles: a day-by-day count, and another library's reading of the .ics."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.meetings.calendar_file import write_calendar
from bot.meetings.plan import Plan, is_holiday, known_holidays
from bot.meetings.rhythm import NTH, Frequency, Rhythm, rhythm_of
from storage.meetings import Occurrence
from tests.bot.meetings.samples import a_series, an_occurrence

ZONES = ("Europe/Berlin", "America/New_York", "Europe/Moscow", "Australia/Lord_Howe", "Africa/Casablanca")
DAY = timedelta(days=1)
rhythms = st.builds(
    Rhythm,
    frequency=st.sampled_from(Frequency),
    weekday=st.integers(0, 6),
    month_day=st.integers(1, 31),
    nth=st.sampled_from(NTH),
    at=st.times().map(lambda one: one.replace(second=0, microsecond=0, fold=0)),
)
starts = st.dates(date(2023, 1, 1), date(2030, 12, 31))  # 2024 and 2028 are leap years


def plan(rhythm: Rhythm, zone: str, start: date, **changes: object) -> Plan:
    values = {"off_days": frozenset(), "holidays": None, "moves_over": False, **changes}
    return Plan(recurrence=rhythm.recurrence(zone, start), **values)  # type: ignore[arg-type]


def counted_days(rhythm: Rhythm, start: date, end: date) -> Iterator[date]:
    """The days, found by looking at each one."""
    first_monday = start - timedelta(days=start.weekday())
    day = start
    while day < end:
        last = monthrange(day.year, day.month)[1]
        is_weekday = day.weekday() == rhythm.weekday
        if rhythm.frequency is Frequency.WEEKLY:
            fits = is_weekday
        elif rhythm.frequency is Frequency.BIWEEKLY:
            fits = is_weekday and ((day - first_monday).days // 7) % 2 == 0
        elif rhythm.frequency is Frequency.BY_DATE:
            fits = day.day == min(rhythm.month_day, last)
        elif rhythm.nth == -1:
            fits = is_weekday and day.day + 7 > last
        else:
            fits = is_weekday and (day.day - 1) // 7 + 1 == rhythm.nth
        if fits:
            yield day
        day += DAY


def instant(day: date, at: time, zone: str) -> datetime:
    """The wall clock there; a time that is left out takes the offset before, a doubled one the first."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=40, deadline=None)
@given(rhythm=rhythms, start=starts)
def test_meetings_fall_on_the_days_that_a_count_finds(zone: str, rhythm: Rhythm, start: date) -> None:
    end = start + timedelta(days=800)
    expected = [instant(day, rhythm.at, zone) for day in counted_days(rhythm, start, end)]
    begin = instant(start, time(), zone) - DAY
    found = [one.starts_at for one in plan(rhythm, zone, start).slots_between(begin, max(expected))]
    assert found == expected


@settings(max_examples=150, deadline=None)
@given(rhythm=rhythms, start=starts)
def test_a_rule_reads_back_as_the_rhythm_that_it_was_made_of(rhythm: Rhythm, start: date) -> None:
    recurrence = rhythm.recurrence("UTC", start)
    again = rhythm_of(recurrence.rule, recurrence.time.strftime("%H:%M"))
    assert again.recurrence("UTC", start) == recurrence


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=25, deadline=None)
@given(
    rhythm=rhythms,
    start=starts,
    off=st.sets(st.integers(0, 300), max_size=8),
    moves=st.booleans(),
    changes=st.dictionaries(
        st.integers(0, 9), st.sampled_from(["skipped", "cancelled", "moved"]), max_size=4
    ),
)
def test_the_calendar_file_read_by_another_library_shows_the_same_meetings(
    zone: str, rhythm: Rhythm, start: date, off: set[int], moves: bool, changes: dict[int, str]
) -> None:
    off_days = frozenset(start + timedelta(days=one) for one in off)
    planned = plan(rhythm, zone, start, off_days=off_days, moves_over=moves)
    begin = instant(start, time(), zone) - DAY
    end = begin + timedelta(days=420)
    slots = planned.slots_between(begin, end)
    known: list[Occurrence] = []
    expected = []
    for number, slot in enumerate(slots):
        status, starts_at = "planned", slot.starts_at
        if changes.get(number) == "moved":
            starts_at += timedelta(days=1, hours=1)
        elif number in changes:
            status = changes[number]
        if number in changes:
            known.append(
                an_occurrence(id=number + 1, planned_on=slot.planned_on, starts_at=starts_at, status=status)
            )
        if status == "planned":
            expected.append(starts_at)
    series = a_series(rule=planned.recurrence.rule, starts_on=start)
    content = write_calendar(series, planned, known, begin)
    found = read_back(content, begin, end + 3 * DAY)
    assert [one for one in found if one <= end - 3 * DAY] == sorted(
        one for one in expected if one <= end - 3 * DAY
    )


def read_back(content: bytes, begin: datetime, end: datetime) -> list[datetime]:
    calendar = icalendar.Calendar.from_ical(content)
    events = recurring_ical_events.of(calendar).between(begin, end)
    return sorted(event["DTSTART"].dt.astimezone(UTC) for event in events)


def test_the_file_holds_what_calendars_need() -> None:
    planned = plan(Rhythm(at=time(14)), "Europe/Berlin", date(2026, 3, 2))
    text = write_calendar(a_series(), planned, [], datetime(2026, 3, 1, tzinfo=UTC)).decode()
    for line in (
        "BEGIN:VTIMEZONE",
        "DTSTART;TZID=Europe/Berlin:20260302T140000",
        "SUMMARY:Sales & marketing",
        "DURATION:PT1H",
        "UID:meeting-1@frontline",
    ):
        assert line in text


# --- days off ----------------------------------------------------------------------------------------------


def days(planned: Plan, begin: datetime, count: int) -> list[date]:
    slots = planned.slots_after(begin)
    return [next(slots).held_on for _ in range(count)]


def test_days_off_are_skipped_or_the_next_working_day_takes_their_place() -> None:
    begin = datetime(2026, 12, 1, tzinfo=UTC)
    friday = Rhythm(weekday=4)
    off = frozenset({date(2026, 12, 11)})
    skipping = plan(friday, "Europe/Berlin", date(2026, 12, 1), off_days=off, holidays="DE")
    assert days(skipping, begin, 3) == [date(2026, 12, 4), date(2026, 12, 18), date(2027, 1, 8)]
    moving = plan(friday, "Europe/Berlin", date(2026, 12, 1), off_days=off, holidays="DE", moves_over=True)
    assert days(moving, begin, 5) == [
        date(2026, 12, 4),
        date(2026, 12, 14),  # over the weekend
        date(2026, 12, 18),
        date(2026, 12, 28),  # Christmas
        date(2027, 1, 4),
    ]


def test_a_series_all_of_whose_days_are_off_ends_the_search() -> None:
    everything = frozenset(date(2026, 1, 1) + timedelta(days=one) for one in range(60))
    planned = plan(Rhythm(), "UTC", date(2026, 1, 1), off_days=everything)
    first = next(planned.slots_after(datetime(2026, 1, 1, tzinfo=UTC)))
    assert first.planned_on == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("de", "DE"), (" DE-by ", "DE-BY"), ("ru", "RU"), ("XX", None), ("DE-XX", None), ("", None)],
)
def test_countries_are_read_as_people_write_them(typed: str, stored: str | None) -> None:
    assert known_holidays(typed) == stored


def test_holidays_of_a_part_of_a_country() -> None:
    epiphany = date(2027, 1, 6)
    assert is_holiday("DE-BY", epiphany) and not is_holiday("DE", epiphany)
