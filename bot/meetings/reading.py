"""Reads what people write of days and people, forgivingly, in English and Russian. Pure."""

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from rapidfuzz import fuzz

from bot.gestures import FormState
from bot.i18n import N_, Message
from bot.ids import Field
from bot.recurrence import resolve
from storage.workspace import Person

# An English name's first three letters are enough, of a Russian one its stem: «fri», «пятницы», «пт».
_WEEKDAYS: Final = (
    ("monday", "пн", "понедельник"),
    ("tuesday", "вт", "вторник"),
    ("wednesday", "ср", "сред"),
    ("thursday", "чт", "четверг"),
    ("friday", "пт", "пятниц"),
    ("saturday", "сб", "суббот"),
    ("sunday", "вс", "воскресен"),
)
_MONTHS: Final = (
    ("january", "янв"),
    ("february", "фев"),
    ("march", "мар"),
    ("april", "апр"),
    ("may", "май", "мая"),
    ("june", "июн"),
    ("july", "июл"),
    ("august", "авг"),
    ("september", "сен"),
    ("october", "окт"),
    ("november", "ноя"),
    ("december", "дек"),
)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2})?)?\.?(?:\s*г\.?)?")
_DAY_MONTH: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|-?(?:го|е))?\s+([^\W\d_]{3,})\.?,?(?:\s+(\d{4}))?")
_MONTH_DAY: Final = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(\d{4}))?")
_IN: Final = re.compile(
    r"(?:in|через)\s+(?:(\d{1,3})\s+)?(day|week|month|д[енья]|недел|месяц)[^\W\d_]*", re.IGNORECASE
)
_WORDS: Final[Mapping[str, int]] = {
    "today": 0,
    "сегодня": 0,
    "tomorrow": 1,
    "завтра": 1,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
    "послезавтра": 2,
}
_MONTH_END: Final = re.compile(
    r"(?:the\s+)?end\s+of\s+(?:the\s+)?month|month\s*end|кон(?:ца|цу|ец)\s+месяца", re.IGNORECASE
)
_WEEK_END: Final = re.compile(
    r"(?:the\s+)?end\s+of\s+(?:the\s+)?week|кон(?:ца|цу|ец)\s+недели", re.IGNORECASE
)
_NEXT_WEEK: Final = re.compile(r"next\s+week|следующ\w+\s+недел\w+", re.IGNORECASE)
_ARTICLES: Final = re.compile(r"^(?:the|this|next|coming|эту|этой|этого|этот|следующ\w+)\s+", re.IGNORECASE)
_FRIDAY: Final = 4


def read_day(words: str, today: date) -> date:
    """The day that is meant, seen from `today`. Raises ValueError where that can't be told.

    A weekday is the next one after today; a day without a year is the next such day.
    """
    text = " ".join(words.casefold().split()).strip(" .,;")
    if text in _WORDS:
        return today + timedelta(days=_WORDS[text])
    if _MONTH_END.fullmatch(text):
        return today.replace(day=calendar.monthrange(today.year, today.month)[1])
    if _WEEK_END.fullmatch(text):
        return today + timedelta(days=(_FRIDAY - today.weekday()) % 7)
    if _NEXT_WEEK.fullmatch(text):
        return today + timedelta(days=7 - today.weekday() + _FRIDAY)
    if found := _IN.fullmatch(text):
        return _later(today, int(found[1] or 1), found[2])
    if found := _ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.fullmatch(text):
        return _in_year(int(found[1]), int(found[2]), found[3], today)
    if found := _DAY_MONTH.fullmatch(text):
        return _in_year(int(found[1]), _index(_MONTHS, found[2]) + 1, found[3], today)
    if (found := _MONTH_DAY.fullmatch(text)) and _begins(_MONTHS, found[1]) is not None:
        return _in_year(int(found[2]), _index(_MONTHS, found[1]) + 1, found[3], today)
    weekday = _index(_WEEKDAYS, _ARTICLES.sub("", text))
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _later(today: date, count: int, unit: str) -> date:
    if unit.startswith(("week", "недел")):
        return today + timedelta(weeks=count)
    if unit.startswith(("month", "месяц")):
        months = today.year * 12 + today.month - 1 + count
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    return today + timedelta(days=count)


def _in_year(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    for candidate in range(today.year, today.year + 9):  # 29 February may be eight years off
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    raise ValueError("no such day")


def _begins(names: Sequence[Sequence[str]], word: str) -> int | None:
    for index, (english, *stems) in enumerate(names):
        if len(word) > 2 and english.startswith(word):
            return index
        if any(word == stem or (len(stem) > 2 and word.startswith(stem)) for stem in stems):
            return index
    return None


def _index(names: Sequence[Sequence[str]], word: str) -> int:
    found = _begins(names, word)
    if found is None:
        raise ValueError("neither a day nor a month")
    return found


# --- action items ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemLine:
    """A line of the minutes' form that was understood."""

    owner_id: str
    text: str
    due_on: date | None


@dataclass(frozen=True)
class ItemLines:
    """What was understood, and the first line that was not."""

    items: tuple[ItemLine, ...]
    fault: Message | None


_BULLET: Final = re.compile(r"^\s*(?:[-*•–—]|\d{1,2}[.)])\s+")
_MENTION: Final = re.compile(r"^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_COLON: Final = re.compile(r":(?!//|\d\d\b)\s*")
_BY: Final = re.compile(
    r"(?:^|\s)[,(—–-]?\s*(?:not\s+later\s+than|no\s+later\s+than|by|due|until|till|before|on|"
    r"не\s+позднее|не\s+позже|до|ко|к|срок)[:\s]\s*(?P<day>[^:]+?)\)?\s*$",
    re.IGNORECASE,
)
_LONGEST_ITEM: Final = 500
MOST_ITEMS: Final = 50


def read_items(text: str, people: Sequence[Person], near: Iterable[str], today: date) -> ItemLines:
    """Action items, one a line: «@anna by Friday: price list». `near`: people meant first, by id.

    Also without a colon: «@anna price list by Friday». The day may be left out, the person not.
    """
    items: list[ItemLine] = []
    ids = frozenset(near)
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_ITEMS:
        return ItemLines((), N_("At most {count} action items at once, please.", count=MOST_ITEMS))
    for number, line in enumerate(lines, 1):
        read = _read_line(_BULLET.sub("", line).strip(), people, ids, today, number)
        if isinstance(read, Message):
            return ItemLines(tuple(items), read)
        items.append(read)
    return ItemLines(tuple(items), None)


def _read_line(
    line: str, people: Sequence[Person], near: frozenset[str], today: date, number: int
) -> ItemLine | Message:
    owner = _owner(line, people, near, number)
    if owner is None:
        return N_(
            "Line {number}: whose is it? Begin with the person, as in @anna by Friday: price list",
            number=number,
        )
    who, rest = owner
    if isinstance(who, Message):
        return who
    before, colon, after = _split(rest)
    day_words, words = (before, after) if colon else (rest, rest)
    due_on, said_at = _spoken_day(day_words, today)
    if colon and before.strip() and due_on is None:
        bare = before.strip(" ,(")
        try:
            due_on = read_day(bare, today)  # «@anna Friday: price list»
        except ValueError:
            return N_(
                "Line {number}: I don't understand “{day}” as a day. Write it as in by Friday, 10.12 or "
                "2026-12-10.",
                number=number,
                day=bare[:40],
            )
    elif not colon and due_on is not None:
        words = rest[:said_at]
    if due_on is not None and due_on < today:
        return N_("Line {number}: that day is past already.", number=number)
    words = words.strip(" ,-–—")
    if not words:
        return N_("Line {number}: what is to be done?", number=number)
    if len(words) > _LONGEST_ITEM:
        return N_("Line {number}: at most {limit} characters, please.", number=number, limit=_LONGEST_ITEM)
    return ItemLine(who, words, due_on)


def _spoken_day(words: str, today: date) -> tuple[date | None, int]:
    """The day behind a word such as «by» at the end, and where that begins."""
    at = 0
    while found := _BY.search(words, at):
        try:
            return read_day(found["day"], today), found.start()
        except ValueError:  # «by email by Friday»
            at = found.start() + 1
    return None, len(words)


def _split(rest: str) -> tuple[str, bool, str]:
    found = _COLON.search(rest)
    return (rest[: found.start()], True, rest[found.end() :]) if found else (rest, False, "")


def _owner(
    line: str, people: Sequence[Person], near: frozenset[str], number: int
) -> tuple[str | Message, str] | None:
    """Who the line begins with, and what follows; a Message where nobody, or several, are called so."""
    if found := _MENTION.match(line):
        return found[1], line[found.end() :]
    is_marked = line.startswith("@")
    text = line.removeprefix("@")
    by_length = sorted(people, key=lambda one: -len(one.name))
    for one in by_length:  # «@Anna Schmidt by Friday»: the longest name that fits
        if one.name and _follows(text, one.name) and " " in one.name:
            return one.user_id, text[len(one.name) :]
    word = re.match(r"[\w.'-]+", text)
    if word is None or not (is_marked or _is_head(text, word.end())):
        return None
    name = word[0].rstrip(".,'-")
    found_people = _called(name, people, near)
    rest = text[len(name) :]
    if len(found_people) == 1:
        return found_people[0], rest
    if found_people:
        fault = N_(
            "Line {number}: several people are called “{name}”; write the whole name.",
            number=number,
            name=name,
        )
        return fault, rest
    return N_("Line {number}: I know nobody called “{name}”.", number=number, name=name), rest


def _is_head(text: str, end: int) -> bool:
    """Without an @, the first word is a person only where a colon or a day follows: «Anna: price list»."""
    before, colon, _after = _split(text[end:])
    return colon and (not before.strip() or _BY.search(before) is not None)


def _follows(text: str, name: str) -> bool:
    end = len(name)
    return text[:end].casefold() == name.casefold() and not text[end : end + 1].isalnum()


def _called(name: str, people: Sequence[Person], near: frozenset[str]) -> list[str]:
    """The ids of those who may be meant: by whole name, a part of it, its beginning, or nearly so."""
    wanted = name.casefold().replace("ё", "е")
    parts = {one.user_id: _parts_of(one.name) for one in people}
    for fits in (_is_whole, _is_part, _is_beginning, _is_nearly):
        found = [user_id for user_id, words in parts.items() if fits(wanted, words)]
        nearer = [one for one in found if one in near]
        if found:
            return nearer or found
    return []


def _is_whole(wanted: str, words: Sequence[str]) -> bool:
    return wanted == " ".join(words)


def _is_part(wanted: str, words: Sequence[str]) -> bool:
    return wanted in words


def _is_beginning(wanted: str, words: Sequence[str]) -> bool:
    return len(wanted) > 2 and any(word.startswith(wanted) for word in words)


def _is_nearly(wanted: str, words: Sequence[str]) -> bool:
    return len(wanted) > 3 and any(fuzz.ratio(wanted, word) >= 80 for word in words)


def _parts_of(name: str) -> list[str]:
    return re.findall(r"[\w'-]+", name.casefold().replace("ё", "е"))


# --- moments of a form -------------------------------------------------------------------------------------


def read_moment(
    form: FormState, zone: str, now: datetime, faults: dict[str, Message], *, needed: bool = False
) -> datetime | None:
    """A day and a time of a form as an instant after now; what is wrong goes into `faults`."""
    day_text, time_text = form.picked(Field.MEETING_DATE), form.picked(Field.TIME)
    if not day_text and not needed:
        return None
    try:
        day = date.fromisoformat(day_text or "")
    except ValueError:
        faults[Field.MEETING_DATE] = N_("Choose a day.")
        return None
    try:
        at = time.fromisoformat(time_text or "").replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        faults[Field.TIME] = N_("Choose a time, such as 09:00.")
        return None
    try:
        moment = resolve(datetime.combine(day, at), zone)
    except (OverflowError, ValueError):
        faults[Field.MEETING_DATE] = N_("Choose a day.")
        return None
    if moment <= now:
        faults[Field.MEETING_DATE] = N_("That is past already; choose a later time.")
        return None
    return moment
