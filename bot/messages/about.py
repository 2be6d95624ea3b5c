"""The page of a customer, competitor or product. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    ExternalDataSelectElement,
    HeaderBlock,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import PlainTextObject

from bot import slacktext
from bot.i18n import Texts
from bot.ids import Action
from bot.messages.common import comma, message, mrkdwn, option
from bot.messages.insights import category_label, entry, quote_block, save_instead
from bot.workspace.access import Viewer
from storage.about import Counts
from storage.insights import Insight

QUOTE: Final = 200  # characters of a waiting request
MOST_CATEGORIES: Final = 8
MOST_OFFERED: Final = 50
MOST_VALUE: Final = 150  # characters of an option's value, docs.slack.dev/reference/block-kit


@dataclass(frozen=True)
class Offered:
    """A name that can be looked up."""

    name: str
    kinds: tuple[str, ...]  # customer · competitor · product
    count: int


@dataclass(frozen=True)
class ThemeLine:
    """A theme in which the name comes up."""

    theme_id: int
    title: str
    count: int


@dataclass(frozen=True)
class Known:
    """What is known of a name."""

    name: str
    counts: Counts
    deals: Mapping[str, int]  # minor units by currency
    themes: Sequence[ThemeLine]
    waiting: Sequence[Insight]
    found: Sequence[Insight]  # a page of the latest
    names: Mapping[str, str]
    offset: int
    size: int
    line: str  # as it was typed: it may have been meant as an insight; empty: chosen, not typed
    turning: tuple[str, str]  # what a button's value has in front of an offset, and behind it


def look_up(_: Texts, block_id: str) -> SectionBlock:
    """The field of the home tab that offers names; a new `block_id` shows it empty again."""
    choice = ExternalDataSelectElement(
        action_id=Action.HOME_ABOUT, placeholder=_("Choose a name"), min_query_length=0
    )
    text = _("*Look up* a customer, competitor or product: what is known, and what moves")
    return mrkdwn(text, accessory=choice, block_id=block_id)


def options(_: Texts, found: Sequence[Offered]) -> list[dict[str, Any]]:
    """The names that are offered; what Slack could not send back is left out."""
    kinds = {"customer": _("customer"), "competitor": _("competitor"), "product": _("product")}
    shown = []
    for one in found:
        if len(one.name) <= MOST_VALUE:
            about = comma(kinds[kind] for kind in one.kinds)
            about += " · " + _.plural("{n} insight", "{n} insights", one.count)
            shown.append(option(slacktext.plain(one.name, {}), one.name, about).to_dict())
    return shown


def page(_: Texts, reader: Viewer, known: Known, now: datetime) -> dict[str, Any]:
    """What is known of the name; where nothing is, how it could be found."""
    name = slacktext.inert_mrkdwn(known.name, {}, 80)
    offer = [save_instead(_, known.line)] if known.line else []
    if not known.counts.total:
        text = _(
            "Nothing is known of “{name}” in what you can see. "
            "`/insight search {name}` looks in the texts themselves.",
            name=name,
        )
        return message(text, [mrkdwn(text), *offer])
    title = PlainTextObject(text=slacktext.shorten(known.name, 100), emoji=False)
    blocks: list[Block] = [HeaderBlock(text=title), mrkdwn(_summary(_, reader, known))]
    if not known.offset:
        blocks += _themes(_, known) + _waiting(_, known, now)
    bridges = {one.id: one for one in reader.bridges}
    for one in known.found:
        blocks += [DividerBlock(), *entry(_, bridges[one.bridge_id], one, known.names, reader.time_zone)]
    blocks += _turning(_, known)
    return message(_("What is known of “{name}”", name=name), [*blocks, *offer])


def _summary(_: Texts, reader: Viewer, known: Known) -> str:
    counts, bridges = known.counts, {one.id: one for one in reader.bridges}
    lines = [
        _.plural("*{n} insight*", "*{n} insights*", counts.total)
        + " · "
        + _(
            "last 30 days: {lately}, the 30 before: {before}",
            lately=_.number(counts.lately),
            before=_.number(counts.before),
        )
    ]
    kinds = [
        f"{category_label(_, bridges[bridge_id], key)}: {_.number(count)}"
        for bridge_id, key, count in counts.by_category[:MOST_CATEGORIES]
        if bridge_id in bridges
    ]
    lines.append(" · ".join(kinds))
    if known.deals:
        sums = " + ".join(_.money(amount, code) for code, amount in sorted(known.deals.items()))
        lines.append(_("deals at stake: {sums}", sums=sums))
    return "\n".join(lines)


def _themes(_: Texts, known: Known) -> list[Block]:
    blocks: list[Block] = []
    for one in known.themes:
        title = slacktext.inert_mrkdwn(one.title, known.names, 80)
        button = ButtonElement(text=_("Open theme"), action_id=Action.THEME_OPEN, value=str(one.theme_id))
        count = _.plural("{n} insight", "{n} insights", one.count)
        blocks.append(mrkdwn(f":link: {title} · {count}", accessory=button))
    return blocks


def _waiting(_: Texts, known: Known, now: datetime) -> list[Block]:
    if not known.waiting:
        return []
    total = known.counts.open_requests
    head = _.plural(
        ":hourglass_flowing_sand: *{n} request* waits",
        ":hourglass_flowing_sand: *{n} requests* wait",
        total,
    )
    blocks: list[Block] = [mrkdwn(head)]
    for one in known.waiting:
        days = _.plural("waiting {n} day", "waiting {n} days", max(0, (now - one.created_at).days))
        blocks.append(mrkdwn(f"*#{one.number}* · {days}"))
        blocks.append(quote_block(_, one, known.names, limit=QUOTE, nth=2))
    return blocks


def _turning(_: Texts, known: Known) -> list[Block]:
    last = known.offset + len(known.found)
    buttons = []
    if known.offset:
        newer = str(max(0, known.offset - known.size)).join(known.turning)
        buttons.append(ButtonElement(text=_("Newer"), action_id=Action.LIST_PAGE, value=newer))
    if last < known.counts.total:
        older = str(last).join(known.turning)
        buttons.append(ButtonElement(text=_("Older"), action_id=Action.LIST_PAGE_OLDER, value=older))
    return [ActionsBlock(elements=buttons)] if buttons else []
