"""A digest as Slack messages: a head for the channel, and pages for its thread. Pure.

The thread is paged (bot/messages/digest_pages.py), so that no digest is ever refused or cut off.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject, PlainTextObject

from bot import slacktext
from bot.activities.figures import local_day
from bot.digests.compile import CategoryPart, Digest, Queue
from bot.digests.schedule import DIGEST, Frequency
from bot.i18n import N_, Message, Texts
from bot.ids import Action
from bot.messages.activities import agenda_lines
from bot.messages.chart import category_chart
from bot.messages.common import link, message, mrkdwn
from bot.messages.coverage import coverage_chunks
from bot.messages.digest_pages import MOST_BLOCKS, MOST_CHARACTERS, Chunk, pack, paragraphs, weight
from bot.messages.digest_trends import in_brackets, touched_line, trend_blocks
from bot.messages.insights import author_of, category_label, quote_block
from bot.messages.meeting_agenda import regularity_line
from bot.messages.theme_parts import theme_chunks
from bot.variants import with_plainer
from storage.bridges import DEFAULT_NAME, Bridge
from storage.insights import Insight
from storage.schedules import Schedule

QUOTE: Final = 600  # characters of a quote among a category's best
EXCERPT: Final = 200  # of a quote in the lists of what waits
NAME: Final = 60
MOST_ACTIVITIES: Final = 5
MOST_CATEGORIES: Final = 6_000  # characters of the list in the head: a bound for absurd names

_TITLES: Final[Mapping[Frequency, Message]] = {
    Frequency.WEEKDAYS: N_("Daily digest: {bridge}"),
    Frequency.DAILY: N_("Daily digest: {bridge}"),
    Frequency.WEEKLY: N_("Weekly digest: {bridge}"),
    Frequency.MONTHLY: N_("Monthly digest: {bridge}"),
    Frequency.MONTHLY_WEEKDAY: N_("Monthly digest: {bridge}"),
}
_PLAIN_TITLES: Final[Mapping[Frequency, Message]] = {
    Frequency.WEEKDAYS: N_("Daily digest"),
    Frequency.DAILY: N_("Daily digest"),
    Frequency.WEEKLY: N_("Weekly digest"),
    Frequency.MONTHLY: N_("Monthly digest"),
    Frequency.MONTHLY_WEEKDAY: N_("Monthly digest"),
}
_IN_PERIOD_BEFORE: Final = (
    N_("{n} more than in the period before"),
    N_("{n} fewer than in the period before"),
    N_("as many as in the period before"),
    N_("none in the period before"),
)
_MONTH_BEFORE: Final = (
    N_("{n} more than the month before"),
    N_("{n} fewer than the month before"),
    N_("as many as the month before"),
    N_("none the month before"),
)
_COMPARISONS: Final[Mapping[Frequency, tuple[Message, Message, Message, Message]]] = {
    Frequency.WEEKDAYS: _IN_PERIOD_BEFORE,
    Frequency.DAILY: _IN_PERIOD_BEFORE,
    Frequency.WEEKLY: (
        N_("{n} more than the week before"),
        N_("{n} fewer than the week before"),
        N_("as many as the week before"),
        N_("none the week before"),
    ),
    Frequency.MONTHLY: _MONTH_BEFORE,
    Frequency.MONTHLY_WEEKDAY: _MONTH_BEFORE,
}


@dataclass(frozen=True)
class Post:
    """A message, and the ids of the insights whose words it shows."""

    message: Mapping[str, Any]
    quoted: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """A digest, ready to be posted."""

    head: Post
    pages: tuple[Post, ...]  # of the thread


def render(_: Texts, digest: Digest, *, missed: int = 0) -> Rendered:
    """The digest in the language of `_`, within all of Slack's limits; `missed`: digests before it."""
    below = [*_missed(_, missed), *_triage(_, digest)]
    chart, plain = head_blocks(_, digest), head_blocks(_, digest, in_words=True)
    rich = message(fallback(_, digest), [*chart, *below])
    head = Post(rich if digest.is_quiet else with_plainer(rich, [*plain, *below]))
    pages = pack(thread_chunks(_, digest))
    posts = [
        Post(message(_page_title(_, number, len(pages)), page.blocks), page.quoted)
        for number, page in enumerate(pages, 1)
    ]
    return Rendered(head, tuple(posts))


def _triage(_: Texts, digest: Digest) -> list[Block]:
    """The way to what nobody has looked at."""
    count = digest.untouched.count
    if not count:
        return []
    label = _("Triage {n} new", n=_.number(count) + ("+" if digest.untouched.is_more else ""))
    begin = ButtonElement(text=label, action_id=Action.TRIAGE_OPEN, value=f"{digest.bridge.id}:0:")
    return [ActionsBlock(elements=[begin])]


def _missed(_: Texts, count: int) -> list[Block]:
    """What nobody got to see is said, not silently skipped."""
    if not count:
        return []
    text = _.plural(
        ":warning: {n} digest before this one was missed: Frontline could not post it in time. "
        "What came in then: `/insight list`",
        ":warning: {n} digests before this one were missed: Frontline could not post them in time. "
        "What came in then: `/insight list`",
        count,
    )
    return [_context(text)]


def _page_title(_: Texts, number: int, of: int) -> str:
    if of == 1:
        return _("The digest in detail")
    return _("The digest in detail, {page} of {pages}", page=number, pages=of)


def preview(_: Texts, channel: Texts, digest: Digest, send_value: str | None) -> dict[str, Any]:
    """Head and first page as the channel would see them (in its language), the chart in words; for who may,
    *Send now*."""
    blocks: list[Block] = [_context(_("Only you see this preview."))]
    # Where Slack refuses the chart in an answer, nobody would be there to send it again without.
    blocks += head_blocks(channel, digest, in_words=True)
    chunks = list(thread_chunks(channel, digest))
    if chunks:
        shown = sum(map(weight, blocks))
        pages = pack(chunks, most_blocks=MOST_BLOCKS - len(blocks), most_characters=MOST_CHARACTERS - shown)
        blocks += [DividerBlock(), *pages[0].blocks]
        if len(pages) > 1:
            blocks.append(_context(_("The thread goes on; this is its first page.")))
    if send_value is not None:
        send = ButtonElement(
            text=_("Send now"), action_id=Action.DIGEST_SEND, value=send_value, style="primary"
        )
        blocks.append(ActionsBlock(elements=[send]))
    return message(_("Preview of the digest"), blocks)


def next_run(_: Texts, bridge: Bridge, schedule: Schedule) -> str:
    """What will happen next: after the form, *pause* or *resume*."""
    name = slacktext.inert_mrkdwn(bridge.name, {}, 80)
    is_digest = schedule.kind == DIGEST.kind
    if schedule.is_paused or schedule.next_run_at is None:
        if not is_digest:
            return _(
                "The report of “{bridge}” to sales is paused. `/frontline report resume` lets it come again.",
                bridge=name,
            )
        return _(
            "The digest of “{bridge}” is paused. `/frontline digest resume` lets it come again.", bridge=name
        )
    zone = schedule.time_zone
    moment = _.moment(schedule.next_run_at, zone)
    if not is_digest:
        return _(
            "Next report of “{bridge}” to sales: {moment} ({zone}).", bridge=name, moment=moment, zone=zone
        )
    return _("Next digest of “{bridge}”: {moment} ({zone}).", bridge=name, moment=moment, zone=zone)


def simple(text: str) -> dict[str, Any]:
    """An answer of one paragraph."""
    return message(text, [mrkdwn(text)])


# --- head --------------------------------------------------------------------------------------------------


def fallback(_: Texts, digest: Digest) -> str:
    """What a notification shows: no one's words."""
    count = _.plural("{n} insight", "{n} insights", digest.totals.insights)
    return f"{slacktext.inert_mrkdwn(title(_, digest), {}, 150)} · {count}"


def title(_: Texts, digest: Digest) -> str:
    """What the digest is called; the name that a bridge has from the settings would tell nobody anything."""
    if digest.bridge.name == DEFAULT_NAME:
        return _.say(_PLAIN_TITLES[digest.period.frequency])
    name = slacktext.shorten(digest.bridge.name, NAME)
    return _.say(_with(_TITLES[digest.period.frequency], bridge=name))


def head_blocks(_: Texts, digest: Digest, *, in_words: bool = False) -> list[Block]:
    """The essentials; one line of what came in, where nothing did. `in_words`: instead of the chart."""
    if digest.is_quiet:
        return [mrkdwn(_quiet(_, digest)), *_activities_block(_, digest), *_meetings_block(_, digest)]
    chart = None if in_words else category_chart(_, digest)
    return [
        HeaderBlock(text=PlainTextObject(text=title(_, digest), emoji=False)),
        _context(_span(_, digest)),
        mrkdwn(_essentials(_, digest)),
        *([chart] if chart else category_block(_, digest)),
        *trend_blocks(_, digest),
        *_waiting_block(_, digest),
        *_activities_block(_, digest),
        *_meetings_block(_, digest),
        _context(_("The best quotes, customers and competitors are in the thread.")),
    ]


def category_block(_: Texts, digest: Digest) -> list[Block]:
    """What came in by category, against the period before."""
    lines: list[str] = []
    for part in digest.categories:
        label = category_label(_, digest.bridge, part.key)
        line = f"{label}: *{_.number(part.count)}*{in_brackets(_, digest, part)}"
        if (part.count or part.before) and sum(map(len, lines)) + len(line) <= MOST_CATEGORIES:
            lines.append(line)
    return [mrkdwn(text) for text in paragraphs(lines)]


def _quiet(_: Texts, digest: Digest) -> str:
    name = slacktext.inert_mrkdwn(title(_, digest), {}, 150)
    line = _("*{title}* · {span} · A quiet time: nothing came in.", title=name, span=_span(_, digest))
    waiting = _requests(_, digest.requests, digest.period.end)
    return f"{line} {waiting}" if waiting else line


def _essentials(_: Texts, digest: Digest) -> str:
    totals = digest.totals
    parts = [
        _.plural("*{n} insight*", "*{n} insights*", totals.insights),
        _.plural("from {n} person", "from {n} people", totals.people),
    ]
    if totals.channels:
        parts.append(_.plural("in {n} channel", "in {n} channels", totals.channels))
    more = [movement(_, digest, totals.insights, digest.total_before)] if digest.is_compared else []
    if totals.supporters > totals.insights:
        more.append(_.plural("{n} supporter in all", "{n} supporters in all", totals.supporters))
    return " ".join(parts) + (f" ({'; '.join(more)})" if more else "")


def movement(_: Texts, digest: Digest, now: int, before: int) -> str:
    """«5 more than the week before»: counts, since percentages of small numbers say little."""
    more, fewer, same, none = _COMPARISONS[digest.period.frequency]
    if before == 0 and now > 0:
        return _.say(none)
    if now == before:
        return _.say(same)
    return _.say(_with(more if now > before else fewer, n=_.number(abs(now - before))))


def _span(_: Texts, digest: Digest) -> str:
    zone, period = digest.bridge.time_zone, digest.period
    span = f"{_.moment(period.start, zone)} – {_.moment(period.end, zone)} ({zone})"
    if period.is_whole:
        return span
    if not digest.is_compared:
        return span + " · " + _("so far")
    return span + " · " + _("so far, compared with the same stretch of the period before")


def _waiting_block(_: Texts, digest: Digest) -> list[Block]:
    at = digest.period.end
    lines = [_requests(_, digest.requests, at), _untouched(_, digest.untouched, at)]
    return [mrkdwn(text) for text in paragraphs([line for line in lines if line])]


def _meetings_block(_: Texts, digest: Digest) -> list[Block]:
    """How regular each series of meetings is, in a monthly digest."""
    found = [(title, regularity_line(_, one)) for title, one in digest.meetings]
    lines = [f"• {slacktext.inert_mrkdwn(title, {}, NAME)}: {line}" for title, line in found if line]
    return [mrkdwn(text) for text in paragraphs([_("*Meetings*"), *lines])] if lines else []


def _activities_block(_: Texts, digest: Digest) -> list[Block]:
    """What marketing did with the company's money, in a monthly digest; the report has the rest."""
    if not digest.activities:
        return []
    today = local_day(digest.bridge, digest.period.end)
    lines = [f"• {line}" for line in agenda_lines(_, digest.activities[:MOST_ACTIVITIES], today)]
    more = _("The whole report: `/frontline activities`")
    return [mrkdwn(text) for text in paragraphs([_("*Activities*"), *lines, more])]


def _requests(_: Texts, queue: Queue, at: datetime) -> str:
    if not queue.count:
        return ""
    if queue.is_more:
        text = _(":hourglass_flowing_sand: More than *{n} requests* wait", n=_.number(queue.count))
    else:
        text = _.plural(
            ":hourglass_flowing_sand: *{n} request* waits",
            ":hourglass_flowing_sand: *{n} requests* wait",
            queue.count,
        )
    return text + _since(_, queue, at) + "."


def _untouched(_: Texts, queue: Queue, at: datetime) -> str:
    if not queue.count:
        return ""
    if queue.is_more:
        text = _(":eyes: More than *{n} insights* are untouched", n=_.number(queue.count))
    else:
        text = _.plural(
            ":eyes: *{n} insight* is untouched", ":eyes: *{n} insights* are untouched", queue.count
        )
    return text + "."


def _since(_: Texts, queue: Queue, at: datetime) -> str:
    days = (at - queue.oldest[0].created_at).days if queue.oldest else 0
    if days < 1:
        return ""
    if queue.count == 1:
        return ", " + _.plural("for {n} day now", "for {n} days now", days)
    return ", " + _.plural("the oldest for {n} day", "the oldest for {n} days", days)


# --- thread ------------------------------------------------------------------------------------------------


def thread_chunks(_: Texts, digest: Digest) -> Iterator[Chunk]:
    """All the detail, in reading order; where nothing came in, who takes part alone."""
    if digest.is_quiet:
        yield from coverage_chunks(_, digest.bridge, digest.coverage)
        return
    told: dict[int, int] = {}  # how often an insight was quoted, by number: block ids are unique
    yield from theme_chunks(_, _(":link: *Themes*"), digest.themes, digest.names, told)
    for part in digest.categories:
        if part.count:
            yield from _category(_, digest, part, told)
    yield from _touched(_, digest)
    waiting = _(":hourglass_flowing_sand: *Waiting requests*")
    yield from _queue(_, digest, waiting, digest.requests.oldest, told)
    yield from _queue(_, digest, _(":eyes: *Longest untouched*"), digest.untouched.oldest, told)
    yield from coverage_chunks(_, digest.bridge, digest.coverage)


def _category(_: Texts, digest: Digest, part: CategoryPart, told: dict[int, int]) -> Iterator[Chunk]:
    heading = mrkdwn(
        f"*{category_label(_, digest.bridge, part.key)}* · {_.number(part.count)}"
        + in_brackets(_, digest, part)
    )
    chunks = [_quoted(_, digest, insight, QUOTE, told) for insight in part.quotes]
    rest = part.count - len(chunks)
    if rest and chunks:
        more = _("And {n} more: `/insight list`", n=_.number(rest))
        chunks.append(replace(last := chunks.pop(), blocks=(*last.blocks, _context(more))))
    elif rest:
        gone = _.plural("{n} message has been deleted.", "{n} messages have been deleted.", rest)
        chunks.append(Chunk((_context(gone),)))
    yield from _under(heading, chunks)


def _queue(
    _: Texts, digest: Digest, heading: str, oldest: Sequence[Insight], told: dict[int, int]
) -> Iterator[Chunk]:
    chunks = [_quoted(_, digest, insight, EXCERPT, told, at=digest.period.end) for insight in oldest]
    if chunks:
        yield from _under(mrkdwn(heading), chunks)


def _under(heading: Block, chunks: Sequence[Chunk]) -> Iterator[Chunk]:
    """A heading never stands alone at a page's end; what comes before it is set apart by a line."""
    first, *others = chunks
    yield replace(first, blocks=(DividerBlock(), heading, *first.blocks))
    yield from others


def _quoted(
    _: Texts, digest: Digest, insight: Insight, limit: int, told: dict[int, int], at: datetime | None = None
) -> Chunk:
    nth = told[insight.number] = told.get(insight.number, 0) + 1
    words = quote_block(_, insight, digest.names, limit=limit, nth=nth)
    return Chunk((words, _byline(_, digest, insight, at)), (insight.id,))


def _byline(_: Texts, digest: Digest, insight: Insight, at: datetime | None) -> ContextBlock:
    """Number, author, supporters, customer, link; for what waits, how long."""
    parts = [f"#{insight.number}", author_of(_, insight, digest.names, NAME)]
    if at is not None:
        parts.append(_.plural("waiting {n} day", "waiting {n} days", max(0, (at - insight.created_at).days)))
    if insight.supporter_count > 1:
        parts.append(_.plural("{n} supporter", "{n} supporters", insight.supporter_count))
    if insight.is_urgent:
        parts.append(_("urgent"))
    if insight.customer:
        parts.append(slacktext.inert_mrkdwn(insight.customer, {}, NAME))
    if insight.permalink:
        parts.append(link(insight.permalink, _("open")))
    return _context(" · ".join(parts))


def _touched(_: Texts, digest: Digest) -> Iterator[Chunk]:
    for heading, found in (
        (_(":office: *Customers mentioned*"), digest.customers),
        (_(":dart: *Competitors mentioned*"), digest.competitors),
    ):
        if found:
            texts = paragraphs([heading, *(f"• {touched_line(_, digest, one)}" for one in found)])
            yield Chunk((DividerBlock(), *(mrkdwn(text) for text in texts)))


def _context(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])


def _with(sentence: Message, **params: object) -> Message:
    return Message(sentence.msgid, params)
