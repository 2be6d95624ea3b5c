"""`/frontline meeting`: the series of a bridge, when they meet, and what can be done about them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock, DividerBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot.i18n import N_, Message, Texts
from bot.ids import Action
from bot.meetings.meeting import Meeting
from bot.meetings.regularity import Regularity
from bot.meetings.rhythm import Frequency, rhythm_of
from bot.messages.common import message, mrkdwn
from bot.messages.meeting_agenda import regularity_line
from bot.messages.meetings import when
from bot.slacktext import inert_mrkdwn
from storage.bridges import Bridge
from storage.meetings import Series

_NTH: Final[dict[int, Message]] = {
    1: N_("first"),
    2: N_("second"),
    3: N_("third"),
    4: N_("fourth"),
    -1: N_("last"),
}
MOST_SHOWN: Final = 9  # series: with their lines and buttons they fit one message
LAST_OF_MONTH: Final = 31


@dataclass(frozen=True)
class Listed:
    """A series as it stands."""

    series: Series
    bridge: Bridge
    following: Meeting | None
    unrecorded: Meeting | None  # the last one that was due, if nobody has recorded it
    regularity: Regularity
    may_change: bool
    may_record: bool


def rhythm_words(_: Texts, series: Series) -> str:
    """«every week: Monday, 10:00»."""
    rhythm = rhythm_of(series.rule, series.local_time)
    day, at = _.weekday(rhythm.weekday), series.local_time
    if rhythm.frequency is Frequency.WEEKLY:
        return _("every week: {weekday}, {time}", weekday=day, time=at)
    if rhythm.frequency is Frequency.BIWEEKLY:
        return _("every two weeks: {weekday}, {time}", weekday=day, time=at)
    if rhythm.frequency is Frequency.BY_WEEKDAY:
        return _("every month: {nth} {weekday}, {time}", nth=_.say(_NTH[rhythm.nth]), weekday=day, time=at)
    if rhythm.month_day == LAST_OF_MONTH:
        return _("every month: its last day, {time}", time=at)
    return _("every month: day {day}, {time}", day=rhythm.month_day, time=at)


def overview(_: Texts, found: Sequence[Listed], new_for: Bridge | None) -> dict[str, Any]:
    """All series that a person may see; `new_for`: the bridge for which she may set up another."""
    blocks: list[Block] = []
    for one in found[:MOST_SHOWN]:
        blocks += [DividerBlock(), *_series(_, one)] if blocks else _series(_, one)
    if not found:
        blocks.append(mrkdwn(_("No meeting is set up here yet.")))
    if new_for is not None:
        button = ButtonElement(text=_("New meeting"), action_id=Action.MEETING_NEW, value=str(new_for.id))
        blocks.append(ActionsBlock(elements=[button]))
    return message(_("Meetings"), blocks)


def _series(_: Texts, one: Listed) -> list[Block]:
    lines = [f"*{inert_mrkdwn(one.series.title, {}, 150)}* · {rhythm_words(_, one.series)}"]
    if one.following is not None:
        lines.append(_("Next: {moment}", moment=when(_, one.following.starts_at, one.bridge.time_zone)))
    blocks: list[Block] = [mrkdwn("\n".join(lines))]
    if line := regularity_line(_, one.regularity):
        blocks.append(ContextBlock(elements=[MarkdownTextObject(text=line, verbatim=True)]))
    blocks.append(ActionsBlock(elements=_buttons(_, one)))
    return blocks


def _buttons(_: Texts, one: Listed) -> list[ButtonElement]:
    buttons = []
    if one.may_record and one.unrecorded is not None:
        value = str(one.unrecorded.id)
        buttons.append(
            ButtonElement(
                text=_("Record minutes"), action_id=Action.MEETING_RECORD, value=value, style="primary"
            )
        )
    if one.may_record and one.following is not None:
        value = str(one.following.id)
        text = _("Move, skip or cancel")
        buttons.append(ButtonElement(text=text, action_id=Action.MEETING_CHANGE_ONE, value=value))
    if one.may_change:
        text, value = _("Change the series"), str(one.series.id)
        buttons.append(ButtonElement(text=text, action_id=Action.MEETING_CHANGE, value=value))
    text, value = _("Calendar file"), str(one.series.id)
    return [*buttons, ButtonElement(text=text, action_id=Action.MEETING_FILE, value=value)]
