"""The home tab in blocks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from bot.i18n import Message, Texts
from bot.ids import Action
from bot.insights.rules import WITHDRAWN
from bot.messages.activities import Shown, activity_entry, new_button
from bot.messages.common import comma, emoji, home, mrkdwn, option
from bot.messages.filters import filter_button, filter_line
from bot.messages.insights import controls, entry
from bot.messages.lists import offer
from bot.messages.quiet_hours import USUAL, Standing, hours_button, hours_line
from bot.messages.triage_notices import notice_names
from bot.workspace.access import Viewer
from storage.analysis import Unknown
from storage.bridges import Bridge
from storage.insights import Insight
from storage.schedules import Schedule


@dataclass(frozen=True)
class Page:
    """A part of my insights."""

    entries: Sequence[Insight]
    total: int
    offset: int
    size: int
    supported: frozenset[int]  # ids of those that the reader supports, and may take back
    notices: str = "all"  # which she wants of what becomes of them
    hours: Standing = USUAL  # when she is told
    query: str = ""  # what they are filtered by, in the language of searches
    fault: Message | None = None  # why that means nothing any more


@dataclass(frozen=True)
class State:
    """How the bridges stand, by bridge id, with their next digests and reports."""

    due: Mapping[int, Schedule]
    channel_names: Mapping[str, str]
    reports: Mapping[int, Schedule] = field(default_factory=dict)  # to the sales channels
    names: Mapping[str, str] = field(default_factory=dict)  # of managers
    marketers: Mapping[int, Sequence[str]] = field(default_factory=dict)  # what they are called


MOST_MANAGERS: Final = 10  # named of a bridge
MOST_MARKETERS: Final = 10
MOST_BRIDGES: Final = 10  # shown
MOST_BLOCKS: Final = 100  # docs.slack.dev/reference/views: of a home tab


def home_tab(sections: Sequence[Sequence[Block]]) -> dict[str, Any]:
    """The sections one below the other, with a line between them, as far as Slack's limit allows."""
    blocks: list[Block] = []
    for section in sections:
        if section and len(blocks) + len(section) + 1 <= MOST_BLOCKS:
            blocks += [DividerBlock(), *section] if blocks else section
    return home(blocks)


def my_insights(reader: Viewer, page: Page, names: Mapping[str, str]) -> list[Block]:
    """My insights with what can be done about them."""
    _ = reader.texts
    blocks: list[Block] = [
        HeaderBlock(text=_("My insights")),
        ActionsBlock(
            elements=[
                ButtonElement(text=_("New insight"), action_id=Action.HOME_NEW, style="primary", value="new"),
                _notices(_, page.notices),
                hours_button(_),
                filter_button(_, Action.MINE_FILTER),
            ]
        ),
        ContextBlock(elements=[MarkdownTextObject(text=hours_line(_, page.hours), verbatim=True)]),
    ]
    if page.query:
        blocks.append(filter_line(_, page.query, page.total, page.fault))
    elif not page.entries:
        blocks.append(mrkdwn(_how_to_begin(_, reader)))
    known = {bridge.id: bridge for bridge in reader.bridges}
    for insight in page.entries:
        bridge = known[insight.bridge_id]
        blocks += [DividerBlock(), *entry(_, bridge, insight, names, reader.time_zone)]
        if insight.outcome:
            blocks.append(
                mrkdwn(_("Outcome: {words}", words=slacktext.inert_mrkdwn(insight.outcome, names, 500)))
            )
        if insight.status != WITHDRAWN:
            own = insight.id in page.supported
            blocks.append(controls(_, bridge, insight, undo=own, block_id=f"controls-{insight.id}"))
    return blocks + _paging(_, page)


def _notices(_: Texts, chosen: str) -> StaticSelectElement:
    """Of what a person hears of her insights."""
    options = {value: option(label, value) for value, label in notice_names(_).items()}
    return StaticSelectElement(
        action_id=Action.NOTICES, options=list(options.values()), initial_option=options[chosen]
    )


def _how_to_begin(_: Texts, reader: Viewer) -> str:
    if not reader.bridges:
        return _(
            "Frontline is not set up in this workspace yet. An administrator can do it: */frontline setup*"
        )
    flags = " ".join(emoji(name) for name in reader.near[0].flag_emoji)
    return _(
        "Heard something from a customer? React to the message in a sales channel with {flags}, "
        "or type */insight* and what you heard. It will stand here, with what became of it.",
        flags=flags,
    )


def _paging(_: Texts, page: Page) -> list[Block]:
    last = page.offset + len(page.entries)
    buttons = []
    if page.offset:
        newer = str(max(0, page.offset - page.size))
        buttons.append(ButtonElement(text=_("Newer"), action_id=Action.HOME_PAGE, value=newer))
    if last < page.total:
        buttons.append(ButtonElement(text=_("Older"), action_id=Action.HOME_PAGE_OLDER, value=str(last)))
    if not buttons:
        return []
    shown = _(
        "{first} to {last} of {total}",
        first=_.number(page.offset + 1),
        last=_.number(last),
        total=_.number(page.total),
    )
    return [ActionsBlock(elements=buttons), ContextBlock(elements=[MarkdownTextObject(text=shown)])]


def activities(_: Texts, shown: Sequence[Shown], total: int, bridge_id: str) -> list[Block]:
    """What marketing has planned and runs, and the way to all of it."""
    blocks: list[Block] = [HeaderBlock(text=_("Activities"))]
    buttons = [new_button(_, bridge_id)]
    all_of_them = ButtonElement(text=_("All activities"), action_id=Action.ACTIVITY_LIST, value="list")
    blocks.append(ActionsBlock(elements=[*buttons, all_of_them]))
    if not shown:
        blocks.append(mrkdwn(_("None is planned or running.")))
    for one in shown:
        blocks += [DividerBlock(), *activity_entry(_, one)]
    if total > len(shown):
        rest = _.number(total - len(shown))
        more = MarkdownTextObject(text=_("And {n} more under *All activities*.", n=rest))
        blocks.append(ContextBlock(elements=[more]))
    return blocks


def bridges(reader: Viewer, state: State) -> list[Block]:
    """The bridges, for those who may see them."""
    _ = reader.texts
    shown = [one for one in reader.bridges if reader.manages(one) or reader.sees_all_of(one)]
    if not shown and not reader.may_create_bridges:
        return []
    blocks: list[Block] = [HeaderBlock(text=_("Bridges"))]
    for bridge in shown[:MOST_BRIDGES]:
        line = _bridge_line(_, bridge, state)
        if reader.manages(bridge):
            line += "\n" + _rights(_, bridge, state)
        blocks.append(mrkdwn(line))
    if reader.may_create_bridges:
        blocks.append(
            ActionsBlock(
                elements=[ButtonElement(text=_("Set up"), action_id=Action.HOME_SETUP, value="setup")]
            )
        )
    return blocks


def unknown_names(_: Texts, bridge: Bridge, found: Sequence[Unknown], *, many: bool) -> list[Block]:
    """Names that are offered for the bridge's lists; nothing where there are none."""
    if not found:
        return []
    title = _("*Often in insights, on no list*")
    if many:
        title += f" · {slacktext.inert_mrkdwn(bridge.name, {}, 80)}"
    lines = [
        block for one in found for block in offer(_, bridge.id, one, Action.NAME_ADD, Action.NAME_IGNORE)
    ]
    return [mrkdwn(title), *lines]


def _rights(_: Texts, bridge: Bridge, state: State) -> str:
    """Who triages, and who manages."""
    marketers = state.marketers.get(bridge.id, ())
    if bridge.marketers is None:
        people = _.plural(
            "{n} person in the marketing channel triages",
            "{n} people in the marketing channel triage",
            len(marketers),
        )
    elif marketers:
        called = [slacktext.inert_mrkdwn(one, {}, 80) for one in marketers[:MOST_MARKETERS]]
        people = _("marketing: {names}", names=comma(called + ["…"] * (len(marketers) > MOST_MARKETERS)))
    else:
        people = ":warning: " + _("nobody is marketing: none of those named is in the marketing channel")
    names = [
        slacktext.inert_mrkdwn(state.names[one], {}, 80) for one in bridge.manager_ids if one in state.names
    ]
    managers = comma(names[:MOST_MANAGERS]) or _("workspace admins")
    return people + " · " + _("managed by {names}", names=managers)


def _bridge_line(_: Texts, bridge: Bridge, state: State) -> str:
    schedule, report, channel_names = (
        state.due.get(bridge.id),
        state.reports.get(bridge.id),
        state.channel_names,
    )

    def channel(channel_id: str) -> str:
        return "#" + slacktext.inert_mrkdwn(channel_names.get(channel_id, channel_id), {}, 80)

    sales = ", ".join(channel(one) for one in bridge.sales_channel_ids[:20])
    line = (
        f"*{slacktext.inert_mrkdwn(bridge.name, {}, 80)}*: {sales} → {channel(bridge.marketing_channel_id)}"
    )
    if schedule is not None and schedule.is_paused:
        line += "\n" + _("Digest paused")
    elif schedule is not None and schedule.next_run_at is not None:
        line += "\n" + _("Next digest: {moment}", moment=_.moment(schedule.next_run_at, bridge.time_zone))
    if report is not None and report.next_run_at is not None and not report.is_paused:
        line += " · " + _(
            "next report to sales: {moment}", moment=_.moment(report.next_run_at, bridge.time_zone)
        )
    return line
