"""The days that a report is about, as people name them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final


@dataclass(frozen=True)
class Days:
    """From `first` up to and including `last`."""

    first: date
    last: date

    @property
    def is_month(self) -> bool:
        """Whether it is one whole calendar month."""
        return self == month_of(self.first)


_RANGE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|…|–|—|-|to|по)\s*|\s+)(\d{4}-\d{2}-\d{2})")
_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER: Final = re.compile(r"(\d{4})[- ]?[qк]([1-4])")
_YEAR: Final = re.compile(r"\d{4}")
_EARLIEST, _LATEST = 2000, 2100


def read_days(words: str, today: date) -> Days:
    """«2026-03», «2026-Q1», «2026», «2026-03-01..2026-03-15», «last month», «прошлый квартал».

    Nothing said means this month. Raises ValueError for what is no period.
    """
    said = " ".join(words.casefold().split())
    spoken = _spoken(said, today)
    if spoken is not None:
        return spoken
    if found := _RANGE.fullmatch(said):
        days = Days(date.fromisoformat(found[1]), date.fromisoformat(found[2]))
    elif found := _MONTH.fullmatch(said):
        days = month_of(date(int(found[1]), int(found[2]), 1))
    elif found := _QUARTER.fullmatch(said):
        days = _quarter_of(date(int(found[1]), int(found[2]) * 3, 1))
    elif _YEAR.fullmatch(said):
        days = _year_of(date(int(said), 1, 1))
    else:
        raise ValueError("no period")
    if days.first > days.last or not _EARLIEST <= days.first.year <= days.last.year <= _LATEST:
        raise ValueError("no period")
    return days


def _spoken(said: str, today: date) -> Days | None:
    before = today.replace(day=1) - timedelta(days=1)
    quarter = _quarter_of(today)
    if said in ("", "this month", "month", "этот месяц", "месяц"):
        return month_of(today)
    if said in ("last month", "прошлый месяц"):
        return month_of(before)
    if said in ("this quarter", "quarter", "этот квартал", "квартал"):
        return quarter
    if said in ("last quarter", "прошлый квартал"):
        return _quarter_of(quarter.first - timedelta(days=1))
    if said in ("this year", "year", "этот год", "год"):
        return _year_of(today)
    if said in ("last year", "прошлый год"):
        return _year_of(date(today.year - 1, 1, 1))
    return None


def month_of(day: date) -> Days:
    """The calendar month that holds the day."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return Days(day.replace(day=1), following - timedelta(days=1))


def _quarter_of(day: date) -> Days:
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return Days(first, month_of(first.replace(month=first.month + 2)).last)


def _year_of(day: date) -> Days:
    return Days(date(day.year, 1, 1), date(day.year, 12, 31))
