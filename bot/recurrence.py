"""Wall-clock recurrences (promise 8): RFC 5545 rules expanded on local time, resolved to UTC in one place.

"Monday 09:00 Europe/Berlin" is 09:00 there before and after a clock change. A local time that does not exist
takes the offset before the gap (RFC 5545, 3.3.5: 02:30 becomes 03:30); one that exists twice is its first pass.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrulestr

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Local occurrences near a clock change may resolve in another order than they are written.
_MARGIN: Final = timedelta(days=2)


def resolve(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a naive local time."""
    # fold=0 is the first pass of a doubled time, and the offset before the gap for a missing one (PEP 495).
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and ends."""
    place = ZoneInfo(zone)
    begin = datetime.combine(day, time.min)
    return resolve(begin, place), resolve(begin + timedelta(days=1), place)


@dataclass(frozen=True)
class Recurrence:
    """A rule without DTSTART, at a local time of day, in a zone. Raises ValueError where one is not usable."""

    rule: str
    time: time
    zone: str
    start_on: date  # what an interval of two is counted from; nothing happens before it

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as problem:
            raise ValueError(f"unknown time zone: {self.zone}") from problem
        if "DTSTART" in self.rule or "COUNT" in self.rule:
            raise ValueError("a rule is written without DTSTART and COUNT")
        try:
            rrulestr(self.rule, dtstart=datetime.combine(self.start_on, self.time))
        except (ValueError, KeyError, TypeError) as problem:
            raise ValueError(f"not a recurrence rule: {self.rule}") from problem

    def next_after(self, instant: datetime) -> datetime:
        """The first run strictly after `instant`."""
        span = timedelta(days=80)
        while True:
            found = self.between(instant, instant + span)
            if found:
                return found[0]
            span *= 2
            if span > timedelta(days=366 * 60):
                raise ValueError(f"the rule never happens again: {self.rule}")

    def previous_before(self, instant: datetime) -> datetime | None:
        """The last run strictly before `instant`; None where there was none since `start_on`."""
        begin = resolve(datetime.combine(self.start_on, time.min), ZoneInfo(self.zone)) - timedelta(seconds=1)
        span = timedelta(days=80)
        while True:
            since = max(begin, instant - span)
            found = [run for run in self.between(since, instant) if run < instant]
            if found:
                return found[-1]
            if since == begin or instant <= begin:
                return None
            span *= 2

    def between(self, after: datetime, until: datetime) -> list[datetime]:
        """The runs later than `after` and not later than `until`, in order."""
        if until <= after:
            return []
        zone = ZoneInfo(self.zone)
        first = after.astimezone(zone).replace(tzinfo=None) - _MARGIN
        last = until.astimezone(zone).replace(tzinfo=None) + _MARGIN
        rule = rrulestr(self.rule, dtstart=self._near_start(first))
        locals_ = rule.between(first, last, inc=True)
        runs = {resolve(local, zone) for local in locals_ if local.date() >= self.start_on}
        return sorted(run for run in runs if after < run <= until)

    def _near_start(self, first: datetime) -> datetime:
        """A DTSTART shortly before `first` that gives the same set: moved on by whole periods."""
        start = datetime.combine(self.start_on, self.time)
        if first <= start:
            return start
        interval = int(self._part("INTERVAL") or 1)
        weeks = {"DAILY": interval * 7, "WEEKLY": interval}.get(self._part("FREQ") or "")
        if weeks is not None:
            # A multiple of days and weeks alike; "every second week" keeps its weeks.
            whole = (first - start) // timedelta(weeks=weeks)
            return start + timedelta(weeks=weeks) * max(0, whole - 1)
        return self._months_on(start, first, interval)

    def _months_on(self, start: datetime, first: datetime, interval: int) -> datetime:
        """Monthly rules name their days themselves, so the day of DTSTART may be the month's first."""
        if self._part("FREQ") != "MONTHLY" or not (self._part("BYDAY") or self._part("BYMONTHDAY")):
            return start
        months = (first.year - start.year) * 12 + first.month - start.month
        whole = max(0, months // interval - 1) * interval
        if whole == 0:
            return start
        year, month = divmod(start.year * 12 + start.month - 1 + whole, 12)
        return start.replace(year=year, month=month + 1, day=1)

    def _part(self, name: str) -> str | None:
        parts = dict(
            part.split("=", 1) for part in self.rule.removeprefix("RRULE:").split(";") if "=" in part
        )
        return parts.get(name)


def daily(*, weekdays_only: bool) -> str:
    """The rule for every day, or Monday to Friday."""
    return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" if weekdays_only else "FREQ=DAILY"


def weekly(weekday: int, *, interval: int = 1) -> str:
    """The rule for one weekday (0 is Monday), every `interval` weeks."""
    rule = f"FREQ=WEEKLY;BYDAY={_DAYS[weekday]}"
    return rule if interval == 1 else f"{rule};INTERVAL={interval};WKST=MO"


def monthly_on_day(day: int) -> str:
    """The rule for a day of the month; in a shorter month its last day."""
    if not 1 <= day <= 31:
        raise ValueError("a month has the days 1 to 31")
    if day <= 28:
        return f"FREQ=MONTHLY;BYMONTHDAY={day}"
    days = ",".join(str(one) for one in range(28, day + 1))
    return f"FREQ=MONTHLY;BYMONTHDAY={days};BYSETPOS=-1"


def monthly_on_weekday(weekday: int, nth: int) -> str:
    """The rule for the first to fourth, or with -1 the last, weekday of the month."""
    if nth not in (1, 2, 3, 4, -1):
        raise ValueError("first to fourth, or -1 for the last")
    return f"FREQ=MONTHLY;BYDAY={nth}{_DAYS[weekday]}"
