"""Help, short: how to pass something on, and what Frontline does with it."""

from typing import Any

from slack_sdk.models.blocks import Block, ContextBlock, DividerBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot.bridges.categories import DEFAULT_FLAGS, category_name, default_categories
from bot.bridges.emoji import write_emoji
from bot.i18n import Texts
from bot.messages.bridges import pages
from bot.messages.common import message, mrkdwn
from bot.slacktext import inert_mrkdwn
from storage.bridges import Bridge

_MOST_ECHOED = 60  # characters of an unknown command that are shown again


def help_message(_: Texts, bridge: Bridge | None) -> dict[str, Any]:
    """Help for `/insight help` and `/frontline help`, with the emoji of `bridge`."""
    return message(_("How to use Frontline"), help_blocks(_, bridge))


def unknown_command(_: Texts, bridge: Bridge | None, line: str) -> dict[str, Any]:
    """Help for what `/frontline` does not know."""
    text = _("I don't know “{line}”.", line=inert_mrkdwn(line, {}, _MOST_ECHOED))
    return message(text, [mrkdwn(text), *help_blocks(_, bridge)])


def help_blocks(_: Texts, bridge: Bridge | None) -> list[Block]:
    """The blocks of the help alone."""
    blocks: list[Block] = [mrkdwn(_flagging(_, bridge))]
    blocks += [mrkdwn(part) for part in pages(_categories(_, bridge))]
    blocks += [mrkdwn(_commands(_)), mrkdwn(_elsewhere(_)), DividerBlock()]
    return [*blocks, ContextBlock(elements=[MarkdownTextObject(text=_stored(_), verbatim=True)])]


def _flagging(_: Texts, bridge: Bridge | None) -> str:
    emoji = write_emoji(bridge.flag_emoji if bridge else DEFAULT_FLAGS)
    if bridge is None:
        return _(
            "*Heard something that marketing should know?* React to the message with {emoji} in a sales "
            "channel, and it becomes an insight. Take the reaction back, and it is withdrawn.",
            emoji=emoji,
        )
    return _(
        "*Heard something that marketing should know?* React to the message with {emoji} in a sales channel, "
        "and it becomes an insight for <#{channel}>. Take the reaction back, and it is withdrawn.",
        emoji=emoji,
        channel=bridge.marketing_channel_id,
    )


def _categories(_: Texts, bridge: Bridge | None) -> list[str]:
    kinds = bridge.active_categories if bridge else default_categories()
    lines = [_("Or choose the category with its own emoji:")]
    return lines + [f":{kind.emoji}: {inert_mrkdwn(category_name(kind, _), {}, 200)}" for kind in kinds]


def _commands(_: Texts) -> str:
    lines = [
        _("*Or write it yourself*"),
        _("• `/insight Acme gives 25% off until New Year` – stored at once"),
        _('• `/insight competitor: Acme gives 25% off #"Deutsche Bahn"` – with category and customer'),
        _("• `/insight` – opens a form"),
        _("• `/insight list`, `/insight mine`, `/insight search discount` – find insights again"),
        _("• `/insight about Acme` – what is known of a customer, competitor or product"),
        _(
            '• `/insight search "price list" status:new competitor:Acme since:2026-10-01 from:me` – '
            "with filters; `/insight export` with the same ones sends a file"
        ),
    ]
    return "\n".join(lines)


def _elsewhere(_: Texts) -> str:
    lines = [
        _(
            "*Shortcuts*: “Save as insight” in the menu of any message, “New insight” behind the lightning "
            "bolt or the plus sign."
        ),
        _(
            "*Changed your mind?* The note after each insight, the message's shortcut and my home tab "
            "have *Undo*."
        ),
        _(
            "*Meetings*: `/frontline meeting` – the meetings of sales and marketing, `/frontline topic …` – "
            "put something on the agenda, `/frontline actions` – what was promised."
        ),
        _("*Questions*: `/frontline questions` – what marketing asks; marketing asks with `/frontline ask`."),
        _(
            "*Settings*: `/frontline setup` – bridges, `/frontline digest` – the digest, "
            "`/frontline language en`, `ru` or `auto` – the language in which I talk to you."
        ),
        _(
            "*Notices*: `/frontline notices all`, `outcome` or `off` – what I tell you of your insights; "
            "`/frontline notices hours` – when."
        ),
        _("*Your data*: `/frontline mydata` – a file with all that is stored of you."),
    ]
    return "\n".join(lines)


def _stored(_: Texts) -> str:
    return _(
        "What I store: the text, author and link of messages that somebody flagged, and what you write to me "
        "and then save. What I don't: all other messages. If a flagged message is edited or deleted, so is "
        "what I store."
    )


def language_set(_: Texts, language: str, *, automatic: bool) -> dict[str, Any]:
    """The answer to `/frontline language`; `language` by its own name."""
    if automatic:
        text = _("I will follow the language of your Slack: {language}.", language=language)
    else:
        text = _("I will talk to you in this language: {language}.", language=language)
    return message(text, [mrkdwn(text)])


def language_help(_: Texts, language: str) -> dict[str, Any]:
    text = _(
        "I talk to you in this language: {language}. To change it, type `/frontline language en`, "
        "`/frontline language ru`, or `/frontline language auto` to follow your Slack.",
        language=language,
    )
    return message(text, [mrkdwn(text)])
