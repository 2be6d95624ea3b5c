"""What Frontline says about single insights and lists of them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    RichTextBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.bridges.categories import category_name, emoji_of, name_of
from bot.i18n import Texts
from bot.ids import Action
from bot.insights.rules import ANONYMOUS
from bot.insights.support import Support
from bot.messages.common import emoji, link, message, mrkdwn, option
from bot.messages.quotes import quote_id
from storage.bridges import Bridge
from storage.insights import Insight


@dataclass(frozen=True)
class Like:
    """An earlier insight that says nearly the same, and how many others passed it on."""

    number: int
    others: int


QUOTE_LENGTH = 500  # characters of a quote in a list


def text_removed(_: Texts) -> str:
    """What stands in place of a text whose message was deleted."""
    return _("The message was deleted.")


def category_label(_: Texts, bridge: Bridge, key: str) -> str:
    """Emoji and name: «:rage: Complaints»."""
    return f"{emoji(emoji_of(bridge, key))} {slacktext.inert_mrkdwn(name_of(bridge, key, _), {}, 60)}"


def filed_under(_: Texts, bridge: Bridge, insight: Insight) -> str:
    """Its category's label, and whether that is Frontline's suggestion only."""
    label = category_label(_, bridge, insight.category)
    if insight.category_by == "suggested" and insight.status == "new":
        return _("{category} (suggested)", category=label)
    return label


def controls(
    _: Texts, bridge: Bridge, insight: Insight, *, undo: bool = True, block_id: str | None = None
) -> ActionsBlock:
    """*Change category*, *Add details*, *Undo*."""
    choice = StaticSelectElement(
        action_id=Action.CHANGE_CATEGORY,
        placeholder=_("Change category"),
        options=[
            option(f":{one.emoji}: {category_name(one, _)}", f"{insight.id}:{one.key}")
            for one in bridge.active_categories
        ],
    )
    elements: list[Any] = [choice, _button(_("Add details"), Action.ADD_DETAILS, str(insight.id))]
    if undo:
        elements.append(_button(_("Undo"), Action.UNDO, str(insight.id)))
    return ActionsBlock(elements=elements, block_id=block_id)


def _button(text: str, action: Action, value: str, **more: Any) -> ButtonElement:
    return ButtonElement(text=text, action_id=action, value=value, **more)


def saved(_: Texts, bridge: Bridge, insight: Insight) -> dict[str, Any]:
    """An insight is stored: its number, where it is filed, and what can be done about it."""
    text = _(
        "Saved as *#{number}* · {category}",
        number=insight.number,
        category=filed_under(_, bridge, insight),
    )
    return message(_plain(text), [mrkdwn(text), controls(_, bridge, insight)])


def looks_like(_: Texts, insight: Insight, like: Like) -> dict[str, Any]:
    """Somebody passed nearly the same on before."""
    if like.others:
        others = _.plural("seen by {n} other", "seen by {n} others", like.others)
        text = _(
            "*#{number}* looks like *#{earlier}*, {others}.",
            number=insight.number,
            earlier=like.number,
            others=others,
        )
    else:
        text = _("*#{number}* looks like *#{earlier}*.", number=insight.number, earlier=like.number)
    return message(_plain(text), [mrkdwn(text)])


def note_of_support(
    _: Texts,
    bridge: Bridge,
    insight: Insight,
    user_id: str,
    result: Support | None,
    names: Mapping[str, str],
) -> dict[str, Any]:
    """What a flag came to, for the one who set it or took it back. `None`: a new insight."""
    category = filed_under(_, bridge, insight)
    if result is None:
        return saved(_, bridge, insight)
    if result is Support.SAME:
        text = _("*#{number}* is now filed under {category}", number=insight.number, category=category)
    elif result is Support.ADDED:
        reporter = slacktext.inert_mrkdwn(names.get(insight.reporter_id, ""), {}, 80)
        text = _(
            "Already noted by {name} as *#{number}* · {category}. "
            "Your support is added; that makes {people}.",
            name=reporter or _("a colleague"),
            number=insight.number,
            category=category,
            people=_.plural("{n} person", "{n} people", insight.supporter_count),
        )
    elif result is Support.REVIVED:
        text = _("*#{number}* is open again · {category}", number=insight.number, category=category)
    else:
        return undone(_, insight, result)
    return message(_plain(text), [mrkdwn(text), controls(_, bridge, insight)])


def undone(_: Texts, insight: Insight, result: Support) -> dict[str, Any]:
    """Support was taken back, by reaction or by *Undo*."""
    if result is Support.WITHDRAWN and insight.message_ts is None:
        text = _("*#{number}* is withdrawn.", number=insight.number)  # typed: there is no message to flag
    elif result is Support.WITHDRAWN:
        text = _("*#{number}* is withdrawn. A fresh flag brings it back.", number=insight.number)
    elif result is Support.KEPT:
        text = _(
            "Your support for *#{number}* is taken back. It stays: marketing has taken it up already.",
            number=insight.number,
        )
    else:
        text = _(
            "Your support for *#{number}* is taken back. Others still support it.", number=insight.number
        )
    return message(_plain(text), [mrkdwn(text)])


def own_post(_: Texts) -> dict[str, Any]:
    """Someone flagged what Frontline itself said."""
    text = _("This is one of my own posts; only what people write can become an insight.")
    return message(text, [mrkdwn(text)])


def offer_to_save(_: Texts, text: str, reason: str, value: str) -> dict[str, Any]:
    """A command was read as a command; what if it was meant as an insight?"""
    return (
        message(reason, [mrkdwn(reason), save_instead(_, value)])
        if text
        else message(reason, [mrkdwn(reason)])
    )


def save_instead(_: Texts, value: str) -> ActionsBlock:
    """*Save as insight instead*, of a command's whole text."""
    return ActionsBlock(elements=[_button(_("Save as insight instead"), Action.SAVE_TEXT, value)])


def offer_message(
    _: Texts, help_blocks: Sequence[Block], choices: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """Help for a direct message or mention, and a button for each bridge to save it to."""
    buttons = [
        _button(
            _("Save as insight") if not name else _("Save as insight: {bridge}", bridge=name)[:75],
            Action.SAVE_DM,
            value,
            style="primary" if index == 0 else None,
        )
        for index, (name, value) in enumerate(choices[:5])
    ]
    text = _("Nothing is stored yet. Shall I save your message as an insight?")
    blocks: list[Block] = [mrkdwn(text)]
    # Each stands in a block of its own: within one, Slack wants every action id to differ.
    blocks += [ActionsBlock(elements=[button]) for button in buttons]
    return message(text, [*blocks, DividerBlock(), *help_blocks])


# --- lists -------------------------------------------------------------------------------------------------


def status_label(_: Texts, status: str) -> str:
    """The status in words."""
    return {
        "new": _("new"),
        "acknowledged": _("acknowledged"),
        "in_progress": _("in progress"),
        "done": _("done"),
        "declined": _("declined"),
        "withdrawn": _("withdrawn"),
        "merged": _("merged into another"),
    }[status]


def quote_block(
    _: Texts, insight: Insight, names: Mapping[str, str], *, limit: int = QUOTE_LENGTH, nth: int = 1
) -> RichTextBlock:
    """The insight's words as an inert quote."""
    text = insight.text if insight.text_removed_at is None else text_removed(_)
    if not text.strip():
        text = _("(a message with a file)") if insight.has_files else _("(no text)")
    block = slacktext.quote(text, names, limit)
    block.block_id = quote_id(insight.number, nth)
    return block


def headline(_: Texts, bridge: Bridge, insight: Insight) -> str:
    """«#142 · Competitors · new · Hartmann», as mrkdwn."""
    parts = [
        f"*#{insight.number}*",
        filed_under(_, bridge, insight),
        status_label(_, insight.status),
    ]
    if insight.customer:
        parts.append(slacktext.inert_mrkdwn(insight.customer, {}, 60))
    if insight.is_urgent:
        parts.append(_("urgent"))
    return " · ".join(parts)


def byline(_: Texts, insight: Insight, names: Mapping[str, str], zone: str) -> ContextBlock:
    """Who said it and when, how many support it, where it stands."""
    parts = [author_of(_, insight, names), said_when(_, insight, zone)]
    if insight.supporter_count > 1:
        parts.append(_.plural("{n} supporter", "{n} supporters", insight.supporter_count))
    if insight.edited_at:
        parts.append(_("edited"))
    if insight.permalink:
        parts.append(link(insight.permalink, _("open")))
    if insight.thread_permalink:
        parts.append(link(insight.thread_permalink, _("thread")))
    return ContextBlock(elements=[MarkdownTextObject(text=" · ".join(parts), verbatim=True)])


def author_of(_: Texts, insight: Insight, names: Mapping[str, str], limit: int = 80) -> str:
    """Who said it, inert."""
    if insight.source == ANONYMOUS:
        return _("anonymous")
    author = names.get(insight.author_id or "", "") or insight.author_name or _("someone")
    return slacktext.inert_mrkdwn(author, {}, limit)


def said_when(_: Texts, insight: Insight, zone: str) -> str:
    """When it was said; of what was said anonymously only the day is known."""
    if insight.source == ANONYMOUS:
        return _.day(insight.said_at.astimezone(ZoneInfo(zone)).date())
    return _.moment(insight.said_at, zone)


def entry(_: Texts, bridge: Bridge, insight: Insight, names: Mapping[str, str], zone: str) -> list[Block]:
    """One insight in a list: headline, words, byline."""
    return [
        mrkdwn(headline(_, bridge, insight)),
        quote_block(_, insight, names),
        byline(_, insight, names, zone),
    ]


def page(
    _: Texts,
    title: str,
    entries: Sequence[Sequence[Block]],
    *,
    earlier: str | None = None,
    later: str | None = None,
    by_date: bool = True,
    offer: ActionsBlock | None = None,
) -> dict[str, Any]:
    """A page of a list; `earlier` and `later` are the values of the buttons that turn it.

    `by_date`: the newest came first; else what answers best.
    """
    blocks: list[Block] = [mrkdwn(title)]
    for one in entries:
        blocks += [DividerBlock(), *one]
    buttons = []
    if later is not None:
        buttons.append(_button(_("Newer") if by_date else _("Back"), Action.LIST_PAGE, later))
    if earlier is not None:
        buttons.append(_button(_("Older") if by_date else _("Next"), Action.LIST_PAGE_OLDER, earlier))
    if buttons:
        blocks.append(ActionsBlock(elements=buttons))
    if offer is not None:
        blocks.append(offer)
    return message(_plain(title), blocks)


def _plain(text: str) -> str:
    return text.replace("*", "")


def list_title(_: Texts, kind: str, query: str, total: int, first: int, last: int) -> str:
    """What the list shows, and which part of it."""
    if kind == "search":
        title = _("*Search:* {query}", query=slacktext.inert_mrkdwn(query, {}, 200))
    elif kind == "mine":
        title = _("*My insights*")
    else:
        title = _("*Recent insights*")
    if total == 0:
        return title + "\n" + _nothing(_, kind)
    count = _.plural("{n} insight", "{n} insights", total)
    if total > last - first:
        count += _(", {first} to {last} shown", first=first + 1, last=last)
    return f"{title} · {count}"


def _nothing(_: Texts, kind: str) -> str:
    if kind == "search":
        return _(
            "Nothing found in what you can see. Try fewer words, or the beginning of one: price*\n"
            "Filters: `category:` `status:` `customer:` `competitor:` `product:` `from:` `since:` `until:` "
            "`bridge:` `urgent`, as in `status:new customer:Hartmann since:2026-10-01`"
        )
    return _("Nothing here yet. React to a message in a sales channel with a flag, or use /insight.")
