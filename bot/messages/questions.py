"""What Frontline says about questions: in their channels, to marketing, and to who answered. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.i18n import Texts
from bot.ids import Action
from bot.messages.common import comma, message, mrkdwn
from bot.messages.insights import byline, quote_block
from bot.questions.state import LEAST_ANSWERED, Standing
from storage.questions import Question

MOST_QUOTES: Final = 5
WHOLE: Final = 3000  # characters; a question and an outcome are shown whole
SHORT: Final = 200
QUOTE: Final = 400


def question_post(_: Texts, stands: Standing) -> dict[str, Any]:
    """The question in a sales channel; replies below it are answers, or a button opens the form for one."""
    question = stands.question
    head = _(":question: *{name} asks*", name=_asker(_, stands))
    text = _("{name} asks sales a question.", name=_asker(_, stands))
    blocks: list[Block] = [mrkdwn(head), _quoted(question.text)]
    if stands.is_open and question.is_anonymous:
        blocks.append(_answer_button(_, stands))
    blocks.append(_context(_how_to_answer(_, stands) if stands.is_open else _thanks(_, stands)))
    if stands.is_open:
        blocks.append(_context(_state(_, stands)))
    return message(text, blocks)


def _how_to_answer(_: Texts, stands: Standing) -> str:
    if stands.question.is_anonymous:
        return _(
            "Your answer is saved as an insight for marketing, and nobody sees that it is yours. "
            "This thread shows names: what is written in it is not taken as an answer. "
            "You will hear in this channel what comes of it."
        )
    return _(
        "Answer in this thread. Each answer is saved as an insight for marketing, "
        "and you will hear here what comes of it."
    )


def _thanks(_: Texts, stands: Standing) -> str:
    if not stands.is_counted or stands.are_few:
        return _("Closed. Thank you!")
    return _("Closed. {people} answered. Thank you!", people=_people(_, stands.answered))


def _answer_button(_: Texts, stands: Standing) -> Block:
    button = ButtonElement(
        text=_("Answer anonymously"), action_id=Action.QUESTION_ANSWER, value=str(stands.question.id)
    )
    return ActionsBlock(elements=[button])


def thread_shows_names(_: Texts, question: Question) -> dict[str, Any]:
    """For who replied in the thread of a question that is answered anonymously."""
    text = _(
        "This question is anonymous, but this thread shows your name: I have not taken what you wrote as an "
        "answer. You can delete it, and answer anonymously with the button."
    )
    button = ButtonElement(
        text=_("Answer anonymously"), action_id=Action.QUESTION_ANSWER, value=str(question.id)
    )
    return message(text, [mrkdwn(text), ActionsBlock(elements=[button])])


def thanks(_: Texts) -> dict[str, Any]:
    """An answer without a name is saved."""
    text = _(
        "Thank you. Your answer is saved without your name. What comes of it will be said "
        "in the channels that were asked."
    )
    return message(text, [mrkdwn(text)])


def progress_post(_: Texts, stands: Standing) -> dict[str, Any]:
    """How a question stands, in the marketing channel."""
    head = _(":question: *{name} asked* in {channels}", name=_asker(_, stands), channels=_channels(stands))
    blocks: list[Block] = [mrkdwn(head), _quoted(stands.question.text), mrkdwn(_state(_, stands))]
    blocks += _outcome(_, stands) or _buttons(_, stands)
    return message(_("A question to sales, and how many have answered"), blocks)


def _state(_: Texts, stands: Standing, zone: str | None = None) -> str:
    question, zone = stands.question, zone or stands.bridge.time_zone
    parts = [_("anonymous")] if question.is_anonymous else []
    if stands.is_counted:
        parts.append(_answered(_, stands))
    if question.closed_at is not None:
        parts.append(_("closed {moment}", moment=_.moment(question.closed_at, zone)))
    elif question.closes_at is not None:
        parts.append(_("open until {moment}", moment=_.moment(question.closes_at, zone)))
    else:
        parts.append(_("open without a date"))
    return " · ".join(parts)


def _answered(_: Texts, stands: Standing) -> str:
    if stands.are_few:
        return _.plural(
            "fewer than {few} of {n} person asked have answered",
            "fewer than {few} of {n} people asked have answered",
            stands.asked,
            few=_.number(LEAST_ANSWERED),
        )
    return _.plural(
        "*{answered}* of {n} person asked has answered",
        "*{answered}* of {n} people asked have answered",
        stands.asked,
        answered=_.number(stands.answered),
    )


def _buttons(_: Texts, stands: Standing) -> list[Block]:
    label = _("Close…") if stands.is_open else _("Write the outcome…")
    value = str(stands.question.id)
    return [ActionsBlock(elements=[ButtonElement(text=label, action_id=Action.QUESTION_CLOSE, value=value)])]


def _outcome(_: Texts, stands: Standing) -> list[Block]:
    if stands.question.outcome is None:
        return []
    return [mrkdwn(_("*What comes of it*")), _quoted(stands.question.outcome)]


def reminder(_: Texts, stands: Standing) -> dict[str, Any]:
    """Once, halfway, where nobody has answered yet; of an anonymous question, where few have."""
    question, name = stands.question, _asker(_, stands)
    if question.is_anonymous:
        text = _("{name} still hopes for answers; a line is enough, without your name:", name=name)
        below: Block = _answer_button(_, stands)
    else:
        text = _("Nobody here has answered {name} yet; a line is enough:", name=name)
        below = _context(_("Answer in this thread or in that of the question."))
    blocks = [mrkdwn(text), _quoted(question.text), below]
    if question.closes_at is not None:
        moment = _.moment(question.closes_at, stands.bridge.time_zone)
        blocks.append(_context(_("Open until {moment}", moment=moment)))
    return message(text, blocks)


def summary(_: Texts, stands: Standing, zone: str) -> tuple[dict[str, Any], list[int]]:
    """What was answered, for marketing when it closes; and the ids of the insights that it quotes."""
    shown = stands.answers[:MOST_QUOTES]
    head = _(":ballot_box_with_check: *The question of {name} is closed*", name=_asker(_, stands))
    blocks: list[Block] = [mrkdwn(head), _quoted(stands.question.text), mrkdwn(_state(_, stands))]
    for one in shown:
        blocks += [
            DividerBlock(),
            quote_block(_, one, stands.names, limit=QUOTE),
            byline(_, one, stands.names, zone),
        ]
    if len(stands.answers) > len(shown):
        more = _.plural(
            "…and {n} more answer: `/insight list`",
            "…and {n} more answers: `/insight list`",
            len(stands.answers) - len(shown),
        )
        blocks.append(_context(more))
    if not shown:
        blocks.append(_context(_("Nobody has answered.")))
    return message(_("A question to sales is closed."), blocks), [one.id for one in shown]


def outcome_post(
    _: Texts, stands: Standing, people: Sequence[str], channel: str | None = None
) -> dict[str, Any]:
    """What comes of it, for those who answered: `people` are mentioned.

    `channel`: where she answered, in a direct message.
    """
    question = stands.question
    name = slacktext.inert_mrkdwn(stands.names.get(question.outcome_by or "", ""), {}, 80)
    if channel is None:
        thanks = _("{people}: thank you for your answers.", people=comma(f"<@{user}>" for user in people))
    else:
        thanks = _("Thank you for your answer in #{channel}. The question was:", channel=channel)
    blocks: list[Block] = [mrkdwn(thanks)]
    if channel is not None:
        blocks.append(_quoted(question.text))
    blocks += [mrkdwn(_("*What comes of it*, says {name}:", name=name)), _quoted(question.outcome or "")]
    return message(_("What comes of a question that you answered"), blocks)


def outcome_to_all(_: Texts, stands: Standing) -> dict[str, Any]:
    """What comes of an anonymous question, for the channel that was asked."""
    question = stands.question
    name = slacktext.inert_mrkdwn(stands.names.get(question.outcome_by or "", ""), {}, 80)
    blocks: list[Block] = [
        mrkdwn(_("Thanks to those who answered this question of {name}:", name=_asker(_, stands))),
        _quoted(question.text),
        mrkdwn(_("*What comes of it*, says {name}:", name=name)),
        _quoted(question.outcome or ""),
    ]
    return message(_("What comes of a question that was asked here"), blocks)


def asks_outcome(_: Texts, stands: Standing) -> dict[str, Any]:
    """For who asked, when her question's time is over."""
    if stands.question.is_anonymous:
        text = _(
            "Your question is closed. Write in a sentence or two what comes of it, "
            "and I will tell the channels that were asked."
        )
    else:
        text = _(
            "Your question is closed: {people} answered. Write in a sentence or two what comes of it, "
            "and I will tell those who answered.",
            people=_people(_, stands.answered),
        )
    return message(text, [mrkdwn(text), _quoted(stands.question.text), *_buttons(_, stands)])


def asked(_: Texts, channel_ids: Sequence[str]) -> dict[str, Any]:
    """The form was sent."""
    text = _(
        "Your question is on its way to {channels}. The marketing channel shows how many have answered; "
        "there you can close it too.",
        channels=comma(f"<#{one}>" for one in channel_ids),
    )
    return message(text, [mrkdwn(text)])


def outcome_told(_: Texts) -> dict[str, Any]:
    """The outcome is written."""
    text = _("Done. Those who answered will read it.")
    return message(text, [mrkdwn(text)])


def question_list(_: Texts, shown: Sequence[tuple[Standing, bool]], zone: str) -> dict[str, Any]:
    """`/frontline questions`; the flag says whether the reader may close it."""
    if not shown:
        text = _("No question has been asked yet. Marketing asks with `/frontline ask`.")
        return message(text, [mrkdwn(text)])
    blocks: list[Block] = [mrkdwn(_("*Questions to sales*"))]
    for stands, may_close in shown:
        words = slacktext.inert_mrkdwn(stands.question.text, {}, SHORT)
        lines = [f"*{_asker(_, stands)}* · {_channels(stands)}", words, _state(_, stands, zone)]
        if stands.question.outcome:
            outcome = slacktext.inert_mrkdwn(stands.question.outcome, {}, SHORT)
            lines.append(_("What comes of it: {outcome}", outcome=outcome))
        blocks += [DividerBlock(), mrkdwn("\n".join(lines))]
        if may_close and stands.question.outcome is None:
            blocks += _buttons(_, stands)
    return message(_("Questions to sales"), blocks)


def home_section(_: Texts, shown: Sequence[tuple[Standing, bool]], zone: str) -> list[Block]:
    """The questions that wait, for the home tab; the flag says whether the reader may close them."""
    if not shown:
        return []
    blocks: list[Block] = [HeaderBlock(text=_("Questions to sales"))]
    for stands, may_close in shown:
        words = slacktext.inert_mrkdwn(stands.question.text, {}, SHORT)
        lines = [f"*{_asker(_, stands)}* · {_channels(stands)}", words, _state(_, stands, zone)]
        blocks.append(mrkdwn("\n".join(lines)))
        if may_close:
            blocks += _buttons(_, stands)
        elif stands.question.is_anonymous:
            blocks.append(_answer_button(_, stands))
    blocks.append(_context(_("All of them: `/frontline questions`")))
    return blocks


def _asker(_: Texts, stands: Standing) -> str:
    name = slacktext.inert_mrkdwn(stands.names.get(stands.question.asked_by, ""), {}, 80)
    return name or _("someone")


def _channels(stands: Standing) -> str:
    return comma(f"<#{one}>" for one in stands.question.channel_ids[:10])


def _people(_: Texts, count: int) -> str:
    return _.plural("{n} person", "{n} people", count)


def _quoted(text: str) -> Block:
    return slacktext.quote(text, {}, WHOLE)


def _context(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])
