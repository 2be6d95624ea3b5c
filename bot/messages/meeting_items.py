"""What Frontline says of action items to their owners. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, HeaderBlock

from bot import slacktext
from bot.i18n import Texts
from bot.ids import Action
from bot.meetings.meeting import Meeting
from bot.messages.common import bold, message, mrkdwn
from bot.messages.digest_pages import paragraphs
from bot.messages.meeting_agenda import item_line
from bot.messages.meetings import title, when
from storage.actions import DONE, DROPPED, ActionItem

MOST_SHOWN: Final = 10  # with their buttons
MOST_AT_HOME: Final = 5


def buttons(_: Texts, item: ActionItem) -> ActionsBlock:
    """*Done*, *Later*, *Hand over*, *Drop*."""
    value = str(item.id)
    return ActionsBlock(
        block_id=f"item-{item.id}",
        elements=[
            ButtonElement(text=_("Done"), action_id=Action.ACTION_DONE, value=value, style="primary"),
            ButtonElement(text=_("Later"), action_id=Action.ACTION_LATER, value=value),
            ButtonElement(text=_("Hand over"), action_id=Action.ACTION_HAND_OVER, value=value),
            ButtonElement(text=_("Drop"), action_id=Action.ACTION_DROP, value=value),
        ],
    )


def given(_: Texts, item: ActionItem, meeting: Meeting, by: str | None) -> dict[str, Any]:
    """A new action item, to its owner. `by`: who gave it, None where she did herself."""
    head = _("An action item for you, from *{meeting}*", meeting=title(meeting))
    if by is not None:
        head += " · " + slacktext.inert_mrkdwn(by, {}, 60)
    return _about(_, head, _("An action item for you"), item)


def due(_: Texts, item: ActionItem, meeting: Meeting, today: date) -> dict[str, Any]:
    """The reminder of the day before and of the day itself; of days off, on the next working day."""
    name = title(meeting)
    assert item.due_on is not None
    if item.due_on < today:
        head = _("Was due {day}, from *{meeting}*", day=_.day(item.due_on), meeting=name)
    elif item.due_on == today:
        head = _("Due today, from *{meeting}*", meeting=name)
    else:
        head = _("Due tomorrow, from *{meeting}*", meeting=name)
    return _about(_, head, head.replace("*", ""), item)


def _about(_: Texts, head: str, text: str, item: ActionItem) -> dict[str, Any]:
    return message(text, [mrkdwn(head), mrkdwn(_words(_, item)), buttons(_, item)])


def _words(_: Texts, item: ActionItem) -> str:
    words = f"> {slacktext.inert_mrkdwn(item.text, {}, 1500)}"
    return words if item.due_on is None else f"{words}\n" + _("by {day}", day=_.day(item.due_on))


def changed(_: Texts, item: ActionItem, names: Mapping[str, str]) -> dict[str, Any]:
    """What has become of an item, in place of the message whose button was pressed."""
    words = slacktext.inert_mrkdwn(item.text, {}, 1500)
    owner = slacktext.inert_mrkdwn(names.get(item.owner_id, item.owner_id), {}, 60)
    if item.status == DONE:
        text = _(":white_check_mark: Done: {item}", item=words)
    elif item.status == DROPPED:
        text = _(":x: Dropped: {item}", item=words)
    else:
        text = f"{owner}: {words}"
    return message(text, [mrkdwn(text)])


def mine(
    _: Texts,
    items: Sequence[ActionItem],
    names: Mapping[str, str],
    today: date,
    most: int = MOST_SHOWN,
) -> list[Block]:
    """My open items with what can be done about them."""
    blocks: list[Block] = []
    for item in items[:most]:
        blocks += [mrkdwn(item_line(_, item, names, today)), buttons(_, item)]
    if len(items) > most:
        blocks.append(mrkdwn(_("and {count} more", count=_.number(len(items) - most))))
    return blocks


def listed(
    _: Texts,
    own: Sequence[ActionItem],
    others: Sequence[ActionItem],
    names: Mapping[str, str],
    today: date,
) -> dict[str, Any]:
    """`/frontline actions`."""
    if not own and not others:
        text = _("Nothing is open: all that was promised is done.")
        return message(text, [mrkdwn(text)])
    blocks: list[Block] = []
    if own:
        blocks += [mrkdwn(bold(_("My action items"))), *mine(_, own, names, today)]
    if others:
        lines = [f"• {item_line(_, one, names, today)}" for one in others[:50]]
        blocks += [mrkdwn(bold(_("Of others, from my meetings")))]
        blocks += [mrkdwn(text) for text in paragraphs(lines)]
    return message(_("Open action items"), blocks)


def section(
    _: Texts,
    own: Sequence[ActionItem],
    ahead: Sequence[Meeting],
    names: Mapping[str, str],
    today: date,
) -> list[Block]:
    """The home tab's part: the next meetings, and my action items."""
    if not own and not ahead:
        return []
    blocks: list[Block] = [HeaderBlock(text=_("Meetings"))]
    for meeting in ahead:
        moment = when(_, meeting.starts_at, meeting.bridge.time_zone)
        blocks.append(mrkdwn(f"*{title(meeting)}* · {moment}"))
    if own:
        blocks += [mrkdwn(bold(_("My action items"))), *mine(_, own, names, today, MOST_AT_HOME)]
    return blocks
