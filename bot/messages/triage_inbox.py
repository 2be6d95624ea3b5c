"""Marketing's part of the home tab in blocks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.bridges.categories import category_name
from bot.i18n import Message, Texts
from bot.ids import Action
from bot.messages.common import mrkdwn, option
from bot.messages.filters import filter_button, filter_line
from bot.messages.insights import byline, headline, quote_block
from bot.messages.triage import controls
from bot.workspace.access import Viewer
from storage.bridges import Bridge
from storage.insights import Insight

ALL: Final = "all"
QUOTE: Final = 300  # characters
NTH: Final = 2  # the same insight may stand above, among the person's own


@dataclass(frozen=True)
class Inbox:
    """A part of what nobody has looked at yet."""

    entries: Sequence[Insight]
    total: int
    offset: int
    size: int
    names: Mapping[str, str]
    bridge: Bridge | None  # None: all that the person markets for
    category: str | None
    walk: str  # what *Triage* walks through
    query: str = ""  # what it is filtered by besides, in the language of searches
    fault: Message | None = None  # why that means nothing any more


def inbox(reader: Viewer, shown: Inbox) -> list[Block]:
    """How much there is, the filters, and a page of it."""
    _ = reader.texts
    blocks: list[Block] = [HeaderBlock(text=_("To triage")), _head(_, reader, shown)]
    if shown.query:
        blocks.append(filter_line(_, shown.query, shown.total, shown.fault))
    elif not shown.total:
        blocks.append(mrkdwn(_(":tada: Nothing is left to triage.")))
    known = {one.id: one for one in reader.marketing}
    for insight in shown.entries:
        bridge = known[insight.bridge_id]
        line = headline(_, bridge, insight)
        if len(known) > 1:
            line += f" · {slacktext.inert_mrkdwn(bridge.name, {}, 80)}"
        blocks += [
            DividerBlock(),
            mrkdwn(line),
            quote_block(_, insight, shown.names, limit=QUOTE, nth=NTH),
            byline(_, insight, shown.names, reader.time_zone),
            controls(_, insight),
        ]
    return blocks + _paging(_, shown)


def _head(_: Texts, reader: Viewer, shown: Inbox) -> ActionsBlock:
    elements: list[Any] = []
    if shown.total and not shown.query:  # the walk knows no query
        label = _("Triage {n} new", n=_.number(shown.total))
        elements.append(
            ButtonElement(text=label, action_id=Action.TRIAGE_OPEN, value=shown.walk, style="primary")
        )
    if len(reader.marketing) > 1:
        bridges = {one.id: option(one.name, str(one.id)) for one in reader.marketing[:99]}
        chosen = bridges.get(shown.bridge.id) if shown.bridge else None
        elements.append(_choice(Action.INBOX_BRIDGE, _("All bridges"), [*bridges.values()], chosen))
    kinds = _kinds(_, [shown.bridge] if shown.bridge else reader.marketing)
    choices = {key: option(name, key) for key, name in [*kinds.items()][:99]}
    chosen = choices.get(shown.category or "")
    elements.append(_choice(Action.INBOX_CATEGORY, _("All categories"), [*choices.values()], chosen))
    elements.append(filter_button(_, Action.INBOX_FILTER))
    return ActionsBlock(block_id="inbox", elements=elements)


def _choice(action: Action, everything: str, options: list[Any], chosen: Any) -> StaticSelectElement:
    whole = option(everything, ALL)
    return StaticSelectElement(action_id=action, options=[whole, *options], initial_option=chosen or whole)


def _kinds(_: Texts, bridges: Sequence[Bridge]) -> dict[str, str]:
    """The categories of all these bridges; one that several have is called as the first calls it."""
    found: dict[str, str] = {}
    for bridge in bridges:
        for one in bridge.active_categories:
            found.setdefault(one.key, f":{one.emoji}: {category_name(one, _)}")
    return found


def _paging(_: Texts, shown: Inbox) -> list[Block]:
    last = shown.offset + len(shown.entries)
    buttons = []
    if shown.offset:
        before = str(max(0, shown.offset - shown.size))
        buttons.append(ButtonElement(text=_("Back"), action_id=Action.INBOX_PAGE_BACK, value=before))
    if last < shown.total:
        buttons.append(ButtonElement(text=_("More"), action_id=Action.INBOX_PAGE, value=str(last)))
    if not buttons:
        return []
    text = _(
        "{first} to {last} of {total}",
        first=_.number(shown.offset + 1),
        last=_.number(last),
        total=_.number(shown.total),
    )
    return [
        ActionsBlock(block_id="inbox-pages", elements=buttons),
        ContextBlock(elements=[MarkdownTextObject(text=text)]),
    ]
