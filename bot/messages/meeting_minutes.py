"""Minutes of a meeting and their summary. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.i18n import Texts
from bot.ids import Action
from bot.meetings.meeting import Meeting
from bot.messages.common import bold, comma, message, mrkdwn
from bot.messages.digest_pages import paragraphs
from bot.messages.meetings import MOST_NAMED, title, when
from storage.actions import DONE, DROPPED, ActionItem
from storage.meetings import Minutes

MOST_ITEMS: Final = 20  # shown in a summary
QUOTE: Final = 3000


def recorded(_: Texts, meeting: Meeting) -> str:
    """To whoever recorded them."""
    return _("Thank you: *{meeting}* is recorded.", meeting=title(meeting))


def minutes(
    _: Texts, meeting: Meeting, found: Minutes, items: Sequence[ActionItem], names: Mapping[str, str]
) -> dict[str, Any]:
    """All that was recorded, for the thread."""
    head = ":memo: " + bold(_("Minutes of {meeting}", meeting=title(meeting)))
    head += f" · {when(_, meeting.starts_at, meeting.bridge.time_zone)}"
    blocks: list[Block] = [mrkdwn(head)]
    present = [_name(one, names) for one in found.present]
    if present:
        more = len(present) - MOST_NAMED
        who = comma(present[:MOST_NAMED]) + (f" +{more}" if more > 0 else "")
        blocks.append(mrkdwn(_("Present: {people}", people=who)))
    for heading, words in ((_("Decisions"), found.decisions), (_("Notes"), found.notes)):
        if words:
            blocks += [mrkdwn(f"*{heading}*"), slacktext.quote(words, names, QUOTE)]
        if words is found.decisions and items:
            blocks += _items(_, items, names, len(items))
    blocks.append(_footer(_, found, names))
    button = ButtonElement(text=_("Correct"), action_id=Action.MEETING_RECORD, value=str(meeting.id))
    blocks.append(ActionsBlock(elements=[button]))
    return message(_("Minutes of {meeting}", meeting=title(meeting)), blocks)


def summary(
    _: Texts, meeting: Meeting, found: Minutes, items: Sequence[ActionItem], names: Mapping[str, str]
) -> dict[str, Any]:
    """What was decided and promised, for all channels."""
    head = f"*{title(meeting)}* · {when(_, meeting.starts_at, meeting.bridge.time_zone)}"
    blocks: list[Block] = [mrkdwn(head + "\n" + _counts(_, found, items))]
    if found.decisions:
        blocks += [mrkdwn(bold(_("Decisions"))), slacktext.quote(found.decisions, names, 1000)]
    blocks += _items(_, items, names, MOST_ITEMS)
    return message(_("What {meeting} decided", meeting=title(meeting)), blocks)


def _counts(_: Texts, found: Minutes, items: Sequence[ActionItem]) -> str:
    people = _.plural("{n} person was there", "{n} people were there", len(found.present))
    promised = _.plural("{n} action item", "{n} action items", len(items))
    return f"{people} · {promised}"


def _items(_: Texts, items: Sequence[ActionItem], names: Mapping[str, str], most: int) -> list[Block]:
    if not items:
        return []
    lines = [_line(_, one, names) for one in items[:most]]
    if len(items) > most:
        lines.append(_("and {count} more", count=_.number(len(items) - most)))
    texts = paragraphs(lines)
    return [mrkdwn(bold(_("Action items"))), *(mrkdwn(text) for text in texts)]


def _line(_: Texts, item: ActionItem, names: Mapping[str, str]) -> str:
    mark = {DONE: ":white_check_mark:", DROPPED: ":x:"}.get(item.status, "•")
    line = f"{mark} {_name(item.owner_id, names)}: {slacktext.inert_mrkdwn(item.text, names, 300)}"
    if item.due_on is not None:
        line += " · " + _("by {day}", day=_.day(item.due_on))
    if item.status == DROPPED and item.reason:
        reason = slacktext.inert_mrkdwn(item.reason, names, 200)
        line += " · " + _("dropped: {reason}", reason=reason)
    return line


def _footer(_: Texts, found: Minutes, names: Mapping[str, str]) -> ContextBlock:
    text = _("Recorded by {person}", person=_name(found.recorded_by, names))
    if found.revision > 1:
        text += " · " + _("corrected")
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])


def _name(user_id: str, names: Mapping[str, str]) -> str:
    return slacktext.inert_mrkdwn(names.get(user_id, user_id), {}, 60)
