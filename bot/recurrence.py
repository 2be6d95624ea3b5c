"""When a schedule runs: RFC 5545 rules on the local wall clock, resolved to UTC in one place (promise 8).

Days come from the rule, the time of day from the wall clock; only `resolve` knows about clock changes.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Final, Self
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")  # 0 is Monday
_PARTS: Final = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "WKST"})
# dateutil lets day 0 and an nth weekday of a week pass, and then ignores them.
_VALUES: Final = {
    "BYMONTHDAY": r"[+-]?(?:0?[1-9]|[12]\d|3[01])",
    "BYSETPOS": r"[+-]?0*[1-9]\d{0,2}",
    "WKST": "|".join(WEEKDAYS),
}
_FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY"})
_MOST_INTERVAL: Final = 366
_SHORTEST_MONTH: Final = 28
_PATIENCE: Final = dt.timedelta(days=36525)  # a rule without a day in a century is taken to have none
# Clock changes move an instant by a day at most (Pacific/Apia in 2011), and zones differ by another.
_SLACK: Final = dt.timedelta(days=3)
_BEGINNING: Final = dt.datetime.min.replace(tzinfo=dt.UTC)


def resolve(local: dt.datetime, zone: str) -> dt.datetime:
    """The UTC instant of a local wall-clock time.

    A time that a clock change leaves out takes the offset before the gap (RFC 5545 3.3.5: 02:30 becomes
    03:30); a time that comes twice means its first pass. Raises ValueError for an unknown zone or an aware
    `local`.
    """
    if local.tzinfo is not None:
        raise ValueError("a local wall-clock time has no zone of its own")
    # PEP 495: fold=0 is the first pass of a doubled time, and in a gap the offset before it.
    return local.replace(tzinfo=load_zone(zone), fold=0).astimezone(dt.UTC)


def day_bounds(day: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """First instant of the local day and of the next one, in UTC: 23 to 25 hours apart.

    A day that a zone left out (30 December 2011 in Pacific/Apia) has equal bounds. Raises ValueError for an
    unknown zone and for the calendar's last day.
    """
    try:
        following = day + dt.timedelta(days=1)
        return period_bounds(day, following, zone)
    except OverflowError as problem:
        raise ValueError(f"{day} is at the end of the calendar") from problem


def period_bounds(first: dt.date, end: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """The UTC instants at which the local days from `first` to before `end` begin and end."""
    start, stop = (resolve(dt.datetime.combine(day, dt.time()), zone) for day in (first, end))
    return start, stop


def load_zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises ValueError where this machine knows none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as problem:  # OSError: "Europe" is a folder
        raise ValueError(f"unknown time zone: {name!r}") from problem


@dataclass(frozen=True)
class Recurrence:
    """A rule's days at one local time. Raises ValueError for a rule or zone that cannot be kept.

    `rule` is an RFC 5545 RRULE value without DTSTART, `COUNT` and `UNTIL`; no day before `start_on` counts,
    and an `INTERVAL` is counted from the day, week or month that holds it.
    """

    rule: str
    time: dt.time  # local wall clock
    zone: str  # IANA
    start_on: dt.date

    def __post_init__(self) -> None:
        load_zone(self.zone)
        if self.time.tzinfo is not None:
            raise ValueError("the time of day is a local one, without a zone")
        _plan(self.rule, self.start_on)

    @classmethod
    def daily(cls, time: dt.time, zone: str, start_on: dt.date, *, weekdays_only: bool = False) -> Self:
        """Every day, or Monday to Friday."""
        rule = f"FREQ=WEEKLY;BYDAY={','.join(WEEKDAYS[:5])}" if weekdays_only else "FREQ=DAILY"
        return cls(rule, time, zone, start_on)

    @classmethod
    def weekly(cls, weekday: int, time: dt.time, zone: str, start_on: dt.date) -> Self:
        """Every week on that day; 0 is Monday."""
        return cls(f"FREQ=WEEKLY;BYDAY={_weekday(weekday)}", time, zone, start_on)

    @classmethod
    def biweekly(cls, weekday: int, time: dt.time, zone: str, start_on: dt.date) -> Self:
        """Every other week on that day. The week that holds `start_on` (from Monday) is the first one."""
        return cls(f"FREQ=WEEKLY;INTERVAL=2;BYDAY={_weekday(weekday)}", time, zone, start_on)

    @classmethod
    def monthly_on_day(cls, day: int, time: dt.time, zone: str, start_on: dt.date) -> Self:
        """Every month on that day, 1 to 31; in a shorter month on its last day."""
        if not 1 <= day <= 31:
            raise ValueError(f"a month has no day {day}")
        days = ",".join(str(each) for each in range(min(day, _SHORTEST_MONTH), day + 1))
        last_of_them = ";BYSETPOS=-1" if "," in days else ""
        return cls(f"FREQ=MONTHLY;BYMONTHDAY={days}{last_of_them}", time, zone, start_on)

    @classmethod
    def monthly_on_weekday(cls, weekday: int, nth: int, time: dt.time, zone: str, start_on: dt.date) -> Self:
        """Every month on its nth such weekday: 1 to 4, or -1 for the last."""
        if nth not in (1, 2, 3, 4, -1):
            raise ValueError("the weekday of a month is its 1st to 4th, or -1 for its last")
        return cls(f"FREQ=MONTHLY;BYDAY={nth:+d}{_weekday(weekday)}", time, zone, start_on)

    def next_after(self, instant: dt.datetime) -> dt.datetime:
        """The first run strictly after `instant`, in UTC. Raises ValueError at the end of the calendar."""
        for run in self._runs_from(instant):
            if run > instant:
                return run
        raise ValueError(f"the calendar ends before {self.rule} runs again")

    def previous_before(self, instant: dt.datetime) -> dt.datetime | None:
        """The last run strictly before `instant`, in UTC; None where there was none yet."""
        plan = _plan(self.rule, self.start_on)
        step = max(plan.longest_period * 2, dt.timedelta(days=70))
        since = _utc(instant)
        while True:
            since = _earlier(since, step)
            runs = list(takewhile(lambda run: run < instant, self._runs_from(since)))
            if runs:
                return runs[-1]
            if since == _BEGINNING or since.date() + _SLACK < self.start_on:
                return None
            step *= 2

    def between(self, after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
        """The runs after `after` up to and including `until`, in UTC, in order, each once."""
        runs = takewhile(lambda run: run <= until, self._runs_from(after))
        return [run for run in runs if run > after]

    def _runs_from(self, instant: dt.datetime) -> Iterator[dt.datetime]:
        """Runs in strict order, from a few days before `instant` on."""
        plan = _plan(self.rule, self.start_on)
        first_day = _earlier(_utc(instant), _SLACK).date()
        latest: dt.datetime | None = None
        for day in plan.days_from(max(first_day, self.start_on)):
            try:
                run = resolve(dt.datetime.combine(day, self.time), self.zone)
            except OverflowError:
                return
            # A day that the zone left out falls together with the next one: that is one run.
            if latest is None or run > latest:
                yield run
                latest = run


@dataclass(frozen=True)
class _Plan:
    """A checked rule whose first period begins at `origin`."""

    rule: rrule
    frequency: str
    interval: int
    origin: dt.date
    start_on: dt.date

    @property
    def longest_period(self) -> dt.timedelta:
        days = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31}[self.frequency]
        return dt.timedelta(days=days * self.interval)

    def days_from(self, first: dt.date) -> Iterator[dt.date]:
        """The rule's days from `first` on, which is not before `start_on`."""
        moved = self.rule.replace(dtstart=dt.datetime.combine(self._period_of(first), dt.time()))
        return (day.date() for day in moved if day.date() >= first)

    def _period_of(self, day: dt.date) -> dt.date:
        """Where the last period that begins at or before `day` begins: the same set, without the walk."""
        if self.frequency == "MONTHLY":
            months = (day.year - self.origin.year) * 12 + day.month - self.origin.month
            total = self.origin.year * 12 + self.origin.month - 1 + months // self.interval * self.interval
            return dt.date(total // 12, total % 12 + 1, 1)
        period = self.interval * (7 if self.frequency == "WEEKLY" else 1)
        return self.origin + dt.timedelta(days=(day - self.origin).days // period * period)


@lru_cache(maxsize=512)
def _plan(text: str, start_on: dt.date) -> _Plan:
    parts = _parts(text)
    frequency, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    plan = _Plan(_expand(text, parts, start_on), frequency, interval, start_on, start_on)
    week_start = WEEKDAYS.index(parts.get("WKST", "MO"))
    try:
        if frequency == "WEEKLY":
            into = (start_on.weekday() - week_start) % 7
            plan = replace(plan, origin=start_on - dt.timedelta(days=into))
        elif frequency == "MONTHLY":
            plan = replace(plan, origin=start_on.replace(day=1))
        horizon = start_on + _PATIENCE
    except OverflowError as problem:
        raise ValueError(f"{start_on} is at the end of the calendar") from problem
    first = next(plan.days_from(start_on), None)
    if first is None or first > horizon:
        raise ValueError(f"recurrence rule has no day in a century: {text!r}")
    return plan


def _parts(text: str) -> Mapping[str, str]:
    pairs = [part.partition("=") for part in text.upper().split(";")]
    names = [name for name, _, _ in pairs]
    parts = {name: value for name, _, value in pairs}
    wrong = [name for name in names if name not in _PARTS]
    if wrong or len(parts) != len(names) or parts.get("FREQ") not in _FREQUENCIES:
        raise ValueError(
            f"recurrence rule needs FREQ of DAILY, WEEKLY or MONTHLY, and knows "
            f"{', '.join(sorted(_PARTS))}, each once: {text!r}"
        )
    interval = parts.get("INTERVAL", "1")
    if not (re.fullmatch(r"[0-9]{1,3}", interval) and 1 <= int(interval) <= _MOST_INTERVAL):
        raise ValueError(f"recurrence rule needs an INTERVAL of 1 to {_MOST_INTERVAL}: {text!r}")
    if parts.get("WKST", "MO") not in WEEKDAYS:
        raise ValueError(f"recurrence rule needs a weekday in WKST: {text!r}")
    nth = "(?:[+-]?[1-5])?" if parts["FREQ"] == "MONTHLY" else ""
    values = {**_VALUES, "BYDAY": f"{nth}(?:{'|'.join(WEEKDAYS)})"}
    for name, value in values.items():
        if name in parts and not re.fullmatch(f"(?:{value})(?:,(?:{value}))*", parts[name], re.ASCII):
            raise ValueError(f"recurrence rule has a wrong {name}: {text!r}")
    return parts


def _expand(text: str, parts: Mapping[str, str], start_on: dt.date) -> rrule:
    """The rule for dateutil, its defaults spelled out so that they do not move with DTSTART."""
    spelled = dict(parts)
    if parts["FREQ"] == "WEEKLY":
        spelled.setdefault("BYDAY", WEEKDAYS[start_on.weekday()])
    if parts["FREQ"] == "MONTHLY" and "BYDAY" not in parts:
        spelled.setdefault("BYMONTHDAY", str(start_on.day))
    written = ";".join(f"{name}={value}" for name, value in spelled.items())
    try:
        expanded = rrulestr(written, dtstart=dt.datetime.combine(start_on, dt.time()))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as problem:
        raise ValueError(f"recurrence rule cannot be read: {text!r}") from problem
    if not isinstance(expanded, rrule):
        raise ValueError(f"recurrence rule is more than one rule: {text!r}")
    return expanded


def _weekday(number: int) -> str:
    if not 0 <= number <= 6:
        raise ValueError(f"weekdays are 0 (Monday) to 6, not {number}")
    return WEEKDAYS[number]


def _utc(instant: dt.datetime) -> dt.datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(dt.UTC)


def _earlier(instant: dt.datetime, by: dt.timedelta) -> dt.datetime:
    """That much earlier, or the beginning of the calendar."""
    return instant - by if instant - _BEGINNING > by else _BEGINNING
