"""The form for a digest's schedule. Pure."""

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
from bot.digests.schedule import Frequency, Rhythm
from bot.i18n import N_, Message, Texts
from bot.ids import Action, Field, View
from bot.messages.common import field, modal, mrkdwn, option
from storage.bridges import Bridge

PAUSED: Final = "paused"  # the one box of the field PAUSED
FREQUENCIES: Final[dict[Frequency, Message]] = {
    Frequency.WEEKDAYS: N_("Monday to Friday"),
    Frequency.DAILY: N_("Every day"),
    Frequency.WEEKLY: N_("Every week"),
    Frequency.MONTHLY: N_("Every month"),
}


def schedule_form(_: Texts, bridge: Bridge, rhythm: Rhythm, *, is_paused: bool) -> dict[str, Any]:
    """The form; its day's field follows the frequency."""
    channel = f"<#{bridge.marketing_channel_id}>"
    name = slacktext.inert_mrkdwn(bridge.name, {}, 80)
    blocks: list[Block] = [
        mrkdwn(_("The digest of *{bridge}* goes to {channel}.", bridge=name, channel=channel)),
        _frequency(_, rhythm.frequency),
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
        _("Digest schedule"),
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=str(bridge.id),
    )


def _frequency(_: Texts, chosen: Frequency) -> InputBlock:
    choices = {frequency: option(_.say(name), frequency) for frequency, name in FREQUENCIES.items()}
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
    if rhythm.frequency is Frequency.WEEKLY:
        days = [option(_.weekday(day).capitalize(), str(day)) for day in range(7)]
        choice = StaticSelectElement(
            action_id=Field.WEEKDAY, options=days, initial_option=days[rhythm.weekday]
        )
        return [field(Field.WEEKDAY, _("Day of the week"), choice)]
    if rhythm.frequency is Frequency.MONTHLY:
        days = [option(str(day), str(day)) for day in range(1, 32)]
        choice = StaticSelectElement(
            action_id=Field.MONTH_DAY, options=days, initial_option=days[rhythm.month_day - 1]
        )
        hint = _("31 falls on the last day of shorter months.")
        return [field(Field.MONTH_DAY, _("Day of the month"), choice, hint=hint)]
    return []


def _pause(_: Texts, *, is_paused: bool) -> InputBlock:
    box = option(_("Paused: no digest comes until this is unticked"), PAUSED)
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
