"""What Frontline says of meetings in channels and to those who take part. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot.i18n import N_, Texts
from bot.ids import Action
from bot.meetings.meeting import Meeting
from bot.messages.common import bold, comma, message, mrkdwn
from bot.slacktext import inert_mrkdwn
from storage.meetings import CANCELLED, SKIPPED

DEFAULT_PROMPTS: Final = (
    N_("What worries customers this week?"),
    N_("Which material was missing, and in which deal?"),
    N_("What do competitors do that we should answer?"),
    N_("What is marketing about to launch, and what does it need from sales?"),
)
MOST_NAMED: Final = 20


def when(_: Texts, instant: datetime, zone: str) -> str:
    """The moment in each reader's own time; for devices that can't show that, in the bridge's."""
    fallback = f"{_.moment(instant, zone)} ({zone})".replace("|", "").replace(">", "")
    return f"<!date^{int(instant.timestamp())}^{{date_long_pretty}}, {{time}}|{fallback}>"


def title(meeting: Meeting) -> str:
    return inert_mrkdwn(meeting.series.title, {}, 150)


def mentions(meeting: Meeting) -> str:
    """The people and groups that were chosen to take part, who are to notice it; who leads is named above."""
    chosen = [*meeting.series.participants, *meeting.series.facilitators]
    people = dict.fromkeys(one for one in chosen if one != meeting.occurrence.facilitator_id)
    groups = [f"<!subteam^{one}>" for one in meeting.series.groups[:MOST_NAMED]]
    return " ".join([*(f"<@{one}>" for one in list(people)[:MOST_NAMED]), *groups])


def facts(_: Texts, meeting: Meeting) -> str:
    """Place, length and facilitator, as far as they are known."""
    parts = [_.plural("{n} minute", "{n} minutes", meeting.series.minutes)]
    if meeting.series.place:
        parts.append(place(meeting))
    if meeting.occurrence.facilitator_id:
        parts.append(_("led by {person}", person=f"<@{meeting.occurrence.facilitator_id}>"))
    return " · ".join(parts)


def place(meeting: Meeting) -> str:
    """The place, a call link among it as one that can be pressed."""
    text = meeting.series.place or ""
    if text.startswith("https://") and not any(sign in text for sign in " <>|"):
        return f"<{text}>"
    return inert_mrkdwn(text, {}, 300)


def prompt(
    _: Texts, meeting: Meeting, answers: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, Any]:
    """The post whose thread collects topics, as things stand."""
    name = title(meeting)
    if meeting.occurrence.status in (SKIPPED, CANCELLED):
        return off(_, meeting)
    head = f"*{name}* · {when(_, meeting.starts_at, meeting.bridge.time_zone)}"
    if meeting.occurrence.is_moved:
        head += " · " + _("moved")
        if meeting.occurrence.reason:
            head += f" ({inert_mrkdwn(meeting.occurrence.reason, {}, 300)})"
    lines = [head, facts(_, meeting)]
    if who := mentions(meeting):
        lines.append(who)
    asked = [inert_mrkdwn(one, {}, 300) for one in meeting.series.prompts]
    questions = asked or [_.say(one) for one in DEFAULT_PROMPTS]
    blocks: list[Block] = [
        mrkdwn("\n".join(lines)),
        mrkdwn("\n".join(f"• {one}" for one in questions)),
        mrkdwn(bold(_("Reply here with what should be on the agenda.")) + _reach(_, meeting)),
        _answer_buttons(_, meeting.id),
    ]
    if said := who_comes(_, answers, names):
        blocks.append(ContextBlock(elements=[MarkdownTextObject(text="\n".join(said), verbatim=True)]))
    text = _("{meeting}: what should be on the agenda?", meeting=name)
    return message(text, blocks)


def _reach(_: Texts, meeting: Meeting) -> str:
    if meeting.series.channels == "marketing" or (
        meeting.series.channels == "sales" and len(meeting.bridge.sales_channel_ids) == 1
    ):
        return ""
    return " " + _(
        "The agenda is shown in all channels of this meeting; what is said in a private sales channel, "
        "only there and to marketing."
    )


def _answer_buttons(_: Texts, occurrence_id: int) -> ActionsBlock:
    value = str(occurrence_id)
    return ActionsBlock(
        elements=[
            ButtonElement(
                text=_("I'll be there"), action_id=Action.MEETING_YES, value=value, style="primary"
            ),
            ButtonElement(text=_("Can't"), action_id=Action.MEETING_NO, value=value),
            ButtonElement(text=_("Suggest another time"), action_id=Action.MEETING_SUGGEST, value=value),
        ]
    )


def who_comes(_: Texts, answers: Mapping[str, str], names: Mapping[str, str]) -> list[str]:
    """A line for each answer that somebody gave."""

    def people(answer: str) -> str:
        found = [inert_mrkdwn(names.get(one, one), {}, 60) for one in answers if answers[one] == answer]
        return comma(found[:MOST_NAMED])

    lines = []
    if coming := people("yes"):
        lines.append(_("Coming: {people}", people=coming))
    if away := people("no"):
        lines.append(_("Can't come: {people}", people=away))
    if elsewhen := people("other"):
        lines.append(_("Want another time: {people}", people=elsewhen))
    return lines


def off(_: Texts, meeting: Meeting) -> dict[str, Any]:
    """A meeting that does not take place."""
    moment = when(_, meeting.starts_at, meeting.bridge.time_zone)
    if meeting.occurrence.status == SKIPPED:
        text = _("*{meeting}* is skipped this time: {moment}", meeting=title(meeting), moment=moment)
    else:
        text = _("*{meeting}* is cancelled: {moment}", meeting=title(meeting), moment=moment)
    if meeting.occurrence.reason:
        text += "\n" + inert_mrkdwn(meeting.occurrence.reason, {}, 500)
    return message(_("{meeting} does not take place.", meeting=title(meeting)), [mrkdwn(text)])


def reminder_changed(_: Texts, meeting: Meeting) -> dict[str, Any]:
    """What a reminder says once it is no longer true."""
    if meeting.occurrence.status in (SKIPPED, CANCELLED):
        return off(_, meeting)
    moment = when(_, meeting.starts_at, meeting.bridge.time_zone)
    text = _("*{meeting}* has moved: {moment}", meeting=title(meeting), moment=moment)
    return message(_("{meeting} has moved.", meeting=title(meeting)), [mrkdwn(text)])


def reminder_head(_: Texts, meeting: Meeting) -> list[Block]:
    """When, where, with whom."""
    moment = when(_, meeting.starts_at, meeting.bridge.time_zone)
    lines = [f":alarm_clock: *{title(meeting)}* · {moment}", facts(_, meeting)]
    if who := mentions(meeting):
        lines.append(who)
    return [mrkdwn("\n".join(lines))]


def direct_reminder(_: Texts, meeting: Meeting) -> dict[str, Any]:
    """For those who are in none of the meeting's channels."""
    name = title(meeting)
    text = _(
        "*{meeting}* begins {moment}.",
        meeting=name,
        moment=when(_, meeting.starts_at, meeting.bridge.time_zone),
    )
    return message(_("{meeting} begins soon.", meeting=name), [mrkdwn(text + "\n" + facts(_, meeting))])


def no_channel(_: Texts, meeting: Meeting) -> dict[str, Any]:
    """None of the meeting's channels may be posted to."""
    text = _(
        "*{meeting}*, {moment}: I can announce it nowhere, since its channels are archived or shared with "
        "another organisation. Tell the others, and choose other channels with `/frontline meeting`.",
        meeting=title(meeting),
        moment=when(_, meeting.starts_at, meeting.bridge.time_zone),
    )
    return message(text.replace("*", ""), [mrkdwn(text)])


def ask_for_minutes(_: Texts, meeting: Meeting, *, again: bool) -> dict[str, Any]:
    """To the facilitator, when the meeting is over, and once more the next morning."""
    name, moment = title(meeting), when(_, meeting.starts_at, meeting.bridge.time_zone)
    if again:
        text = _("Nobody has recorded yet how *{meeting}* went ({moment}).", meeting=name, moment=moment)
    else:
        text = _(
            "How did *{meeting}* go ({moment})? Two minutes now save an hour later.",
            meeting=name,
            moment=moment,
        )
    button = ButtonElement(
        text=_("Record minutes"), action_id=Action.MEETING_RECORD, value=str(meeting.id), style="primary"
    )
    return message(
        _("Record the minutes of {meeting}", meeting=name), [mrkdwn(text), ActionsBlock(elements=[button])]
    )


def suggested(_: Texts, meeting: Meeting, who: str, words: str, moment: datetime | None) -> dict[str, Any]:
    """To the facilitator: someone wants another time."""
    text = _(
        "{person} can't make *{meeting}* on {moment}.",
        person=f"<@{who}>",
        meeting=title(meeting),
        moment=when(_, meeting.starts_at, meeting.bridge.time_zone),
    )
    if moment is not None:
        text += " " + _("Suggested: {moment}", moment=when(_, moment, meeting.bridge.time_zone))
    blocks: list[Block] = [mrkdwn(text)]
    if words:
        blocks.append(mrkdwn(f"> {inert_mrkdwn(words, {}, 1000)}"))
    value = str(meeting.id) if moment is None else f"{meeting.id}:{int(moment.timestamp())}"
    button = ButtonElement(text=_("Move, skip or cancel"), action_id=Action.MEETING_CHANGE_ONE, value=value)
    summary = _("{meeting}: another time is suggested", meeting=title(meeting))
    return message(summary, [*blocks, ActionsBlock(elements=[button])])


def said(text: str, blocks: Sequence[Block] = ()) -> dict[str, Any]:
    """A sentence to one person, and what stands below it."""
    return message(text.replace("*", ""), [mrkdwn(text), *blocks])
