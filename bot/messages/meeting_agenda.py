"""The agenda that the reminder brings, part by part. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from slack_sdk.models.blocks import Block, ContextBlock, DividerBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.activities.figures import Figures
from bot.i18n import Texts
from bot.meetings.meeting import Meeting
from bot.meetings.regularity import Regularity
from bot.messages import meetings
from bot.messages.activities import agenda_lines
from bot.messages.common import bold, link, message, mrkdwn
from bot.messages.digest_pages import Chunk, paragraphs
from bot.messages.insights import headline, quote_block
from bot.messages.theme_parts import theme_chunks
from bot.themes.moving import Moving
from storage.actions import ActionItem
from storage.bridges import Bridge
from storage.insights import Insight
from storage.meetings import Occurrence, Topic

QUOTE: Final = 300  # characters of a quote
TOPIC: Final = "topic-"  # block ids of topics, so that edits and deletions find them
ITEM: Final = 300  # characters of an action item in a list


def head(_: Texts, meeting: Meeting) -> list[Block]:
    """The reminder's head."""
    return meetings.reminder_head(_, meeting)


def first_page(_: Texts, meeting: Meeting, page: Chunk, pages: int) -> dict[str, Any]:
    """The reminder itself: the head and as much of the agenda as one message holds."""
    blocks = list(page.blocks)
    if pages > 1:
        blocks.append(_context(_("The agenda goes on below, in this thread.")))
    text = _("{meeting} begins soon: the agenda", meeting=meetings.title(meeting))
    return message(text, blocks)


def further_page(_: Texts, meeting: Meeting, page: Chunk) -> dict[str, Any]:
    """The rest of a long agenda."""
    return message(_("{meeting}: the agenda goes on", meeting=meetings.title(meeting)), page.blocks)


def action_items(_: Texts, items: Sequence[ActionItem], names: Mapping[str, str], today: date) -> list[Chunk]:
    """What was promised and is not done, overdue ones first."""
    return _listed(_("Still to be done"), [item_line(_, one, names, today) for one in items])


def item_line(_: Texts, item: ActionItem, names: Mapping[str, str], today: date) -> str:
    """Person, item, and its day; of an overdue one how many days."""
    parts = [
        f"{slacktext.inert_mrkdwn(names.get(item.owner_id, item.owner_id), {}, 60)}: "
        f"{slacktext.inert_mrkdwn(item.text, names, ITEM)}"
    ]
    if item.due_on is not None and item.due_on < today:
        days = (today - item.due_on).days
        parts.append(_.plural("{n} day overdue", "{n} days overdue", days))
    elif item.due_on is not None:
        parts.append(_("by {day}", day=_.day(item.due_on)))
    return " · ".join(parts)


def topics(
    _: Texts,
    bridge: Bridge,
    found: Sequence[Topic],
    known: Mapping[int, Insight],
    names: Mapping[str, str],
) -> list[Chunk]:
    """What people want to speak about, in their own words."""
    chunks = []
    for number, topic in enumerate(found):
        by = slacktext.inert_mrkdwn(names.get(topic.user_id, topic.user_id), {}, 60)
        insight = known.get(topic.insight_id) if topic.insight_id is not None else None
        blocks: list[Block] = [] if number else [DividerBlock(), mrkdwn(bold(_("Topics")))]
        if insight is not None:
            blocks.append(mrkdwn(f"{headline(_, bridge, insight)} · {by}"))
            blocks.append(quote_block(_, insight, names, limit=QUOTE))
            chunks.append(Chunk(tuple(blocks), (insight.id,)))
        else:
            blocks.append(mrkdwn(_topic_line(topic, names), block_id=f"{TOPIC}{topic.id}"))
            chunks.append(Chunk(tuple(blocks)))
    return chunks


def _topic_line(topic: Topic, names: Mapping[str, str]) -> str:
    by = slacktext.inert_mrkdwn(names.get(topic.user_id, topic.user_id), {}, 60)
    return f"• {by}: {slacktext.inert_mrkdwn(topic.text, names, 1500)}"


def with_topics(
    _: Texts, blocks: Sequence[Mapping[str, Any]], found: Iterable[Topic], names: Mapping[str, str]
) -> list[dict[str, Any]] | None:
    """A posted agenda with its topics as they are now; None where it shows none."""
    known = {f"{TOPIC}{one.id}": _topic_line(one, names) for one in found}
    shown = []
    for block in blocks:
        block_id = str(block.get("block_id") or "")
        if block_id.startswith(TOPIC):
            line = known.get(block_id, "• _" + _("taken off the agenda") + "_")
            shown.append(mrkdwn(line, block_id=block_id).to_dict())
        else:
            shown.append(dict(block))
    has_any = any(str(block.get("block_id") or "").startswith(TOPIC) for block in blocks)
    return shown if has_any else None


def themes(_: Texts, found: Sequence[Moving], names: Mapping[str, str]) -> list[Chunk]:
    """What is new or grows since the last meeting."""
    # Insights are quoted again below: these quotes are counted from the third on.
    told = {quote.number: 2 for one in found for quote in one.quotes}
    told |= {one.title_number: 2 for one in found if one.title_number is not None}
    return list(theme_chunks(_, bold(_("New and growing themes")), found, names, told))


def insights(_: Texts, bridge: Bridge, found: Sequence[Insight], names: Mapping[str, str]) -> list[Chunk]:
    """The top insights since the last meeting."""
    chunks = []
    for number, insight in enumerate(found):
        title = mrkdwn(bold(_("Since the last meeting")))
        blocks: list[Block] = [] if number else [DividerBlock(), title]
        about = headline(_, bridge, insight)
        if insight.supporter_count > 1:
            about += " · " + _.plural("{n} supporter", "{n} supporters", insight.supporter_count)
        if insight.permalink:
            about += " · " + link(insight.permalink, _("open"))
        blocks += [mrkdwn(about), quote_block(_, insight, names, limit=QUOTE)]
        chunks.append(Chunk(tuple(blocks), (insight.id,)))
    return chunks


def requests(_: Texts, found: Sequence[Insight], names: Mapping[str, str], now: datetime) -> list[Chunk]:
    """What sales asked for and still waits for."""
    chunks = []
    for number, insight in enumerate(found):
        title = mrkdwn(bold(_("Requests from sales that wait")))
        blocks: list[Block] = [] if number else [DividerBlock(), title]
        days = max(0, (now - insight.created_at).days)
        age = _.plural("waits {n} day", "waits {n} days", days)
        blocks += [mrkdwn(f"*#{insight.number}* · {age}"), quote_block(_, insight, names, limit=QUOTE, nth=2)]
        chunks.append(Chunk(tuple(blocks), (insight.id,)))
    return chunks


def activities(_: Texts, found: Sequence[Figures], today: date) -> list[Chunk]:
    """What marketing runs and plans, with cost and result."""
    return _listed(_("Activities"), agenda_lines(_, found, today))


def who_comes(_: Texts, answers: Mapping[str, str], names: Mapping[str, str]) -> list[Chunk]:
    """Who comes, who can't."""
    return _listed(_("Who comes"), meetings.who_comes(_, answers, names), bullet="")


def missed(
    _: Texts,
    meeting: Meeting,
    last: Occurrence,
    *,
    prompt: bool,
    reminder: bool,
    minutes: bool,
    items: int,
) -> list[Chunk]:
    """What Frontline should have said and did not, and what nobody recorded."""
    moment = meetings.when(_, last.starts_at, meeting.bridge.time_zone)
    lines = []
    if prompt and reminder:
        lines.append(_("I announced the last meeting ({moment}) too late or not at all.", moment=moment))
    elif prompt:
        lines.append(_("I did not ask for topics before the last meeting ({moment}).", moment=moment))
    elif reminder:
        lines.append(_("I did not remind of the last meeting ({moment}).", moment=moment))
    if minutes:
        lines.append(_("Nobody recorded minutes of the last meeting ({moment}).", moment=moment))
    if items:
        lines.append(
            _.plural(
                "{n} action item was not reminded of in time.",
                "{n} action items were not reminded of in time.",
                items,
            )
        )
    return [Chunk((DividerBlock(), _context("\n".join(lines))))] if lines else []


def regularity(_: Texts, found: Regularity) -> list[Chunk]:
    """The last line: how regular the meetings are."""
    line = regularity_line(_, found)
    return [Chunk((DividerBlock(), _context(line)))] if line else []


def regularity_line(_: Texts, found: Regularity) -> str:
    """«Held 7 of the last 8 · moved: 1 · topics on average: 3.5»; empty before the first meeting."""
    if not found.meetings:
        return ""
    parts = [_("Held {held} of the last {meetings}", held=found.held, meetings=found.meetings)]
    if found.moved:
        parts.append(_("moved: {count}", count=found.moved))
    if found.skipped:
        parts.append(_("skipped: {count}", count=found.skipped))
    if found.topics is not None:
        parts.append(_("topics on average: {count}", count=_.decimal(found.topics)))
    share = found.share_in_time
    if share is not None:
        parts.append(_("action items done in time: {share}%", share=share))
    return " · ".join(parts)


def _listed(title: str, lines: Iterable[str], *, bullet: str = "• ") -> list[Chunk]:
    texts = paragraphs(f"{bullet}{line}" for line in lines)
    return [
        Chunk((mrkdwn(text),)) if number else Chunk((DividerBlock(), mrkdwn(f"*{title}*\n{text}"[:3000])))
        for number, text in enumerate(texts)
    ]


def _context(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])
