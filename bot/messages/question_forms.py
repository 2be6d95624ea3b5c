"""The forms in which a question is asked, and its outcome written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    PlainTextInputElement,
    StaticMultiSelectElement,
    TimePickerElement,
)

from bot import slacktext
from bot.i18n import Texts
from bot.ids import Field, View
from bot.messages.common import field, modal, mrkdwn, option
from bot.questions.state import Standing
from storage.bridges import Bridge

MOST_CHANNELS: Final = 100  # options of a select


@dataclass(frozen=True)
class AskForm:
    """What the form opens with."""

    channels: Mapping[str, str]  # names by id
    closes: datetime  # local time of the bridge
    text: str


def ask_form(_: Texts, bridge: Bridge, start: AskForm) -> dict[str, Any]:
    """The form of a new question."""
    choices = [option(f"#{name}", key) for key, name in list(start.channels.items())[:MOST_CHANNELS]]
    blocks: list[Block] = [
        field(
            Field.TEXT,
            _("What do you want to know from sales?"),
            PlainTextInputElement(
                action_id=Field.TEXT,
                multiline=True,
                max_length=1500,
                initial_value=start.text or None,
                placeholder=_("What do customers ask about most these days?"),
            ),
        ),
        field(
            Field.ASKED_IN,
            _("Sales channels"),
            StaticMultiSelectElement(
                action_id=Field.ASKED_IN, options=choices, initial_options=choices, placeholder=_("Channels")
            ),
            hint=_("It is posted there once; answers in its thread become insights."),
        ),
        field(
            Field.CLOSES_ON,
            _("Open until"),
            DatePickerElement(action_id=Field.CLOSES_ON, initial_date=start.closes.date().isoformat()),
        ),
        field(
            Field.TIME,
            _("Time"),
            TimePickerElement(action_id=Field.TIME, initial_time=start.closes.strftime("%H:%M")),
            hint=_("Local time of the bridge: {zone}", zone=bridge.time_zone),
        ),
    ]
    return modal(
        View.ASK,
        _("Ask sales"),
        blocks,
        submit=_("Ask"),
        close=_("Cancel"),
        private_metadata=str(bridge.id),
    )


def outcome_form(_: Texts, stands: Standing) -> dict[str, Any]:
    """What comes of a question; sending it closes the question, if it is open."""
    blocks: list[Block] = [slacktext.quote(stands.question.text, {}, 1500)]
    if stands.is_open:
        blocks.append(mrkdwn(_("Sending this closes the question: later answers are not taken.")))
    blocks.append(
        field(
            Field.OUTCOME,
            _("What comes of it?"),
            PlainTextInputElement(action_id=Field.OUTCOME, multiline=True, max_length=1500),
            hint=_("Those who answered read it in the question's thread."),
        )
    )
    title = _("Close the question") if stands.is_open else _("Outcome")
    return modal(
        View.QUESTION_OUTCOME,
        title,
        blocks,
        submit=_("Send"),
        close=_("Cancel"),
        private_metadata=str(stands.question.id),
    )
