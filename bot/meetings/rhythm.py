"""How often a meeting is: what a form says of it, and the RFC 5545 rule that means the same."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Final

from bot.recurrence import WEEKDAYS, Recurrence
from storage.bridges import Bridge
from storage.meetings import Series

NTH: Final = (1, 2, 3, 4, -1)  # of a month's weekdays; -1 is the last


class Frequency(StrEnum):
    """How often a meeting is."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    BY_DATE = "monthly_day"  # the 31st falls on the last day of a shorter month
    BY_WEEKDAY = "monthly_weekday"  # the first Tuesday, the last Friday


@dataclass(frozen=True)
class Rhythm:
    """A rhythm as a form shows it. Days that the frequency does not use keep their default."""

    frequency: Frequency = Frequency.WEEKLY
    weekday: int = 0  # 0 is Monday
    month_day: int = 1
    nth: int = 1  # one of NTH
    at: time = time(10)  # local wall clock

    def recurrence(self, zone: str, start_on: date) -> Recurrence:
        """The rule from `start_on` on. Raises ValueError for a zone that is none."""
        if self.frequency is Frequency.WEEKLY:
            return Recurrence.weekly(self.weekday, self.at, zone, start_on)
        if self.frequency is Frequency.BIWEEKLY:
            return Recurrence.biweekly(self.weekday, self.at, zone, start_on)
        if self.frequency is Frequency.BY_DATE:
            return Recurrence.monthly_on_day(self.month_day, self.at, zone, start_on)
        return Recurrence.monthly_on_weekday(self.weekday, self.nth, self.at, zone, start_on)


def rhythm_of(rule: str, local_time: str) -> Rhythm:
    """What the form shows of a rule that `Rhythm.recurrence` made."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    at = time.fromisoformat(local_time)
    if "BYMONTHDAY" in parts:
        days = [int(day) for day in parts["BYMONTHDAY"].split(",")]
        return Rhythm(Frequency.BY_DATE, month_day=max(days), at=at)
    weekday = WEEKDAYS.index(parts["BYDAY"][-2:])
    if parts["FREQ"] == "MONTHLY":
        return Rhythm(Frequency.BY_WEEKDAY, weekday=weekday, nth=int(parts["BYDAY"][:-2]), at=at)
    frequency = Frequency.BIWEEKLY if parts.get("INTERVAL") == "2" else Frequency.WEEKLY
    return Rhythm(frequency, weekday=weekday, at=at)


def recurrence_of(series: Series, bridge: Bridge) -> Recurrence:
    """The series' rule on the wall clock of its bridge."""
    at = time.fromisoformat(series.local_time)
    return Recurrence(series.rule, at, bridge.time_zone, series.starts_on)
