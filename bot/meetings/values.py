"""What a series' form says, and what it may say: every fault is told at once, beside its field."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.gestures import FormState
from bot.i18n import N_, Message
from bot.ids import Field
from bot.meetings.plan import known_holidays
from bot.meetings.reading import read_day
from bot.meetings.rhythm import NTH, Frequency, Rhythm, rhythm_of
from bot.slacktext import escape
from storage import meetings, workspace
from storage.bridges import Bridge
from storage.meetings import Series

LENGTHS: Final = (15, 30, 45, 60, 90, 120, 180)  # minutes
PROMPTS_AHEAD: Final = (240, 1440, 2880, 4320, 7200, 10080)  # minutes
REMINDERS_AHEAD: Final = (10, 15, 30, 60, 120, 240)  # minutes
CHANNELS: Final = ("both", "marketing", "sales")
POLICIES: Final = ("skip", "move")
ENDED: Final = "ended"  # the one box of the field MEETING_ENDED
LONGEST_TITLE: Final = 120
LONGEST_PLACE: Final = 300
MOST_PROMPTS: Final = 10
LONGEST_PROMPT: Final = 300
MOST_OFF_DAYS: Final = 100
MOST_PEOPLE: Final = 50


@dataclass(frozen=True)
class SeriesAnswers:
    """The form as it was filled in; texts as they were typed."""

    title: str
    rhythm: Rhythm
    starts_on: date | None
    at: time | None
    minutes: int = 60
    channels: str = "both"
    participants: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    facilitators: tuple[str, ...] = ()
    place: str = ""
    prompts: str = ""  # one a line
    prompt_ahead: int = 2880
    reminder_ahead: int = 60
    off_days: str = ""
    holidays: str = ""
    moves_over: bool = False
    is_active: bool = True


def new_answers(bridge: Bridge, now: datetime, title: str) -> SeriesAnswers:
    """What a new series begins with."""
    today = now.astimezone(ZoneInfo(bridge.time_zone)).date()
    rhythm = Rhythm()
    people = bridge.manager_ids
    return SeriesAnswers(title, rhythm, today, rhythm.at, participants=people, facilitators=people)


def answers_of(series: Series) -> SeriesAnswers:
    """What the form shows of a stored series; its texts are unescaped by whoever shows them."""
    rhythm = rhythm_of(series.rule, series.local_time)
    return SeriesAnswers(
        title=series.title,
        rhythm=rhythm,
        starts_on=series.starts_on,
        at=rhythm.at,
        minutes=series.minutes,
        channels=series.channels,
        participants=tuple(series.participants),
        groups=tuple(series.groups),
        facilitators=tuple(series.facilitators),
        place=series.place or "",
        prompts="\n".join(series.prompts),
        prompt_ahead=series.prompt_ahead,
        reminder_ahead=series.reminder_ahead,
        off_days="\n".join(series.off_days),
        holidays=series.holidays or "",
        moves_over=series.moves_over,
        is_active=series.is_active,
    )


def read_answers(form: FormState) -> tuple[SeriesAnswers, dict[str, Message]]:
    """What was chosen, defaults for the rest, and what is missing or none of the choices."""
    faults: dict[str, Message] = {}
    plain = Rhythm()
    chosen = form.option(Field.FREQUENCY)
    if chosen not in set(Frequency):
        faults[Field.FREQUENCY] = N_("Choose how often the meeting is.")
    frequency = plain.frequency if Field.FREQUENCY in faults else Frequency(str(chosen))
    weekday = _one_of(form.option(Field.WEEKDAY), range(7))
    month_day = _one_of(form.option(Field.MEETING_DAY), range(1, 32))
    nth = _one_of(form.option(Field.MEETING_NTH), NTH)
    if frequency is not Frequency.BY_DATE and weekday is None:
        faults[Field.WEEKDAY] = N_("Choose a day of the week.")
    if frequency is Frequency.BY_DATE and month_day is None:
        faults[Field.MEETING_DAY] = N_("Choose a day of the month.")
    if frequency is Frequency.BY_WEEKDAY and nth is None:
        faults[Field.MEETING_NTH] = N_("Choose which one of the month.")
    at = _time(form.picked(Field.TIME))
    if at is None:
        faults[Field.TIME] = N_("Choose a time, such as 09:00.")
    rhythm = Rhythm(
        frequency,
        weekday=plain.weekday if weekday is None else weekday,
        month_day=plain.month_day if month_day is None else month_day,
        nth=plain.nth if nth is None else nth,
        at=at or plain.at,
    )
    answers = _texts(form, SeriesAnswers(form.text(Field.MEETING_TITLE) or "", rhythm, None, at), faults)
    return answers, faults


def _texts(form: FormState, answers: SeriesAnswers, faults: dict[str, Message]) -> SeriesAnswers:
    starts_on = _date(form.picked(Field.MEETING_FROM))
    if starts_on is None:
        faults[Field.MEETING_FROM] = N_("Choose the day from which on the meeting is held.")
    choices = {
        "minutes": (Field.MEETING_LENGTH, LENGTHS, N_("Choose how long the meeting takes.")),
        "prompt_ahead": (Field.MEETING_PROMPT_AHEAD, PROMPTS_AHEAD, N_("Choose when I ask for topics.")),
        "reminder_ahead": (Field.MEETING_REMINDER_AHEAD, REMINDERS_AHEAD, N_("Choose when I remind.")),
    }
    numbers: dict[str, Any] = {}
    for name, (block, possible, fault) in choices.items():
        number = _one_of(form.option(block), possible)
        if number is None:
            faults[block] = fault
        else:
            numbers[name] = number
    channels, policy = form.option(Field.MEETING_CHANNELS), form.option(Field.MEETING_OFF_POLICY)
    if channels not in CHANNELS:
        faults[Field.MEETING_CHANNELS] = N_("Choose where the meeting is announced.")
    if policy not in POLICIES:
        faults[Field.MEETING_OFF_POLICY] = N_("Choose what happens to a meeting on a day off.")
    return replace(
        answers,
        starts_on=starts_on,
        channels=channels if channels in CHANNELS else "both",
        participants=form.many(Field.MEETING_PEOPLE),
        groups=form.options(Field.MEETING_GROUPS),
        facilitators=form.many(Field.MEETING_FACILITATORS),
        place=form.text(Field.MEETING_PLACE) or "",
        prompts=form.text(Field.MEETING_PROMPTS) or "",
        off_days=form.text(Field.MEETING_OFF_DAYS) or "",
        holidays=form.text(Field.MEETING_HOLIDAYS) or "",
        moves_over=policy == "move",
        is_active=ENDED not in form.options(Field.MEETING_ENDED),
        **numbers,
    )


def checked(
    connection: Connection, team_id: str, answers: SeriesAnswers, today: date, faults: dict[str, Message]
) -> dict[str, Any]:
    """The series' columns; what can't stand goes into `faults`."""
    if not answers.title:
        faults[Field.MEETING_TITLE] = N_("Give the meeting a name.")
    elif len(escape(answers.title)) > LONGEST_TITLE:
        faults[Field.MEETING_TITLE] = N_("At most {limit} characters, please.", limit=LONGEST_TITLE)
    if len(answers.place) > LONGEST_PLACE:
        faults[Field.MEETING_PLACE] = N_("At most {limit} characters, please.", limit=LONGEST_PLACE)
    if answers.prompt_ahead <= answers.reminder_ahead:
        faults[Field.MEETING_REMINDER_AHEAD] = N_("The reminder comes after I have asked for topics.")
    _check_people(connection, team_id, answers, faults)
    prompts = _lines(answers.prompts)
    if len(prompts) > MOST_PROMPTS or any(len(one) > LONGEST_PROMPT for one in prompts):
        faults[Field.MEETING_PROMPTS] = N_(
            "At most {count} questions of {limit} characters each, please.",
            count=MOST_PROMPTS,
            limit=LONGEST_PROMPT,
        )
    off_days = _off_days(answers.off_days, today, faults)
    holidays = known_holidays(answers.holidays) if answers.holidays else None
    if answers.holidays and holidays is None:
        faults[Field.MEETING_HOLIDAYS] = N_(
            "I don't know the holidays of “{text}”. Write a country's two letters, as in DE, "
            "or with its part, as in DE-BY.",
            text=answers.holidays[:40],
        )
    return {
        "title": escape(answers.title),
        "starts_on": answers.starts_on,
        "minutes": answers.minutes,
        "channels": answers.channels,
        "participants": list(dict.fromkeys(answers.participants)),
        "groups": list(dict.fromkeys(answers.groups)),
        "facilitators": list(dict.fromkeys(answers.facilitators)),
        "place": escape(answers.place) or None,
        "prompts": [escape(one) for one in prompts],
        "prompt_ahead": answers.prompt_ahead,
        "reminder_ahead": answers.reminder_ahead,
        "off_days": off_days,
        "holidays": holidays,
        "moves_over": answers.moves_over,
        "is_active": answers.is_active,
    }


def _check_people(
    connection: Connection, team_id: str, answers: SeriesAnswers, faults: dict[str, Message]
) -> None:
    if len(set(answers.participants)) < 2 and not answers.groups:
        faults[Field.MEETING_PEOPLE] = N_(
            "Choose who takes part: at least the heads of sales and of marketing."
        )
    for block, people in (
        (Field.MEETING_PEOPLE, answers.participants),
        (Field.MEETING_FACILITATORS, answers.facilitators),
    ):
        if len(people) > MOST_PEOPLE:
            faults[block] = N_("At most {count} people, please.", count=MOST_PEOPLE)
        elif fault := _unfit(connection, team_id, people):
            faults[block] = fault
    known = {one.group_id for one in meetings.groups(connection, team_id)} if answers.groups else set()
    if set(answers.groups) - known:
        faults[Field.MEETING_GROUPS] = N_("One of these groups no longer exists.")


def _unfit(connection: Connection, team_id: str, people: Iterable[str]) -> Message | None:
    for user_id in people:
        person = workspace.person(connection, team_id, user_id)
        if person is None:
            return N_("I don't know one of these people yet; try again in a minute.")
        if person.is_guest or person.is_external or person.is_bot or person.is_deleted:
            return N_("{name} can't take part: only full members of this workspace can.", name=person.name)
    return None


def _off_days(text: str, today: date, faults: dict[str, Message]) -> list[str]:
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    days = []
    for part in parts[:MOST_OFF_DAYS]:
        try:
            days.append(read_day(part, today).isoformat())
        except ValueError:
            faults[Field.MEETING_OFF_DAYS] = N_(
                "I don't understand “{text}” as a day. Write 2026-12-24, 24.12 or 24 December, one a line.",
                text=part[:40],
            )
            return []
    if len(parts) > MOST_OFF_DAYS:
        faults[Field.MEETING_OFF_DAYS] = N_("At most {count} days, please.", count=MOST_OFF_DAYS)
    return sorted(set(days))


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _one_of(text: str | None, possible: Iterable[int]) -> int | None:
    return next((one for one in possible if text is not None and str(one) == text), None)


def _time(text: str | None) -> time | None:
    try:
        return time.fromisoformat(text or "").replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def _date(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None
