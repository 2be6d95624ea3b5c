"""The form of a meeting series. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DatePickerElement,
    InputBlock,
    PlainTextInputElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    TimePickerElement,
    UserMultiSelectElement,
)
from slack_sdk.models.blocks.basic_components import PlainTextObject

from bot import slacktext
from bot.i18n import N_, Message, Texts
from bot.ids import Action, Field, View
from bot.meetings.rhythm import NTH, Frequency, Rhythm
from bot.meetings.values import (
    CHANNELS,
    ENDED,
    LENGTHS,
    PROMPTS_AHEAD,
    REMINDERS_AHEAD,
    SeriesAnswers,
)
from bot.messages.common import field, modal, option
from bot.messages.meetings import DEFAULT_PROMPTS
from storage.bridges import Bridge
from storage.meetings import Group

FREQUENCIES: Final[dict[Frequency, Message]] = {
    Frequency.WEEKLY: N_("Every week"),
    Frequency.BIWEEKLY: N_("Every two weeks"),
    Frequency.BY_DATE: N_("Every month, by date"),
    Frequency.BY_WEEKDAY: N_("Every month, by weekday"),
}
NTHS: Final[dict[int, Message]] = {
    1: N_("First"),
    2: N_("Second"),
    3: N_("Third"),
    4: N_("Fourth"),
    -1: N_("Last"),
}
_HOUR, _DAY, _WEEK = 60, 1440, 10080  # minutes


def unescaped(answers: SeriesAnswers) -> SeriesAnswers:
    """Stored texts as they were typed."""
    return replace(
        answers,
        title=slacktext.plain(answers.title, {}),
        place=slacktext.plain(answers.place, {}),
        prompts=slacktext.plain(answers.prompts, {}),
    )


def series_form(
    _: Texts,
    bridge: Bridge,
    answers: SeriesAnswers,
    groups: Sequence[Group],
    metadata: str,
    *,
    is_new: bool,
) -> dict[str, Any]:
    """The form; the fields of its day follow the frequency."""
    blocks: list[Block] = [
        _line(_("Name"), Field.MEETING_TITLE, answers.title, most=120),
        _frequency(_, answers.rhythm.frequency),
        *_day(_, answers.rhythm),
        *_times(_, bridge, answers),
        *_people(_, answers, groups),
        _line(_("Place or call link"), Field.MEETING_PLACE, answers.place, most=300, optional=True),
        _prompts(_, bridge, answers),
        _select(
            Field.MEETING_PROMPT_AHEAD,
            _("Ask for topics"),
            [(ahead(_, one), str(one)) for one in PROMPTS_AHEAD],
            str(answers.prompt_ahead),
        ),
        _select(
            Field.MEETING_REMINDER_AHEAD,
            _("Remind, with the agenda"),
            [(ahead(_, one), str(one)) for one in REMINDERS_AHEAD],
            str(answers.reminder_ahead),
        ),
        *_off_days(_, answers),
    ]
    if not is_new:
        blocks.append(_ended(_, answers))
    buttons = {"submit": _("Save"), "close": _("Cancel"), "private_metadata": metadata}
    if is_new:
        return modal(View.MEETING, _("New meeting"), blocks, **buttons)
    return modal(View.MEETING, _("Meeting"), blocks, **buttons)


def ahead(_: Texts, minutes: int) -> str:
    """«2 days before»."""
    if minutes % _WEEK == 0:
        return _.plural("{n} week before", "{n} weeks before", minutes // _WEEK)
    if minutes % _DAY == 0:
        return _.plural("{n} day before", "{n} days before", minutes // _DAY)
    if minutes % _HOUR == 0:
        return _.plural("{n} hour before", "{n} hours before", minutes // _HOUR)
    return _.plural("{n} minute before", "{n} minutes before", minutes)


def _frequency(_: Texts, chosen: Frequency) -> InputBlock:
    choices = {frequency: option(_.say(name), frequency) for frequency, name in FREQUENCIES.items()}
    return InputBlock(
        block_id=Field.FREQUENCY,
        label=PlainTextObject(text=_("How often")),
        dispatch_action=True,  # the day's fields follow
        element=StaticSelectElement(
            action_id=Action.MEETING_FREQUENCY,
            options=list(choices.values()),
            initial_option=choices[chosen],
        ),
    )


def _day(_: Texts, rhythm: Rhythm) -> list[Block]:
    if rhythm.frequency is Frequency.BY_DATE:
        days = [(str(day), str(day)) for day in range(1, 32)]
        hint = _("31 falls on the last day of shorter months.")
        label = _("Day of the month")
        return [_select(Field.MEETING_DAY, label, days, str(rhythm.month_day), hint=hint)]
    weekdays = [(_.weekday(day).capitalize(), str(day)) for day in range(7)]
    chosen = _select(Field.WEEKDAY, _("Day of the week"), weekdays, str(rhythm.weekday))
    if rhythm.frequency is Frequency.BY_WEEKDAY:
        nths = [(_.say(NTHS[one]), str(one)) for one in NTH]
        return [_select(Field.MEETING_NTH, _("Which of the month"), nths, str(rhythm.nth)), chosen]
    return [chosen]


def _times(_: Texts, bridge: Bridge, answers: SeriesAnswers) -> list[Block]:
    at = answers.at.strftime("%H:%M") if answers.at else None
    lengths = [(_.plural("{n} minute", "{n} minutes", one), str(one)) for one in LENGTHS]
    channels = {
        "both": _("In the marketing channel and the sales channels"),
        "marketing": _("In the marketing channel"),
        "sales": _("In the sales channels"),
    }
    return [
        field(
            Field.TIME,
            _("Time"),
            TimePickerElement(action_id=Field.TIME, initial_time=at),
            hint=_("Local time of the bridge: {zone}", zone=bridge.time_zone),
        ),
        field(
            Field.MEETING_FROM,
            _("From"),
            DatePickerElement(
                action_id=Field.MEETING_FROM,
                initial_date=answers.starts_on.isoformat() if answers.starts_on else None,
            ),
            hint=_("Meetings are held from this day on; every two weeks are counted from its week."),
        ),
        _select(Field.MEETING_LENGTH, _("Length"), lengths, str(answers.minutes)),
        _select(
            Field.MEETING_CHANNELS,
            _("Announced"),
            [(channels[one], one) for one in CHANNELS],
            answers.channels,
        ),
    ]


def _people(_: Texts, answers: SeriesAnswers, groups: Sequence[Group]) -> list[Block]:
    blocks: list[Block] = [
        field(
            Field.MEETING_PEOPLE,
            _("Who takes part"),
            UserMultiSelectElement(
                action_id=Field.MEETING_PEOPLE, initial_users=list(answers.participants) or None
            ),
            optional=True,
            hint=_("At least the heads of sales and of marketing"),
        )
    ]
    if groups:
        options = {one.group_id: option(f"@{one.handle}", one.group_id) for one in groups[:100]}
        chosen = [options[one] for one in answers.groups if one in options]
        element = StaticMultiSelectElement(
            action_id=Field.MEETING_GROUPS, options=list(options.values()), initial_options=chosen or None
        )
        blocks.append(field(Field.MEETING_GROUPS, _("Groups that take part"), element, optional=True))
    blocks.append(
        field(
            Field.MEETING_FACILITATORS,
            _("Who leads, in turn"),
            UserMultiSelectElement(
                action_id=Field.MEETING_FACILITATORS, initial_users=list(answers.facilitators) or None
            ),
            optional=True,
            hint=_("In the order in which you choose them"),
        )
    )
    return blocks


def _prompts(_: Texts, bridge: Bridge, answers: SeriesAnswers) -> InputBlock:
    return field(
        Field.MEETING_PROMPTS,
        _("Questions that collect topics"),
        PlainTextInputElement(
            action_id=Field.MEETING_PROMPTS,
            multiline=True,
            max_length=3000,
            initial_value=answers.prompts or None,
            placeholder="\n".join(_.say(one) for one in DEFAULT_PROMPTS)[:150],
        ),
        optional=True,
        hint=_("One a line. Left empty, I ask my own, in the language of the bridge."),
    )


def _off_days(_: Texts, answers: SeriesAnswers) -> list[Block]:
    policies = [
        (_("Is skipped"), "skip"),
        (_("Moves to the next working day"), "move"),
    ]
    return [
        field(
            Field.MEETING_OFF_DAYS,
            _("Days off"),
            PlainTextInputElement(
                action_id=Field.MEETING_OFF_DAYS,
                multiline=True,
                max_length=3000,
                initial_value=answers.off_days or None,
            ),
            optional=True,
            hint=_("One a line: 2026-12-24, 24.12 or 24 December"),
        ),
        _line(
            _("Public holidays of"),
            Field.MEETING_HOLIDAYS,
            answers.holidays,
            most=40,
            optional=True,
            hint=_("A country's two letters, as in DE, or with its part, as in DE-BY"),
        ),
        _select(
            Field.MEETING_OFF_POLICY,
            _("On a day off, the meeting"),
            policies,
            "move" if answers.moves_over else "skip",
        ),
    ]


def _ended(_: Texts, answers: SeriesAnswers) -> InputBlock:
    box = option(_("Ended: no further meeting is held"), ENDED)
    element = CheckboxesElement(
        action_id=Field.MEETING_ENDED,
        options=[box],
        initial_options=None if answers.is_active else [box],
    )
    return field(Field.MEETING_ENDED, _("End"), element, optional=True)


def _line(
    label: str, block: Field, value: str, *, most: int, optional: bool = False, hint: str | None = None
) -> InputBlock:
    element = PlainTextInputElement(action_id=block, initial_value=value or None, max_length=most)
    return field(block, label, element, optional=optional, hint=hint)


def _select(
    block: Field, label: str, choices: Sequence[tuple[str, str]], chosen: str, *, hint: str | None = None
) -> InputBlock:
    options = [option(name, value) for name, value in choices]
    initial = next((one for one in options if one.value == chosen), None)
    return field(
        block,
        label,
        StaticSelectElement(action_id=block, options=options, initial_option=initial),
        hint=hint,
    )
