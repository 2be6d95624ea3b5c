"""Themes in digests and agendas: name, movement, customers, what is at stake, quotes. Pure.

A name that is an insight's own words stands in a block that is known as its quote, so that it goes with them.
"""

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    RichTextBlock,
    RichTextElementParts,
    RichTextSectionElement,
)

from bot import slacktext
from bot.i18n import Texts
from bot.ids import Action
from bot.messages.common import bold, mrkdwn
from bot.messages.digest_pages import Chunk
from bot.messages.insights import quote_block
from bot.messages.quotes import quote_id
from bot.themes.moving import Moving
from storage.insights import Insight

QUOTE: Final = 300  # characters
NAME: Final = 60
MOST_CUSTOMERS: Final = 5


def theme_chunks(
    _: Texts,
    heading: str,
    found: Sequence[Moving],
    names: Mapping[str, str],
    told: MutableMapping[int, int],
) -> Iterator[Chunk]:
    """The themes below a heading. `told`: how often each insight, by number, is quoted in the message."""
    for place, theme in enumerate(found):
        blocks: list[Block] = [] if place else [DividerBlock(), mrkdwn(heading)]
        quoted = [one.id for one in theme.quotes]
        blocks.append(_title(_, theme, told))
        blocks.append(mrkdwn(_about(_, theme)))
        blocks += [_quote(_, one, names, told) for one in theme.quotes]
        button = ButtonElement(text=_("Open theme"), action_id=Action.THEME_OPEN, value=str(theme.theme_id))
        blocks.append(ActionsBlock(elements=[button]))
        yield Chunk(tuple(blocks), tuple(dict.fromkeys([*quoted, *theme.title_from])))


def _title(_: Texts, theme: Moving, told: MutableMapping[int, int]) -> RichTextBlock:
    text = theme.title or ", ".join(f"#{number}" for number in theme.numbers[:3]) or _("(no text)")
    parts = [RichTextElementParts.Text(text=text, style=RichTextElementParts.TextStyle(bold=True))]
    block = RichTextBlock(elements=[RichTextSectionElement(elements=parts)])
    if theme.title and theme.title_number is not None:
        block.block_id = _next_id(theme.title_number, told)
    return block


def _about(_: Texts, theme: Moving) -> str:
    """«3 insights, 2 more than before · Hartmann, Molino · at stake: €12,500.00»."""
    parts = [_come_in(_, theme)]
    if theme.ever > theme.count:
        parts.append(_("{n} in all", n=_.number(theme.ever)))
    if theme.customers:
        shown = [slacktext.inert_mrkdwn(one, {}, NAME) for one in theme.customers[:MOST_CUSTOMERS]]
        parts.append(", ".join(shown) + (" …" if len(theme.customers) > MOST_CUSTOMERS else ""))
    if theme.deals:
        sums = ", ".join(_.money(amount, code) for code, amount in sorted(theme.deals.items()))
        parts.append(_("at stake: {sums}", sums=sums))
    return " · ".join(parts)


def _come_in(_: Texts, theme: Moving) -> str:
    if theme.count:
        return _.plural("{n} insight", "{n} insights", theme.count) + _movement(_, theme)
    return bold(_("fading")) + ", " + _("none this time, {n} before", n=_.number(theme.before))


def _movement(_: Texts, theme: Moving) -> str:
    if theme.is_new:
        return ", " + bold(_("new"))
    if theme.count > theme.before:
        return ", " + _("{n} more than before", n=_.number(theme.count - theme.before))
    if theme.count < theme.before:
        return ", " + _("{n} fewer than before", n=_.number(theme.before - theme.count))
    return ", " + _("as many as before")


def _quote(
    _: Texts, insight: Insight, names: Mapping[str, str], told: MutableMapping[int, int]
) -> RichTextBlock:
    block = quote_block(_, insight, names, limit=QUOTE)
    block.block_id = _next_id(insight.number, told)
    return block


def _next_id(number: int, told: MutableMapping[int, int]) -> str:
    nth = told[number] = told.get(number, 0) + 1
    return quote_id(number, nth)
