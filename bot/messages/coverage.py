"""Which sales channels take part, in the digest's thread and the home tab. Pure."""

from typing import Final
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock
from slack_sdk.models.blocks.basic_components import PlainTextObject

from bot import slacktext
from bot.coverage.compile import ChannelCoverage, Coverage
from bot.i18n import Texts
from bot.messages.common import mrkdwn
from bot.messages.digest_pages import Chunk, paragraphs
from storage.bridges import Bridge

MOST_CHANNELS: Final = 30  # named of those that took part, and of those that did not


def coverage_chunks(_: Texts, bridge: Bridge, coverage: Coverage | None) -> list[Chunk]:
    """The part of a digest's thread; none where there is no channel that could take part."""
    texts = paragraphs(coverage_lines(_, bridge, coverage, _(":satellite_antenna: *Coverage*")))
    return [Chunk((DividerBlock(), *(mrkdwn(text) for text in texts)))] if texts else []


def coverage_section(_: Texts, shown: list[tuple[Bridge, Coverage]]) -> list[Block]:
    """The part of the home tab, for each of the bridges."""
    blocks: list[Block] = []
    for bridge, coverage in shown:
        heading = f"*{slacktext.inert_mrkdwn(bridge.name, {}, 80)}*"
        blocks += [mrkdwn(text) for text in paragraphs(coverage_lines(_, bridge, coverage, heading))]
    if not blocks:
        return []
    title = _("Coverage")
    return [HeaderBlock(text=PlainTextObject(text=title, emoji=False)), *blocks]


def coverage_lines(_: Texts, bridge: Bridge, coverage: Coverage | None, heading: str) -> list[str]:
    """A line for each channel, in the bridge's order; the silent ones below, the longest silent first."""
    if coverage is None or not coverage.channels:
        return []
    heard, silent = coverage.heard, coverage.silent
    days = round((coverage.span.end - coverage.span.start).total_seconds() / 86400)
    total = _.plural(
        "{heard} of {n} sales channel took part within {days}",
        "{heard} of {n} sales channels took part within {days}",
        len(coverage.channels),
        heard=_.number(len(heard)),
        days=_.plural("{n} day", "{n} days", days),
    )
    lines = [f"{heading} · {total}"]
    lines += [f"• {_heard(_, one)}" for one in heard[:MOST_CHANNELS]]
    lines += _rest(_, len(heard))
    if silent:
        lines.append(_(":zzz: *Silent*"))
        lines += [f"• {_silent(_, bridge, one)}" for one in silent[:MOST_CHANNELS]]
        lines += _rest(_, len(silent))
    return lines


def _rest(_: Texts, count: int) -> list[str]:
    if count <= MOST_CHANNELS:
        return []
    return ["• " + _("and {n} more", n=_.number(count - MOST_CHANNELS))]


def _heard(_: Texts, one: ChannelCoverage) -> str:
    """Slack shows a channel's name to those only who may know it."""
    parts = []
    if one.insights:
        parts.append(_.plural("{n} insight", "{n} insights", one.insights))
    if one.tells_people and one.active:
        parts.append(
            _.plural(
                "{n} of its {all} people took part",
                "{n} of its {all} people took part",
                one.active,
                all=_.number(one.people),
            )
        )
    return f"<#{one.channel_id}>: " + (" · ".join(parts) or _("took part"))


def _silent(_: Texts, bridge: Bridge, one: ChannelCoverage) -> str:
    at = one.last_at or one.bridged_at
    day = _.full_day(at.astimezone(ZoneInfo(bridge.time_zone)).date())
    if one.last_at is None:
        return _(
            "{channel}: nothing yet, part of the bridge since {day}", channel=f"<#{one.channel_id}>", day=day
        )
    return _("{channel}: nothing since {day}", channel=f"<#{one.channel_id}>", day=day)
