"""A person's working hours: when they are, and when the next moment within them is. Pure.

They begin when her clock shows the one time and end when it shows the other, on her own days. Holidays and
days off are hers to set in Slack (*Pause notifications*); Frontline knows weekdays only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.recurrence import resolve

OFF: Final = "off"  # as it is stored: nothing waits
TOGETHER_WITHIN: Final = timedelta(days=1)  # several people wait no longer for an hour that suits all


@dataclass(frozen=True)
class WorkingHours:
    """Wall-clock hours; where `until` is not after `start`, they end on the day after."""

    days: frozenset[int] = frozenset(range(5))  # 0 is Monday
    start: time = time(9)
    until: time = time(18)

    def __str__(self) -> str:
        """As they are stored: `01234 09:00 18:00`."""
        return f"{''.join(map(str, sorted(self.days)))} {self.start:%H:%M} {self.until:%H:%M}"


DEFAULT: Final = WorkingHours()


def read_hours(stored: str | None) -> WorkingHours | None:
    """Hours as they are stored; where nothing is, the default. None: nothing waits."""
    if stored is None:
        return DEFAULT
    if stored == OFF:
        return None
    days, start, until = stored.split()
    return WorkingHours(frozenset(map(int, days)), time.fromisoformat(start), time.fromisoformat(until))


def next_moment(hours: WorkingHours | None, zone: str | None, at: datetime) -> datetime:
    """The first instant from `at` on at which she works; `at` itself where no hours or no zone are known."""
    if hours is None or not hours.days or not is_zone(zone):
        return at
    assert zone is not None
    for start, end in _spans(hours, zone, at):
        if at < end:
            return max(at, start)
    raise AssertionError("a week has a working day")


def _spans(hours: WorkingHours, zone: str, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Working times from the day before `at` on; a clock change may leave nothing of one."""
    overnight = timedelta(days=int(hours.until <= hours.start))
    first = at.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    for number in range(16):
        day: date = first + timedelta(days=number)
        if day.weekday() in hours.days:
            start = resolve(datetime.combine(day, hours.start), zone)
            end = resolve(datetime.combine(day + overnight, hours.until), zone)
            if start < end:
                yield start, end


def is_zone(name: str | None) -> bool:
    """Whether this machine knows the time zone: Slack may name a newer one."""
    try:
        return bool(name) and ZoneInfo(str(name)) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


@dataclass(frozen=True)
class Times:
    """When a person may be told something of Frontline's own accord."""

    hours: WorkingHours | None
    zone: str | None

    def next(self, at: datetime) -> datetime:
        """The first moment from `at` on."""
        return next_moment(self.hours, self.zone, at)


def suits_all(people: Mapping[str, Times], lead: str, at: datetime) -> datetime:
    """When to tell several people in one thread, from `at` on.

    The first moment that lies in the working hours of all. Where there is none within a day after the first
    moment of the `lead` (who passed it on; where she is not among them, after anybody's first), that one.
    """
    firsts = {one: times.next(at) for one, times in people.items()}
    leading = firsts.get(lead) or min(firsts.values(), default=at)
    moment = at
    while moment < leading + TOGETHER_WITHIN:
        latest = max((times.next(moment) for times in people.values()), default=moment)
        if latest == moment:
            return moment
        moment = latest
    return leading
