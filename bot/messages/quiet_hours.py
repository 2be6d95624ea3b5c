"""When a person is told things of Frontline's own accord: the form, and how it stands. Pure."""

from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import Block, ButtonElement, CheckboxesElement, ContextBlock, TimePickerElement
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot.i18n import Texts
from bot.ids import Action, Field, View
from bot.messages.common import comma, field, modal, mrkdwn, option
from bot.quiet.hours import DEFAULT, WorkingHours

WAITS: Final = "waits"  # the one box of the field QUIET


@dataclass(frozen=True)
class Standing:
    """How it stands for a person."""

    hours: WorkingHours | None  # None: nothing waits
    zone: str | None  # her time zone in Slack, None where it is not known


USUAL: Final = Standing(DEFAULT, None)


def hours_button(_: Texts) -> ButtonElement:
    """The way to the form."""
    return ButtonElement(text=_("Quiet hours"), action_id=Action.QUIET_HOURS, value="hours")


def hours_line(_: Texts, standing: Standing) -> str:
    """«What I send unasked waits for your working hours: Mon–Fri, 09:00–18:00 (Europe/Berlin).»"""
    hours = standing.hours
    if hours is None:
        return _("What I send unasked comes at any hour.")
    words = {"days": _days(_, hours.days), "start": f"{hours.start:%H:%M}", "end": f"{hours.until:%H:%M}"}
    if standing.zone is None:
        return _("What I send unasked waits for your working hours: {days}, {start}–{end}.", **words)
    return _(
        "What I send unasked waits for your working hours: {days}, {start}–{end} ({zone}).",
        **words,
        zone=standing.zone,
    )


def _days(_: Texts, days: frozenset[int]) -> str:
    """«Monday to Friday»; days that don't follow each other one by one."""
    ordered = sorted(days)
    if len(ordered) == 7:
        return _("every day")
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{_.short_weekday(ordered[0])}–{_.short_weekday(ordered[-1])}"
    return comma(_.short_weekday(one) for one in ordered)


def hours_form(_: Texts, standing: Standing) -> dict[str, Any]:
    """The form; where nothing waits, it offers the usual hours."""
    hours = standing.hours or DEFAULT
    box = option(_("Wait for my working hours"), WAITS)
    days = [option(_.weekday(day).capitalize(), str(day)) for day in range(7)]
    ticked = [days[one] for one in sorted(hours.days)]
    start = TimePickerElement(action_id=Field.WORK_FROM, initial_time=f"{hours.start:%H:%M}")
    until = TimePickerElement(action_id=Field.WORK_UNTIL, initial_time=f"{hours.until:%H:%M}")
    if standing.zone is None:
        hint = _("Slack does not tell me your time zone, so I take that of the bridge.")
    else:
        hint = _("Your time zone in Slack: {zone}", zone=standing.zone)
    blocks: list[Block] = [
        mrkdwn(
            _(
                "Notices of your insights, reminders and the like can wait until you work. What answers you "
                "comes at once, and what is posted in a channel for all does not wait."
            )
        ),
        field(
            Field.QUIET,
            _("Quiet hours"),
            CheckboxesElement(
                action_id=Field.QUIET, options=[box], initial_options=[box] if standing.hours else None
            ),
            optional=True,
        ),
        field(
            Field.WORK_DAYS,
            _("Working days"),
            CheckboxesElement(action_id=Field.WORK_DAYS, options=days, initial_options=ticked),
            optional=True,
        ),
        field(Field.WORK_FROM, _("Work begins at"), start),
        field(Field.WORK_UNTIL, _("Work ends at"), until, hint=hint),
        _context(_("An end before the beginning lies on the next day: 22:00 to 06:00 is a night.")),
    ]
    return modal(View.QUIET_HOURS, _("Quiet hours"), blocks, submit=_("Save"), close=_("Cancel"))


def _context(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])
