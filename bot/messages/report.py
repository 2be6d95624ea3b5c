"""The report to a sales channel as a Slack message. Pure."""

from collections.abc import Iterator
from datetime import timedelta
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
from bot.i18n import Texts
from bot.ids import Action
from bot.messages.common import comma, link, message, mrkdwn
from bot.messages.digest import Post
from bot.messages.digest_pages import paragraphs
from bot.messages.insights import category_label, quote_block
from bot.reports.compile import SalesReport
from storage.insights import Insight

QUOTE: Final = 200  # characters of what was told
OUTCOME: Final = 500


def render(_: Texts, report: SalesReport, *, missed: int = 0) -> Post:
    """The report in the language of `_`, in one message within all of Slack's limits; `missed`: before it."""
    quoted = tuple(one.id for one in report.outcomes)
    blocks = [*_blocks(_, report), *_missed(_, missed)]
    return Post(message(_("What became of what you told us"), blocks), quoted)


def preview(_: Texts, channel: Texts, report: SalesReport, send_value: str | None) -> dict[str, Any]:
    """The report as that channel would see it, in its language; for who may, *Send now*."""
    where = f"<#{report.channel_id}>"
    note = _("Only you see this preview. This is how {channel} would see it.", channel=where)
    blocks: list[Block] = [_context(note), *_blocks(channel, report)]
    if send_value is not None:
        send = ButtonElement(
            text=_("Send now"), action_id=Action.REPORT_SEND, value=send_value, style="primary"
        )
        blocks.append(ActionsBlock(elements=[send]))
    return message(_("Preview of the report"), blocks)


def _blocks(_: Texts, report: SalesReport) -> Iterator[Block]:
    title = _("What became of what you told us")
    yield HeaderBlock(text=PlainTextObject(text=title, emoji=False))
    zone, period = report.bridge.time_zone, report.period
    yield _context(f"{_.moment(period.start, zone)} – {_.moment(period.end, zone)} ({zone})")
    if report.is_quiet:
        yield mrkdwn(_quiet(_, report))
        return
    for text in paragraphs(_told(_, report)):
        yield mrkdwn(text)
    yield from _ended(_, report)
    yield DividerBlock()
    for text in paragraphs(_left(_, report)):
        yield mrkdwn(text)
    if how := _how_to(_, report):
        yield _context(how)


def _missed(_: Texts, count: int) -> list[Block]:
    """What nobody got to see is said, not silently skipped."""
    if not count:
        return []
    text = _.plural(
        ":warning: {n} report before this one was missed: Frontline could not post it in time.",
        ":warning: {n} reports before this one were missed: Frontline could not post them in time.",
        count,
    )
    return [_context(text)]


def _quiet(_: Texts, report: SalesReport) -> str:
    lines = [_("A quiet time: nothing new was told, and nothing was settled."), *_left(_, report)]
    return "\n".join(lines)


def _told(_: Texts, report: SalesReport) -> list[str]:
    if not report.total:
        return [_("*What you told us*: nothing new.")]
    count = _.plural("*What you told us*: {n} insight", "*What you told us*: {n} insights", report.total)
    lines = [count]
    for key, number in report.categories:
        lines.append(f"{category_label(_, report.bridge, key)}: *{_.number(number)}*")
    return lines


def _ended(_: Texts, report: SalesReport) -> Iterator[Block]:
    if not report.done and not report.declined:
        yield mrkdwn(_("*What became of it*: nothing was settled in this time."))
        return
    parts = []
    if report.done:
        parts.append(_("{n} done", n=_.number(report.done)))
    if report.declined:
        parts.append(_("{n} declined", n=_.number(report.declined)))
    yield mrkdwn(_("*What became of it*: {counts}", counts=comma(parts)))
    for insight in report.outcomes:
        yield quote_block(_, insight, report.names, limit=QUOTE)
        yield mrkdwn(_outcome(_, report, insight))
    rest = report.done + report.declined - len(report.outcomes)
    if rest > 0:
        yield _context(_("And {n} more.", n=_.number(rest)))


def _outcome(_: Texts, report: SalesReport, insight: Insight) -> str:
    sign = ":white_check_mark:" if insight.status == "done" else ":no_entry:"
    number = f"*#{insight.number}*"
    if insight.permalink:
        number = link(insight.permalink, f"#{insight.number}")
    words = slacktext.inert_mrkdwn(insight.outcome or "", report.names, OUTCOME)
    return f"{sign} {number} {words}"


def _left(_: Texts, report: SalesReport) -> list[str]:
    parts = []
    if report.in_progress:
        parts.append(_("{n} in progress", n=_.number(report.in_progress)))
    if report.waiting:
        parts.append(_("{n} waiting", n=_.number(report.waiting)))
    open_now = comma(parts) or _("nothing")
    lines = [_("*Still open*: {counts}", counts=open_now)]
    speed = []
    if report.to_response is not None:
        speed.append(_("a first answer after {time}", time=duration(_, report.to_response)))
    if report.to_outcome is not None:
        speed.append(_("an outcome after {time}", time=duration(_, report.to_outcome)))
    if speed:
        lines.append(_("*How quickly marketing answers* (median): {times}", times=comma(speed)))
    return lines


def _how_to(_: Texts, report: SalesReport) -> str:
    flags = " ".join(f":{name}:" for name in report.bridge.flag_emoji)
    return _("Heard something? React to the message with {flags}.", flags=flags)


def duration(_: Texts, time: timedelta) -> str:
    """How long something took, in the coarsest unit that tells it: «2 days»."""
    minutes = round(time.total_seconds() / 60)
    if minutes < 60:
        return _.plural("{n} minute", "{n} minutes", max(1, minutes))
    hours = round(minutes / 60)
    if hours < 48:
        return _.plural("{n} hour", "{n} hours", hours)
    return _.plural("{n} day", "{n} days", round(hours / 24))


def _context(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])
