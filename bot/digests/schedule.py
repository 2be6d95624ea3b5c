"""When a bridge's digest or report comes: what a form says of it, and the RFC 5545 rule for the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.recurrence import Recurrence
from bot.schedules import save_schedule
from storage import schedules
from storage.bridges import Bridge
from storage.schedules import Schedule

_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SHORTEST_MONTH: Final = 28


class Frequency(StrEnum):
    """How often a digest comes."""

    WEEKDAYS = "weekdays"  # Monday to Friday
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MONTHLY_WEEKDAY = "monthly_weekday"  # such as the first Monday


WEEKS: Final = (1, 2, 3, 4, -1)  # of a month; -1 is the last


@dataclass(frozen=True)
class Rhythm:
    """A schedule as a form shows it. Days that the frequency does not use keep their default."""

    frequency: Frequency = Frequency.WEEKLY
    weekday: int = 0  # 0 is Monday; of WEEKLY and MONTHLY_WEEKDAY
    week: int = 1  # one of WEEKS; of MONTHLY_WEEKDAY
    month_day: int = 1  # 1 to 31, else the month's last day; of MONTHLY
    at: time = time(9)  # local wall clock

    @property
    def rule(self) -> str:
        """The RFC 5545 rule."""
        if self.frequency is Frequency.WEEKDAYS:
            return f"FREQ=WEEKLY;BYDAY={','.join(_DAYS[:5])}"
        if self.frequency is Frequency.DAILY:
            return "FREQ=DAILY"
        if self.frequency is Frequency.WEEKLY:
            return f"FREQ=WEEKLY;BYDAY={_DAYS[self.weekday]}"
        if self.frequency is Frequency.MONTHLY_WEEKDAY:
            return f"FREQ=MONTHLY;BYDAY={self.week}{_DAYS[self.weekday]}"
        days = ",".join(str(day) for day in range(min(self.month_day, _SHORTEST_MONTH), self.month_day + 1))
        # The last of these days that the month has: the 31st falls on the last day of a shorter month.
        return f"FREQ=MONTHLY;BYMONTHDAY={days}" + (";BYSETPOS=-1" if "," in days else "")


@dataclass(frozen=True)
class Regular:
    """Something that every bridge says on a schedule."""

    kind: str  # of the schedules table
    default: Rhythm
    frequencies: tuple[Frequency, ...]


DIGEST: Final = Regular(
    "digest", Rhythm(), (Frequency.WEEKDAYS, Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY)
)
SALES_REPORT: Final = Regular(
    "sales_report",
    Rhythm(Frequency.MONTHLY_WEEKDAY, at=time(10)),
    (Frequency.WEEKLY, Frequency.MONTHLY, Frequency.MONTHLY_WEEKDAY),
)
REGULARS: Final[Mapping[str, Regular]] = {one.kind: one for one in (DIGEST, SALES_REPORT)}


def rhythm_of(schedule: Schedule) -> Rhythm:
    """What the form shows of a stored schedule."""
    parts = dict(part.split("=", 1) for part in schedule.rule.split(";"))
    at = time.fromisoformat(schedule.local_time)
    frequency = frequency_of(schedule)
    if frequency is Frequency.WEEKLY:
        return Rhythm(frequency, weekday=_weekday(parts, schedule), at=at)
    if frequency is Frequency.MONTHLY_WEEKDAY:
        day = parts["BYDAY"]
        return Rhythm(frequency, weekday=_DAYS.index(day[-2:]), week=int(day[:-2]), at=at)
    if frequency is Frequency.MONTHLY:
        days = [int(day) for day in parts.get("BYMONTHDAY", str(schedule.starts_on.day)).split(",")]
        return Rhythm(frequency, month_day=max(days), at=at)
    return Rhythm(frequency, at=at)


def frequency_of(schedule: Schedule) -> Frequency:
    """How often what is scheduled comes."""
    parts = dict(part.split("=", 1) for part in schedule.rule.split(";"))
    if parts["FREQ"] == "MONTHLY":
        return Frequency.MONTHLY_WEEKDAY if "BYDAY" in parts else Frequency.MONTHLY
    several_days = "," in parts.get("BYDAY", "")
    if parts["FREQ"] == "WEEKLY":
        return Frequency.WEEKDAYS if several_days else Frequency.WEEKLY
    return Frequency.WEEKDAYS if several_days else Frequency.DAILY


def _weekday(parts: Mapping[str, str], schedule: Schedule) -> int:
    return _DAYS.index(parts["BYDAY"]) if "BYDAY" in parts else schedule.starts_on.weekday()


def recurrence_of(rhythm: Rhythm, bridge: Bridge, now: datetime) -> Recurrence:
    """The rhythm in the bridge's time zone, from today on."""
    return Recurrence(
        rule=rhythm.rule,
        time=rhythm.at,
        zone=bridge.time_zone,
        start_on=now.astimezone(ZoneInfo(bridge.time_zone)).date(),
    )


def save_rhythm(
    connection: Connection,
    bridge: Bridge,
    rhythm: Rhythm,
    now: datetime,
    *,
    is_paused: bool = False,
    regular: Regular = DIGEST,
) -> Schedule:
    """Store the rhythm as the bridge's schedule of that kind, in the bridge's time zone."""
    recurrence = recurrence_of(rhythm, bridge, now)
    save_schedule(connection, bridge.id, regular.kind, recurrence, now, is_paused=is_paused)
    saved = schedules.of_bridge(connection, bridge.id, regular.kind)
    assert saved is not None
    return saved


def default_schedule(
    connection: Connection, bridge: Bridge, now: datetime, regular: Regular = DIGEST
) -> Schedule:
    """What a new bridge begins with: its digest comes Mondays at 09:00 in its zone."""
    return save_rhythm(connection, bridge, regular.default, now, regular=regular)


def schedule_of(connection: Connection, bridge: Bridge, now: datetime, regular: Regular = DIGEST) -> Schedule:
    """The bridge's schedule of that kind; a bridge that has none gets the default."""
    return schedules.of_bridge(connection, bridge.id, regular.kind) or default_schedule(
        connection, bridge, now, regular
    )
