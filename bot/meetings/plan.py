"""On which days a series meets: its rule, without the days that are off. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from bot.meetings.rhythm import recurrence_of
from bot.recurrence import Recurrence, resolve
from storage.bridges import Bridge
from storage.meetings import Series

_SATURDAY: Final = 5
_HORIZON: Final = timedelta(days=36525)  # a series all of whose days are off for so long has none


@dataclass(frozen=True)
class Slot:
    """A meeting that the rule gives: the local day of the rule, and when it begins."""

    planned_on: date
    starts_at: datetime
    held_on: date  # the local day; another than `planned_on` where that one was off


@dataclass(frozen=True)
class Plan:
    """A series' slots. Days off are skipped, or the next working day takes their place."""

    recurrence: Recurrence
    off_days: frozenset[date]
    holidays: str | None
    moves_over: bool

    def is_off(self, day: date) -> bool:
        return day in self.off_days or is_holiday(self.holidays, day)

    def slots_after(self, instant: datetime) -> Iterator[Slot]:
        """The slots that begin after `instant`, in order; ends with the calendar."""
        # One that was moved from an earlier day may begin after it.
        for slot in self._slots(instant - timedelta(days=40)):
            if slot.starts_at > instant:
                yield slot

    def slots_between(self, after: datetime, until: datetime) -> list[Slot]:
        """The slots that begin after `after`, up to and including `until`."""
        found = []
        for slot in self.slots_after(after):
            if slot.starts_at > until:
                break
            found.append(slot)
        return found

    def rule_days(self, instant: datetime) -> Iterator[date]:
        """The local days that the rule itself gives, from about `instant` on."""
        zone, last = self.recurrence.zone, None
        while True:
            try:
                instant = self.recurrence.next_after(instant)
            except (ValueError, OverflowError):
                return
            day = _local_day(instant, zone, self.recurrence.time)
            if day != last:
                yield day
            last = day

    def _slots(self, instant: datetime) -> Iterator[Slot]:
        begun = instant
        for day, following in pairwise(self.rule_days(instant)):
            held_on = self._held_on(day, following)
            if held_on is not None:
                begun = resolve(datetime.combine(held_on, self.recurrence.time), self.recurrence.zone)
                yield Slot(day, begun, held_on)
            elif day - begun.date() > _HORIZON:
                return

    def _held_on(self, day: date, following: date) -> date | None:
        """The day itself, else the next working day before the following meeting; None: it is skipped."""
        if not self.is_off(day):
            return day
        if self.moves_over:
            other = day + timedelta(days=1)
            while other < following:
                if other.weekday() < _SATURDAY and not self.is_off(other):
                    return other
                other += timedelta(days=1)
        return None


def plan_of(series: Series, bridge: Bridge) -> Plan:
    """The plan of a stored series."""
    return Plan(
        recurrence=recurrence_of(series, bridge),
        off_days=frozenset(date.fromisoformat(day) for day in series.off_days),
        holidays=series.holidays,
        moves_over=series.moves_over,
    )


def _local_day(instant: datetime, zone: str, at: time) -> date:
    """The rule's day of a run; a run that a clock change put off past midnight counts to the day before."""
    local = instant.astimezone(ZoneInfo(zone))
    return local.date() - timedelta(days=1) if local.time() < at and at.hour > 12 else local.date()


def known_holidays(code: str) -> str | None:
    """The code as it is stored («DE», «DE-BY»), however it was typed; None for a country not known."""
    country, _, part = code.strip().upper().replace("_", "-").partition("-")
    supported = holidays.list_supported_countries()
    if country not in supported:
        return None
    if part and part not in supported[country]:
        return None
    return f"{country}-{part}" if part else country


def is_holiday(code: str | None, day: date) -> bool:
    """Whether it is a public holiday there."""
    return code is not None and day in _holidays(code, day.year)


@lru_cache(maxsize=256)
def _holidays(code: str, year: int) -> frozenset[date]:
    country, _, part = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
