"""How sales is asked about an activity, and how its word is shown. Pure."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    PlainTextInputElement,
)

from bot import slacktext
from bot.activities.kinds import Answer, Occasion
from bot.activities.money import typed
from bot.i18n import Texts
from bot.ids import Action, Field, View
from bot.messages.activities import TITLE, dates, purpose_label
from bot.messages.common import field, message, modal, mrkdwn
from storage.activities import Activity
from storage.activity_answers import Answered, Asking

MOST_DEAL: Final = 200
MOST_COMMENT: Final = 1000
MOST_SHOWN: Final = 10  # deals and comments


def asking_message(_: Texts, activity: Activity, occasion: Occasion, asking_id: int) -> dict[str, Any]:
    """The question in a sales channel, with a button for each answer."""
    title = slacktext.inert_mrkdwn(activity.title, {}, TITLE)
    if occasion is Occasion.MIDWAY:
        begin = _("“{title}” has run for a while.", title=title)
    else:
        begin = _("“{title}” is over.", title=title)
    question = _("Did this help you sell?")
    about = f"{purpose_label(_, activity.purpose)} · {dates(_, activity.starts_on, activity.ends_on)}"
    value = str(asking_id)
    buttons = [
        ButtonElement(
            text=_("Yes, with this deal"), action_id=Action.ACTIVITY_YES, value=value, style="primary"
        ),
        ButtonElement(text=_("Somewhat"), action_id=Action.ACTIVITY_SOMEWHAT, value=value),
        ButtonElement(text=_("No"), action_id=Action.ACTIVITY_NO, value=value),
        ButtonElement(text=_("Didn't notice it"), action_id=Action.ACTIVITY_UNNOTICED, value=value),
    ]
    blocks: list[Block] = [
        mrkdwn(f"{begin} *{question}*\n{about}"),
        ActionsBlock(elements=buttons),
    ]
    return message(f"{begin} {question}", blocks)


def answer_noted(_: Texts, title: str, answer: Answer, asking_id: int | None) -> dict[str, Any]:
    """An answer is noted; `asking_id`: a comment may be added."""
    text = _(
        "Noted about “{title}”: {answer}. Thank you. A later answer takes its place.",
        title=slacktext.inert_mrkdwn(title, {}, TITLE),
        answer=answer_label(_, answer),
    )
    blocks: list[Block] = [mrkdwn(text)]
    if asking_id is not None:
        button = ButtonElement(
            text=_("Add a comment"), action_id=Action.ACTIVITY_COMMENT, value=str(asking_id)
        )
        blocks.append(ActionsBlock(elements=[button]))
    return message(text, blocks)


def answer_form(
    _: Texts, asking_id: int, activity: Activity, given: Answered | None, *, is_comment: bool
) -> dict[str, Any]:
    """With which deal it helped, or a comment on an answer given."""
    blocks: list[Block] = [mrkdwn(f"*{slacktext.inert_mrkdwn(activity.title, {}, TITLE)}*")]
    if not is_comment:
        deal, amount = (given.deal, _given_amount(given)) if given else (None, None)
        blocks.append(_line(_("Deal or customer"), Field.DEAL_NAME, deal, most=MOST_DEAL))
        hint = _("In {currency}, as in 12,500", currency=activity.currency)
        blocks.append(_line(_("Amount"), Field.AMOUNT, amount, most=40, optional=True, hint=hint))
    comment = PlainTextInputElement(
        action_id=Field.COMMENT,
        multiline=True,
        max_length=MOST_COMMENT,
        initial_value=(given.comment if given else None) or None,
    )
    blocks.append(field(Field.COMMENT, _("Comment"), comment, optional=True))
    return modal(
        View.ACTIVITY_ANSWER,
        _("Add a comment") if is_comment else _("It helped me sell"),
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=json.dumps({"asking": asking_id, "comment": is_comment}),
    )


def _given_amount(given: Answered) -> str | None:
    if given.deal_amount is None or given.deal_currency is None:
        return None
    return f"{typed(given.deal_amount, given.deal_currency)} {given.deal_currency}"


def _line(
    label: str, block: str, value: str | None, *, most: int, optional: bool = False, hint: str | None = None
) -> Any:
    element = PlainTextInputElement(action_id=block, initial_value=value or None, max_length=most)
    return field(block, label, element, optional=optional, hint=hint)


def answer_label(_: Texts, answer: Answer) -> str:
    return {
        Answer.YES: _("yes"),
        Answer.SOMEWHAT: _("somewhat"),
        Answer.NO: _("no"),
        Answer.UNNOTICED: _("didn't notice it"),
    }[answer]


# --- sales' word in card and report ------------------------------------------------------------------------


def word_lines(
    _: Texts,
    askings: Sequence[Asking],
    answers: Sequence[Answered],
    names: Mapping[str, str],
    *,
    with_details: bool,
) -> list[str]:
    """How many were asked and answered what; `with_details`: deals and comments, which marketing sees."""
    lines: list[str] = []
    for asking in askings:
        given = [one for one in answers if one.asking_id == asking.id]
        lines.append(_counts(_, asking, given))
        if with_details:
            said = [_detail(_, one, names) for one in given if one.deal or one.comment]
            lines += [f"• {line}" for line in said[-MOST_SHOWN:]]
    return lines


def _counts(_: Texts, asking: Asking, given: Sequence[Answered]) -> str:
    when = _("Midway") if asking.occasion == Occasion.MIDWAY else _("At the end")
    asked = _("{answered} of {asked} asked have answered", answered=len(given), asked=asking.asked_count)
    counts = Counter(one.answer for one in given)
    parts = [f"{answer_label(_, one)}: {_.number(counts[one])}" for one in Answer if counts[one]]
    return f"{when}: {asked}" + (f" – {', '.join(parts)}" if parts else "")


def _detail(_: Texts, one: Answered, names: Mapping[str, str]) -> str:
    parts = [slacktext.inert_mrkdwn(names.get(one.user_id, ""), {}, 60) or _("a colleague")]
    if one.deal:
        deal = slacktext.inert_mrkdwn(one.deal, names, 100)
        if one.deal_amount is not None and one.deal_currency:
            deal += f" ({_.money(one.deal_amount, one.deal_currency)})"
        parts.append(deal)
    if one.comment:
        parts.append(slacktext.inert_mrkdwn(one.comment, names, 200))
    return " · ".join(parts)
