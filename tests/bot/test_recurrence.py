"""Promise 8: wall-clock schedules, once each, before and after clock changes."""

import calendar
import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.recurrence import Recurrence, day_bounds, resolve

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Europe/Moscow",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Pacific/Apia",
)
BERLIN = "Europe/Berlin"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


# --- an oracle that shares nothing with the code: it counts days, and looks at a clock minute by minute ----


@lru_cache(maxsize=4096)
def clock_of(day: date, zone: str) -> dict[datetime, datetime]:
    """For each local minute near `day` the first instant at which the wall clock shows it."""
    shown: dict[datetime, datetime] = {}
    instant = datetime.combine(day, time(), UTC) - timedelta(hours=40)
    for _ in range(100 * 60):
        shown.setdefault(instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0), instant)
        instant += timedelta(minutes=1)
    return shown


def oracle_instant(local: datetime, zone: str) -> datetime:
    around = [local.replace(tzinfo=UTC) + timedelta(days=days) for days in range(-2, 4)]
    offsets = {instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in around}
    if len(offsets) == 1:  # no clock change near: plain subtraction
        return local.replace(tzinfo=UTC) - (offsets.pop() or timedelta())
    shown = clock_of(local.date(), zone)
    if local in shown:
        return shown[local]
    before = max(wall for wall in shown if wall < local)  # the last minute before the gap
    return shown[before] + (local - before)


Matches = Callable[[date, date], bool]


def oracle(recurrence: Recurrence, matches: Matches, until: date) -> list[datetime]:
    runs = set()
    day = recurrence.start_on
    while day <= until:
        if matches(day, recurrence.start_on):
            runs.add(oracle_instant(datetime.combine(day, recurrence.time), recurrence.zone))
        day += timedelta(days=1)
    return sorted(runs)


def month_end(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def nth_of_month(day: date, weekday: int, nth: int) -> bool:
    days = [n for n in range(1, month_end(day) + 1) if day.replace(day=n).weekday() == weekday]
    return day.day == (days[-1] if nth == -1 else days[nth - 1])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Recurrence, Matches]:
    zone = draw(st.sampled_from(ZONES))
    at = draw(
        st.sampled_from(
            [time(0), time(1, 30), time(2, 0), time(2, 15), time(2, 30), time(3), time(9), time(23, 30)]
        )
    )
    start = draw(st.dates(date(2009, 1, 1), date(2027, 12, 31)))
    weekday = draw(st.integers(0, 6))
    day = draw(st.integers(1, 31))
    nth = draw(st.sampled_from([1, 2, 3, 4, -1]))
    kinds: list[tuple[Recurrence, Matches]] = [
        (Recurrence.daily(at, zone, start), lambda d, _: True),
        (Recurrence.daily(at, zone, start, weekdays_only=True), lambda d, _: d.weekday() < 5),
        (Recurrence.weekly(weekday, at, zone, start), lambda d, _: d.weekday() == weekday),
        (
            Recurrence.biweekly(weekday, at, zone, start),
            lambda d, s: d.weekday() == weekday and (monday_of(d) - monday_of(s)).days % 14 == 0,
        ),
        (
            Recurrence.monthly_on_day(day, at, zone, start),
            lambda d, _: d.day == min(day, month_end(d)),
        ),
        (
            Recurrence.monthly_on_weekday(weekday, nth, at, zone, start),
            lambda d, _: nth_of_month(d, weekday, nth),
        ),
    ]
    return kinds[draw(st.integers(0, len(kinds) - 1))]


@settings(max_examples=100, deadline=None)
@given(cases(), st.integers(1, 5 * 365))
def test_every_occurrence_comes_once_and_in_order(case: tuple[Recurrence, Matches], days: int) -> None:
    recurrence, matches = case
    until = recurrence.start_on + timedelta(days=days)
    expected = oracle(recurrence, matches, until)
    begin = datetime.combine(recurrence.start_on, time(), UTC) - timedelta(days=2)

    assert recurrence.between(begin, begin + timedelta(days=days)) == [
        run for run in expected if run <= begin + timedelta(days=days)
    ]
    walked, instant = [], begin
    for _ in expected[:60]:
        instant = recurrence.next_after(instant)
        walked.append(instant)
    assert walked == expected[:60]


@settings(max_examples=100, deadline=None)
@given(cases(), st.integers(0, 9 * 365 * 24 * 60))
def test_asking_from_anywhere_agrees_with_counting_from_the_start(
    case: tuple[Recurrence, Matches], minutes: int
) -> None:
    recurrence, matches = case
    asked = datetime.combine(recurrence.start_on, time(), UTC) + timedelta(minutes=minutes)
    until = asked.date() + timedelta(days=70)
    expected = oracle(recurrence, matches, until)
    assert recurrence.next_after(asked) == next(run for run in expected if run > asked)
    assert recurrence.previous_before(asked) == max((run for run in expected if run < asked), default=None)


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        (BERLIN, (2026, 3, 29, 2, 30), utc(2026, 3, 29, 1, 30)),  # 02:30 is missing: 03:30 summer time
        (BERLIN, (2026, 10, 25, 2, 30), utc(2026, 10, 25, 0, 30)),  # 02:30 comes twice: the first
        (BERLIN, (2026, 7, 6, 9, 0), utc(2026, 7, 6, 7, 0)),
        (BERLIN, (2026, 12, 7, 9, 0), utc(2026, 12, 7, 8, 0)),
        ("America/New_York", (2026, 3, 8, 2, 0), utc(2026, 3, 8, 7, 0)),
        ("Australia/Lord_Howe", (2026, 10, 4, 2, 15), utc(2026, 10, 3, 15, 45)),  # a gap of half an hour
        ("Pacific/Apia", (2011, 12, 30, 9, 0), utc(2011, 12, 30, 19, 0)),  # a day that never was
        ("Asia/Kolkata", (2026, 1, 1, 0, 0), utc(2025, 12, 31, 18, 30)),
    ],
)
def test_local_times_resolve(zone: str, local: tuple[int, ...], expected: datetime) -> None:
    assert resolve(datetime(*local), zone) == expected  # type: ignore[arg-type]  # noqa: DTZ001


def test_a_day_that_never_was_gives_no_second_run() -> None:
    daily = Recurrence.daily(time(9), "Pacific/Apia", date(2011, 12, 1))
    runs = daily.between(utc(2011, 12, 28, 23), utc(2012, 1, 1))
    assert runs == [utc(2011, 12, 29, 19), utc(2011, 12, 30, 19), utc(2011, 12, 31, 19)]


def test_between_leaves_out_its_beginning_and_holds_its_end() -> None:
    weekly = Recurrence.weekly(0, time(9), BERLIN, date(2026, 1, 1))
    first, second = utc(2026, 1, 5, 8), utc(2026, 1, 12, 8)
    assert weekly.between(first, second) == [second]
    assert weekly.between(second, first) == []
    assert weekly.next_after(first) == second
    assert weekly.previous_before(second) == first
    assert weekly.previous_before(first) is None
    assert Recurrence.daily(time(9), "UTC", date.min).previous_before(utc(1, 1, 1)) is None


def test_the_local_day_may_be_another_than_the_one_in_utc() -> None:
    late = Recurrence.daily(time(23, 30), "America/New_York", date(2026, 1, 1))
    assert late.next_after(utc(2026, 1, 10, 2)) == utc(2026, 1, 10, 4, 30)
    early = Recurrence.daily(time(0, 30), "Pacific/Apia", date(2026, 1, 1))
    assert early.next_after(utc(2026, 1, 10, 2)) == utc(2026, 1, 10, 11, 30)
    assert early.previous_before(utc(2026, 1, 10, 2)) == utc(2026, 1, 9, 11, 30)


def test_last_days_of_months() -> None:
    monthly = Recurrence.monthly_on_day(31, time(9), "UTC", date(2024, 1, 1))
    days = [run.date() for run in monthly.between(utc(2024, 1, 1), utc(2024, 5, 1))]
    assert days == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]
    assert monthly.rule == "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
    assert (
        Recurrence.monthly_on_day(15, time(9), "UTC", date(2024, 1, 1)).rule == "FREQ=MONTHLY;BYMONTHDAY=15"
    )


def test_defaults_of_a_rule_come_from_its_start() -> None:
    monthly = Recurrence("FREQ=MONTHLY", time(9), "UTC", date(2025, 1, 31))
    days = [run.date() for run in monthly.between(utc(2026, 2, 1), utc(2026, 6, 1))]
    assert days == [date(2026, 3, 31), date(2026, 5, 31)]
    weekly = Recurrence("FREQ=WEEKLY;INTERVAL=3", time(9), "UTC", date(2025, 1, 1))  # a Wednesday
    assert weekly.next_after(utc(2026, 1, 1)).date() == date(2026, 1, 14)
    quarterly = Recurrence("FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO", time(9), "UTC", date(2020, 11, 30))
    assert quarterly.next_after(utc(2026, 1, 1)).date() == date(2026, 2, 2)
    assert quarterly.next_after(utc(2026, 3, 1)).date() == date(2026, 5, 4)
    every_third = Recurrence("FREQ=DAILY;INTERVAL=3", time(9), "UTC", date(2025, 1, 1))
    assert every_third.next_after(utc(2025, 1, 5)).date() == date(2025, 1, 7)


def test_position_counts_the_whole_first_week() -> None:
    first_of_week = Recurrence("FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1", time(9), "UTC", date(2026, 1, 7))
    assert first_of_week.next_after(utc(2026, 1, 1)).date() == date(2026, 1, 12)


def test_an_old_start_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    walked, walk = list[datetime](), rrule.__iter__

    def counted(rule: rrule) -> Iterator[datetime]:
        for day in walk(rule):
            walked.append(day)
            yield day

    monkeypatch.setattr(rrule, "__iter__", counted)
    old = Recurrence.daily(time(9), BERLIN, date(1, 1, 3))
    for day in range(200):
        instant = utc(2026, 1, 1) + timedelta(days=day)
        assert instant < old.next_after(instant) <= instant + timedelta(hours=26)
    assert 200 <= len(walked) < 200 * 10, "the two thousand years before are not walked through"


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "weekly",
        "FREQ=HOURLY",
        "FREQ=YEARLY",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=x",
        "FREQ=WEEKLY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;INTERVAL=0000001000000",
        "FREQ=DAILY;INTERVAL=367",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=MO;BYDAY=TU",
        "FREQ=WEEKLY;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20300101T000000Z",
        "FREQ=WEEKLY;BYHOUR=5",
        "FREQ=WEEKLY;WKST=8",
        "FREQ=WEEKLY;WKST=MO,TU",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
        "FREQ=MONTHLY;BYMONTHDAY=٣",
        "FREQ=MONTHLY;BYMONTHDAY=40",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=20",  # never comes
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=DAILY\nDTSTART:20200101",
    ],
)
def test_rules_that_cannot_be_kept_are_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="recurrence rule"):
        Recurrence(rule, time(9), "UTC", date(2026, 1, 1))


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=30),
        st.lists(
            st.tuples(
                st.sampled_from(["FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "WKST"]),
                st.one_of(
                    st.sampled_from(["WEEKLY", "MONTHLY", "DAILY", "MO", "1MO", "-1FR", "MO,TU"]),
                    st.integers(-40, 40).map(str),
                    st.text(max_size=4),
                ),
            ),
            max_size=4,
        ).map(lambda parts: ";".join(f"{name}={value}" for name, value in parts)),
    )
)
def test_any_rule_is_kept_or_refused_in_words(rule: str) -> None:
    recurrence = None
    with contextlib.suppress(ValueError):  # any other error fails the test
        recurrence = Recurrence(rule, time(9), "UTC", date(2026, 1, 1))
    if recurrence:
        assert recurrence.next_after(utc(2026, 1, 1)) > utc(2026, 1, 1)


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "Europe", "../etc/passwd", "/etc/passwd", "Europe/Berlin\0"]
)
def test_unknown_zones_are_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        Recurrence.daily(time(9), zone, date(2026, 1, 1))
    with pytest.raises(ValueError, match="unknown time zone"):
        day_bounds(date(2026, 1, 1), zone)


def test_wrong_values_are_refused() -> None:
    with pytest.raises(ValueError, match="weekdays"):
        Recurrence.weekly(7, time(9), "UTC", date(2026, 1, 1))
    with pytest.raises(ValueError, match="no day 32"):
        Recurrence.monthly_on_day(32, time(9), "UTC", date(2026, 1, 1))
    with pytest.raises(ValueError, match="1st to 4th"):
        Recurrence.monthly_on_weekday(0, 5, time(9), "UTC", date(2026, 1, 1))
    with pytest.raises(ValueError, match="without a zone"):
        Recurrence.daily(time(9, tzinfo=UTC), "UTC", date(2026, 1, 1))
    with pytest.raises(ValueError, match="needs a time zone"):
        Recurrence.daily(time(9), "UTC", date(2026, 1, 1)).next_after(dt.datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no zone of its own"):
        resolve(utc(2026, 1, 1), "UTC")


def test_the_end_of_the_calendar_is_said_in_words() -> None:
    with pytest.raises(ValueError, match="calendar"):
        Recurrence.daily(time(9), "UTC", date(2026, 1, 1)).next_after(utc(9999, 12, 31, 10))
    with pytest.raises(ValueError, match="calendar"):
        Recurrence.daily(time(9), "UTC", date(9999, 12, 30))
    with pytest.raises(ValueError, match="calendar"):
        day_bounds(date.max, "UTC")


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        (BERLIN, date(2026, 6, 1), 24),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # midnight itself is missing there
        ("America/Havana", date(2026, 11, 1), 25),  # midnight comes twice
    ],
)
def test_days_have_their_own_length(zone: str, day: date, hours: int) -> None:
    start, end = day_bounds(day, zone)
    assert end - start == timedelta(hours=hours)
    if hours:
        assert start.astimezone(ZoneInfo(zone)).date() == day
        assert (start - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() < day
        assert end.astimezone(ZoneInfo(zone)).date() > day


@settings(deadline=None)
@given(st.sampled_from(ZONES), st.dates(date(2009, 1, 1), date(2035, 1, 1)))
def test_days_meet_without_overlap(zone: str, day: date) -> None:
    assert day_bounds(day, zone)[1] == day_bounds(day + timedelta(days=1), zone)[0]
