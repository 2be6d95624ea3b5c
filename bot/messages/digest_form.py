"""The form for a digest's or report's schedule. Pure."""

from datetime import time
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    StaticSelectElement,
    TimePickerElement,
)
from slack_sdk.models.blocks.basic_components import PlainTextObject

from bot import slacktext
from bot.digests.schedule import DIGEST, Frequency, Regular, Rhythm
from bot.i18n import N_, Message, Texts
from bot.ids import Action, Field, View
from bot.messages.common import field, modal, mrkdwn, option
from storage.bridges import Bridge

PAUSED: Final = "paused"  # the one box of the field PAUSED
FREQUENCIES: Final[dict[Frequency, Message]] = {
    Frequency.WEEKDAYS: N_("Monday to Friday"),
    Frequency.DAILY: N_("Every day"),
    Frequency.WEEKLY: N_("Every week"),
    Frequency.MONTHLY: N_("Every month, on a date"),
    Frequency.MONTHLY_WEEKDAY: N_("Every month, on a weekday"),
}
_WEEKS: Final[dict[int, Message]] = {
    1: N_("the first of the month"),
    2: N_("the second of the month"),
    3: N_("the third of the month"),
    4: N_("the fourth of the month"),
    -1: N_("the last of the month"),
}


def schedule_form(
    _: Texts, bridge: Bridge, rhythm: Rhythm, *, is_paused: bool, regular: Regular = DIGEST
) -> dict[str, Any]:
    """The form; its day's field follows the frequency."""
    is_digest = regular.kind == DIGEST.kind
    title = _("Digest schedule") if is_digest else _("Report schedule")
    blocks: list[Block] = [
        mrkdwn(_goes_to(_, bridge, is_digest=is_digest)),
        _frequency(_, rhythm.frequency, regular),
        *_day(_, rhythm),
        field(
            Field.TIME,
            _("Time"),
            TimePickerElement(action_id=Field.TIME, initial_time=rhythm.at.strftime("%H:%M")),
            hint=_("Local time of the bridge: {zone}", zone=bridge.time_zone),
        ),
        _pause(_, is_paused=is_paused),
    ]
    return modal(
        View.DIGEST,
        title,
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=str(bridge.id) if is_digest else f"{bridge.id}:{regular.kind}",
    )


def _goes_to(_: Texts, bridge: Bridge, *, is_digest: bool) -> str:
    name = slacktext.inert_mrkdwn(bridge.name, {}, 80)
    if is_digest:
        channel = f"<#{bridge.marketing_channel_id}>"
        return _("The digest of *{bridge}* goes to {channel}.", bridge=name, channel=channel)
    shown = [f"<#{one}>" for one in bridge.sales_channel_ids[:20]]
    channels = ", ".join([*shown, *(["…"] if len(bridge.sales_channel_ids) > 20 else [])])
    return _(
        "The report of *{bridge}* goes to its sales channels: {channels}.", bridge=name, channels=channels
    )


def _frequency(_: Texts, chosen: Frequency, regular: Regular) -> InputBlock:
    choices = {one: option(_.say(FREQUENCIES[one]), one) for one in regular.frequencies}
    return InputBlock(
        block_id=Field.FREQUENCY,
        label=PlainTextObject(text=_("How often")),
        # Sends an action at once, so that the day's field can follow.
        dispatch_action=True,
        element=StaticSelectElement(
            action_id=Action.DIGEST_FREQUENCY,
            options=list(choices.values()),
            initial_option=choices[chosen],
        ),
    )


def _day(_: Texts, rhythm: Rhythm) -> list[Block]:
    if rhythm.frequency in (Frequency.WEEKLY, Frequency.MONTHLY_WEEKDAY):
        days = [option(_.weekday(day).capitalize(), str(day)) for day in range(7)]
        choice = StaticSelectElement(
            action_id=Field.WEEKDAY, options=days, initial_option=days[rhythm.weekday]
        )
        blocks: list[Block] = [field(Field.WEEKDAY, _("Day of the week"), choice)]
        if rhythm.frequency is Frequency.MONTHLY_WEEKDAY:
            weeks = {week: option(_.say(name), str(week)) for week, name in _WEEKS.items()}
            which = StaticSelectElement(
                action_id=Field.MONTH_WEEK,
                options=list(weeks.values()),
                initial_option=weeks[rhythm.week],
            )
            blocks.append(field(Field.MONTH_WEEK, _("Which one"), which))
        return blocks
    if rhythm.frequency is Frequency.MONTHLY:
        days = [option(str(day), str(day)) for day in range(1, 32)]
        choice = StaticSelectElement(
            action_id=Field.MONTH_DAY, options=days, initial_option=days[rhythm.month_day - 1]
        )
        hint = _("31 falls on the last day of shorter months.")
        return [field(Field.MONTH_DAY, _("Day of the month"), choice, hint=hint)]
    return []


def _pause(_: Texts, *, is_paused: bool) -> InputBlock:
    box = option(_("Paused: nothing comes until this is unticked"), PAUSED)
    element = CheckboxesElement(
        action_id=Field.PAUSED, options=[box], initial_options=[box] if is_paused else None
    )
    return field(Field.PAUSED, _("Pause"), element, optional=True)


def time_of(text: str | None) -> time | None:
    """A time picker's answer, `HH:MM`; None where it is none."""
    try:
        return time.fromisoformat(text or "").replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None
