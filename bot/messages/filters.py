"""The filter of a list of the home tab in blocks: its button, form and line. Pure."""

from typing import Any, Final

from slack_sdk.models.blocks import ButtonElement, ContextBlock, PlainTextInputElement
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.i18n import Message, Texts
from bot.ids import Action, Field, View
from bot.messages.common import field, modal

LONGEST_QUERY: Final = 200  # characters


def filter_button(_: Texts, action: Action) -> ButtonElement:
    return ButtonElement(text=_("Filter…"), action_id=action, value="filter")


def filter_line(_: Texts, query: str, total: int, fault: Message | None) -> ContextBlock:
    """What it is filtered by, and how many fit; or why that means nothing any more."""
    text = _("Filter: {query}", query=slacktext.inert_mrkdwn(query, {}, LONGEST_QUERY))
    if fault is not None:
        text += "\n:warning: " + _.say(fault)
    else:
        text += " · " + (_("found: {n}", n=_.number(total)))
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])


def filter_form(_: Texts, view: View, query: str) -> dict[str, Any]:
    """Where the filter is typed."""
    element = PlainTextInputElement(
        action_id=Field.QUERY,
        initial_value=query or None,
        max_length=LONGEST_QUERY,
        placeholder=_("price competitor:Acme since:2026-10-01"),
    )
    hints = {
        View.INBOX_FILTER: _(
            "Words, “phrases”, begin*; category: customer: competitor: product: from: since: until: bridge: "
            "urgent. Leave it empty to see everything."
        ),
        View.MINE_FILTER: _(
            "Words, “phrases”, begin*; status: category: customer: competitor: product: from: since: until: "
            "bridge: urgent. Leave it empty to see everything."
        ),
    }
    block = field(Field.QUERY, _("Show only"), element, optional=True, hint=hints[view])
    return modal(view, _("Filter"), [block], submit=_("Show"), close=_("Cancel"))
