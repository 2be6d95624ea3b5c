"""The forms in which a question is asked, and its outcome written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DatePickerElement,
    PlainTextInputElement,
    StaticMultiSelectElement,
    TimePickerElement,
)

from bot import slacktext
from bot.i18n import Texts
from bot.ids import Field, View
from bot.messages.common import field, modal, mrkdwn, option
from bot.questions.state import LEAST_ASKED, Standing
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
            hint=_("It is posted there once; answers become insights."),
        ),
        *_until_when(_, bridge, start),
        _anonymity(_),
    ]
    return modal(
        View.ASK,
        _("Ask sales"),
        blocks,
        submit=_("Ask"),
        close=_("Cancel"),
        private_metadata=str(bridge.id),
    )


def _until_when(_: Texts, bridge: Bridge, start: AskForm) -> list[Block]:
    return [
        field(
            Field.CLOSES_ON,
            _("Open until"),
            DatePickerElement(action_id=Field.CLOSES_ON, initial_date=start.closes.date().isoformat()),
            optional=True,
            hint=_("Without a day it stays open until you close it."),
        ),
        field(
            Field.TIME,
            _("Time"),
            TimePickerElement(action_id=Field.TIME, initial_time=start.closes.strftime("%H:%M")),
            hint=_("Local time of the bridge: {zone}", zone=bridge.time_zone),
            optional=True,
        ),
    ]


def _anonymity(_: Texts) -> Block:
    return field(
        Field.ANONYMOUS,
        _("Anonymity"),
        CheckboxesElement(
            action_id=Field.ANONYMOUS, options=[option(_("Answers are anonymous"), "anonymous")]
        ),
        optional=True,
        hint=_(
            "Each person can answer once, in a form, and nobody sees whose answer is whose. "
            "At least {least} people must be asked.",
            least=LEAST_ASKED,
        ),
    )


def answer_form(_: Texts, stands: Standing) -> dict[str, Any]:
    """The form of an answer without a name."""
    return modal(
        View.QUESTION_ANSWER,
        _("Answer anonymously"),
        [
            slacktext.quote(stands.question.text, {}, 1500),
            field(
                Field.TEXT,
                _("Your answer"),
                PlainTextInputElement(action_id=Field.TEXT, multiline=True, max_length=3000),
                hint=_("Marketing reads it as you write it: leave out what would tell who you are."),
            ),
            mrkdwn(
                _(
                    "It is saved as an insight without your name, your channel and the time of day. You can "
                    "answer once, and nobody can change it afterwards, since nothing says that it is yours. "
                    "{people} are asked.",
                    people=_.plural("{n} person", "{n} people", stands.asked),
                )
            ),
        ],
        submit=_("Send"),
        close=_("Cancel"),
        private_metadata=str(stands.question.id),
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
            hint=_("Nobody knows who answered: it is told to the channels that were asked.")
            if stands.question.is_anonymous
            else _("Those who answered read it in the question's thread."),
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
